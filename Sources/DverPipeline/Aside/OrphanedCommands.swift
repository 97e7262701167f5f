import DverFileSystem
import Glibc

/// What the commands of a dead dver have started and what lives on.
///
/// The system ends the shell of a command with its dver, but not the shell's children. All that was
/// started has the variables of its stage in its environment, as far as it did not clear that.
struct OrphanedCommands {
  /// The variable that names the process which runs a stage.
  static let variable = "DVER_RUN"

  /// The number of the process that ran them.
  private let owner: Int32?
  private let run: [UInt8]
  private let stages: [[UInt8]]

  private static let processes = AbsolutePath(normalized: Array("/proc".utf8))

  /// Looks at a process some times, as it takes a moment to end; one that hangs in the system cannot be
  /// waited for.
  private static let mostRounds = 200
  private static let pollMicroseconds: UInt32 = 5_000
  /// Beyond what the system lets a program be started with.
  private static let mostBytes = 8 << 20

  /// - Parameter token: That of the dead process, which begins with its number.
  init(token: String, stages: [StageAddress]) {
    owner = Int32(token.prefix { $0 != "-" })
    run = Array("\(Self.variable)=\(token)".utf8)
    self.stages = stages.map { Array("DVER_STAGE=\($0.text)".utf8) }
  }

  /// Ends them, and what they start meanwhile.
  func end() {
    if ownerLives { return }
    for _ in 0..<Self.mostRounds {
      let processes = living()
      if processes.isEmpty { return }
      for process in processes { _ = kill(process, SIGKILL) }
      usleep(Self.pollMicroseconds)
    }
  }

  /// Where signs of life come through a file system, who is silent may only stand still; its commands
  /// are its own then. Another process that has its number is taken for it.
  private var ownerLives: Bool {
    guard let owner else { return false }
    let place = Self.processes.appending("\(owner)").appending("cmdline")
    // What waits to be reaped has none.
    let start = try? FileSystem.contents(of: place, limit: 1)
    return !(start ?? []).isEmpty
  }

  private func living() -> [Int32] {
    let names = (try? FileSystem.names(in: Self.processes)) ?? []
    return names.compactMap { name -> Int32? in
      guard let process = Int32(String(decoding: name, as: UTF8.self)), process != getpid(),
        isOrphan(environment: Self.processes.appending(name).appending("environ"))
      else { return nil }
      return process
    }
  }

  /// What ended meanwhile or belongs to others cannot be read; what waits to be reaped has none.
  private func isOrphan(environment path: AbsolutePath) -> Bool {
    guard let bytes = try? FileSystem.contents(of: path, limit: Self.mostBytes) else {
      return false
    }
    let variables = bytes.split(separator: 0)
    return variables.contains { $0.elementsEqual(run) }
      && variables.contains { variable in stages.contains { variable.elementsEqual($0) } }
  }
}
