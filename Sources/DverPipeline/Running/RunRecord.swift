import CSystem
package import DverCore
package import DverFileSystem
import Glibc

/// How the last run of a stage went on this machine.
///
/// A file of lines `KEY VALUE` in `.dver/state/runs`, written in place; one without its last line
/// was cut and reads as `nil`.
package struct RunRecord: Hashable, Sendable {
  package var host: String
  /// Nanoseconds since 1970.
  package var started: Int64
  package var duration: Duration
  package var ending: CommandResult.Ending
  package var peakMemory: ByteCount
  package var log: AbsolutePath

  package init(
    host: String, started: Int64, duration: Duration, ending: CommandResult.Ending,
    peakMemory: ByteCount, log: AbsolutePath
  ) {
    self.host = host
    self.started = started
    self.duration = duration
    self.ending = ending
    self.peakMemory = peakMemory
    self.log = log
  }

  /// Reads the record at `path`; `nil` where there is none that is whole.
  package init?(at path: AbsolutePath) throws {
    guard let bytes = try FileSystem.contents(of: path, limit: 64 * 1024) else { return nil }
    var values: [String: [UInt8]] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
      if parts.count == 2 {
        values[String(decoding: parts[0], as: UTF8.self)] = SafeFileName.decoded(parts[1])
      }
    }
    func text(_ key: String) -> String? { values[key].map { String(decoding: $0, as: UTF8.self) } }
    func number(_ key: String) -> Int64? { text(key).flatMap { Int64($0) } }
    guard text("version") == "1", text("end") == "1", let host = text("host"),
      let started = number("started"), let duration = number("duration"),
      let ending = text("ending").flatMap(Self.ending), let memory = number("memory"),
      let log = values["log"], log.first == RepositoryPath.slash
    else { return nil }
    self.init(
      host: host, started: started, duration: .nanoseconds(duration), ending: ending,
      peakMemory: ByteCount(memory), log: AbsolutePath(normalized: log))
  }

  var bytes: [UInt8] {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    let ending =
      switch ending {
      case .exited(let status): "exited:\(status)"
      case .killed(let signal): "killed:\(signal)"
      case .cancelled: "cancelled"
      }
    return Array(
      """
      version 1
      host \(SafeFileName.escaped(Array(host.utf8)))
      started \(started)
      duration \(nanoseconds)
      ending \(SafeFileName.escaped(Array(ending.utf8)))
      memory \(peakMemory.value)
      log \(SafeFileName.escaped(log.bytes))
      end 1

      """.utf8)
  }

  private static func ending(_ text: String) -> CommandResult.Ending? {
    if text == "cancelled" { return .cancelled }
    let parts = text.split(separator: ":")
    guard parts.count == 2, let number = Int32(parts[1]) else { return nil }
    switch parts[0] {
    case "exited": return .exited(number)
    case "killed": return .killed(signal: number)
    default: return nil
    }
  }

  static let hostName: String = {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress, unsafe gethostname(start, 255) == 0 else { return "" }
      unsafe buffer[255] = 0
      return unsafe String(cString: start)
    }
  }()

  /// Nanoseconds since 1970.
  static func now() -> Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// The right to run a stage, which one process at a time has: a lock on the stage's run record.
///
/// While it is held, the record of the last run has a line `holder PROCESS` behind it, for others to
/// read.
struct RunClaim: ~Copyable {
  private let file: OpenFile

  /// `nil` if another process, or another thread, runs the stage.
  init?(_ path: AbsolutePath) throws {
    let mode = OpenFile.Mode.createIfMissing(permissions: 0o666)
    var file = try OpenFile.ifPresent(path, mode)
    if file == nil {
      try FileSystem.makeDirectories(path.parent)
      file = try OpenFile.ifPresent(path, mode)
    }
    guard let file = consume file else { throw FileSystemError(.open, path, code: ENOENT) }
    guard try file.tryLock() else { return nil }
    let known = try FileSystem.contents(of: path, limit: 64 * 1024) ?? []
    let record = Self.record(in: known)
    try file.truncate(to: Int64(record.count))
    guard lseek(file.descriptor, record.count, SEEK_SET) >= 0 else {
      throw FileSystemError(.write, path)
    }
    try file.write(Self.mark + Array("\(getpid())\n".utf8))
    self.file = file
  }

  /// The process that has the claim at `path`, if it says so.
  static func holder(at path: AbsolutePath) -> Int32? {
    guard let bytes = try? FileSystem.contents(of: path, limit: 64 * 1024) else { return nil }
    let text = bytes.dropFirst(record(in: bytes).count + mark.count)
    return Int32(String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }

  /// What stands before the holder's line.
  private static func record(in bytes: [UInt8]) -> ArraySlice<UInt8> {
    var end = 0
    while end < bytes.count, !bytes[end...].starts(with: mark) { end += 1 }
    return bytes[..<end]
  }

  private static var mark: [UInt8] { Array("\nholder ".utf8) }

  // A child that is being started holds a copy of every descriptor for a moment: closing alone
  // would leave it the lock.
  deinit { _ = dver_unlock(file.descriptor) }

  func write(_ record: RunRecord) throws {
    // Some file systems flush a file at its closing that was emptied before; this one is not.
    let bytes = record.bytes
    guard lseek(file.descriptor, 0, SEEK_SET) >= 0 else { throw FileSystemError(.write, file.path) }
    try file.write(bytes)
    try file.truncate(to: Int64(bytes.count))
  }
}
