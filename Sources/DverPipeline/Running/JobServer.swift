import CSystem
import DverFileSystem
import Glibc
import Synchronization

/// The jobs of a plan, shared between its stages and the `make`s inside of them, by GNU make's
/// protocol: a byte in a pipe is a job that may begin.
///
/// A running stage has one job. Jobs that no stage needs are offered to those that run, each through
/// a pipe of its own: so it is known how many a command took, and they all come back when it ends,
/// even if it was killed and could not put them back.
package final class JobServer: Sendable {
  private struct Pipe {
    let number: Int
    let ends: TokenPipe
    /// How many jobs the stage was given beside its own; those still in the pipe count.
    var given = 0
  }

  private struct State {
    var free: Int
    /// By number.
    var pipes: [Pipe] = []
    /// Of stages that have ended and left them as they were: making new ones takes a dozen system calls.
    var idle: [TokenPipe] = []
    var nextNumber = 0
    /// Whether a stage could start if there were a job.
    var isWanted = false
  }

  let jobs: Int
  private let state: Mutex<State>
  private let listener: Mutex<@Sendable () -> Void> = Mutex({})

  package init(jobs: Int) {
    // All tokens must fit into a pipe.
    self.jobs = min(jobs, Self.mostTokens)
    state = Mutex(State(free: self.jobs))
  }

  private static let mostTokens = 4096

  // MARK: Stages

  /// Gets a job for a stage; if there is none, the closure of ``onReturn(_:)`` is called later.
  func take() -> Bool {
    state.withLock { state in
      if state.free > 0 {
        state.free -= 1
      } else if !Self.takeBack(&state, keeping: 0) {
        state.isWanted = true
        return false
      }
      state.isWanted = false
      return true
    }
  }

  /// Returns the job of a stage.
  func give() { state.withLock { $0.free += 1 } }

  /// - Parameter body: Called when there is a job again that ``take()`` did not find.
  func onReturn(_ body: @escaping @Sendable () -> Void) { listener.withLock { $0 = body } }

  // MARK: Commands

  /// Offers jobs to the commands of a running stage; `nil` where the system has no means for it.
  func connect() -> JobConnection? {
    guard let ends = state.withLock({ $0.idle.popLast() }) ?? TokenPipe() else { return nil }
    let number = state.withLock { state in
      state.nextNumber += 1
      state.pipes.append(Pipe(number: state.nextNumber, ends: ends))
      Self.offer(&state, to: state.pipes.count - 1)
      return state.nextNumber
    }
    return JobConnection(server: self, number: number, ends: ends)
  }

  /// Takes all back from a stage whose commands have ended.
  func disconnect(_ number: Int) {
    let isNews = state.withLock { state in
      guard let place = state.pipes.firstIndex(where: { $0.number == number }) else { return false }
      let pipe = state.pipes.remove(at: place)
      state.free += pipe.given
      if pipe.ends.empty(of: pipe.given) { state.idle.append(pipe.ends) }
      return state.isWanted && state.free > 0
    }
    if isNews { listener.withLock(\.self)() }
  }

  /// Gives a stage more jobs if it took those it was offered, or takes one back that is wanted.
  func balance(_ number: Int) {
    let isNews = state.withLock { state in
      guard let place = state.pipes.firstIndex(where: { $0.number == number }) else { return false }
      guard state.isWanted else {
        Self.offer(&state, to: place)
        return false
      }
      if Self.takeBack(&state, from: place, keeping: 0) { state.free += 1 }
      return state.free > 0
    }
    if isNews { listener.withLock(\.self)() }
  }

  /// Whether a stage waits for a job.
  var isWanted: Bool { state.withLock(\.isWanted) }

  /// As many jobs again as the stage has, and one at least, once it has taken all of them.
  private static func offer(_ state: inout State, to place: Int) {
    guard !state.isWanted, state.pipes[place].ends.unreadCount == 0 else { return }
    for _ in 0..<max(1, state.pipes[place].given) {
      if state.free > 0 {
        state.free -= 1
      } else if !takeBack(&state, keeping: 1) {
        return
      }
      guard state.pipes[place].ends.put() else {
        state.free += 1
        return
      }
      state.pipes[place].given += 1
    }
  }

  /// Takes a job back that some stage has not used.
  private static func takeBack(_ state: inout State, keeping kept: Int) -> Bool {
    state.pipes.indices.contains { takeBack(&state, from: $0, keeping: kept) }
  }

  private static func takeBack(_ state: inout State, from place: Int, keeping kept: Int) -> Bool {
    guard state.pipes[place].given > 0, state.pipes[place].ends.unreadCount > kept,
      state.pipes[place].ends.take()
    else { return false }
    state.pipes[place].given -= 1
    return true
  }
}

/// What a stage's commands have of a ``JobServer``.
final class JobConnection: Sendable {
  private let server: JobServer
  private let number: Int
  private let ends: TokenPipe

  init(server: JobServer, number: Int, ends: TokenPipe) {
    self.server = server
    self.number = number
    self.ends = ends
  }

  /// Gives everything back; to be called once, after the commands have ended.
  func close() { server.disconnect(number) }

  /// How often ``balance()`` is due while a command runs: the only way to learn that it took jobs.
  static let balanceInterval = Duration.milliseconds(50)

  func balance() { server.balance(number) }

  /// Readable when the commands returned a job that a stage waits for; -1 while none does.
  var wantedDescriptor: Int32 { server.isWanted ? ends.ownReading : -1 }

  /// What commands must inherit.
  var inherited: [Int32] { [ends.reading, ends.writing] }

  /// Gives `environment` a `MAKEFLAGS` that leads to the jobs.
  func announce(in environment: inout [[UInt8]]) {
    var words: [ArraySlice<UInt8>] = []
    while let place = environment.firstIndex(where: { $0.starts(with: Self.variable) }) {
      let flags = environment.remove(at: place).dropFirst(Self.variable.count)
      words = flags.split(separator: UInt8(ascii: " "))
    }
    // Behind `--` stand variables of make, which have to stay there.
    let end = words.firstIndex { $0.elementsEqual("--".utf8) } ?? words.count
    let kept = words[..<end].filter { word in
      !["-j", "--jobs", "--jobserver"].contains { word.starts(with: $0.utf8) }
    }
    let own = ["-j\(server.jobs)", "--jobserver-auth=\(ends.reading),\(ends.writing)"]
    let flags = kept + own.map { Array($0.utf8)[...] } + words[end...]
    environment.append(Self.variable + flags.joined(separator: " ".utf8))
  }

  private static let variable = Array("MAKEFLAGS=".utf8)
}

/// A pipe of tokens, with a reading end of dver's own that never waits.
final class TokenPipe: Sendable {
  let reading: Int32
  let writing: Int32
  let ownReading: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard unsafe dver_pipe2(&ends, O_CLOEXEC) == 0 else { return nil }
    defer { for end in ends { close(end) } }
    // Scripts use small numbers for files of their own.
    let reading = fcntl(ends[0], F_DUPFD_CLOEXEC, Self.firstDescriptor)
    let writing = fcntl(ends[1], F_DUPFD_CLOEXEC, Self.firstDescriptor)
    // Whether a read waits belongs to what was opened, and programs change it.
    let ownReading = unsafe dver_openat(
      AT_FDCWD, "/proc/self/fd/\(ends[0])", O_RDONLY | O_NONBLOCK, 0)
    guard reading >= 0, writing >= 0, ownReading >= 0 else {
      for end in [reading, writing, ownReading] where end >= 0 { close(end) }
      return nil
    }
    (self.reading, self.writing, self.ownReading) = (reading, writing, ownReading)
  }

  deinit { for end in [reading, writing, ownReading] { close(end) } }

  var unreadCount: Int { max(0, Int(dver_readable_count(ownReading))) }

  func put() -> Bool {
    var token = UInt8(ascii: "+")
    return unsafe write(writing, &token, 1) == 1
  }

  func take() -> Bool {
    var token: UInt8 = 0
    return unsafe read(ownReading, &token, 1) == 1
  }

  /// Takes all tokens out.
  ///
  /// - Returns: Whether the pipe is as it was made: `count` tokens were there, so that no process that is
  ///   left has one or has put one too many, and reading from it still waits.
  func empty(of count: Int) -> Bool {
    guard unreadCount == count, !isNonblocking(reading), !isNonblocking(writing) else {
      return false
    }
    for _ in 0..<count {
      guard take() else { return false }
    }
    return true
  }

  private func isNonblocking(_ end: Int32) -> Bool { fcntl(end, F_GETFL) & O_NONBLOCK != 0 }

  private static let firstDescriptor: Int32 = 64
}
