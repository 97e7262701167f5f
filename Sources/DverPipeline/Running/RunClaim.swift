import CSystem
package import DverFileSystem
import Glibc

/// The right to run a stage, which one process at a time has: a lock on the file of its run records.
///
/// While it is held, the file has a line `holder PROCESS` behind the records, for others to read.
package struct RunClaim: ~Copyable {
  private let file: OpenFile
  /// Where the records end.
  private var end: Int
  private var runs: [RunRecord]

  /// How many runs are remembered, and how many may be in the file before it is written anew.
  static let keptCount = 10
  private static let mostCount = 20
  static let mostBytes = 1 << 20

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
    let known = try FileSystem.contents(of: path, limit: Self.mostBytes) ?? []
    let records = Self.records(in: known)
    try Self.replace(file, from: records.count, by: Self.mark + Array("\(getpid())\n".utf8))
    runs = RunRecord.runs(in: Array(records))
    end = records.count
    self.file = file
  }

  /// The process that has the claim at `path`, if it says so.
  package static func holder(at path: AbsolutePath) -> Int32? {
    guard let bytes = try? FileSystem.contents(of: path, limit: mostBytes) else { return nil }
    let text = bytes.dropFirst(records(in: bytes).count + mark.count)
    return Int32(String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }

  /// What stands before the holder's line.
  private static func records(in bytes: [UInt8]) -> ArraySlice<UInt8> {
    var end = 0
    while end < bytes.count, !bytes[end...].starts(with: mark) { end += 1 }
    return bytes[..<end]
  }

  private static var mark: [UInt8] { Array("\nholder ".utf8) }

  // A child that is being started holds a copy of every descriptor for a moment: closing alone
  // would leave it the lock.
  deinit { _ = dver_unlock(file.descriptor) }

  /// Adds a run, in the place of the holder's line.
  ///
  /// - Returns: The runs that are remembered, the oldest first.
  mutating func write(_ record: RunRecord) throws -> [RunRecord] {
    runs.append(record)
    if runs.count > Self.mostCount {
      runs.removeFirst(runs.count - Self.keptCount)
      try Self.replace(file, from: 0, by: runs.flatMap(\.bytes))
    } else {
      try Self.replace(file, from: end, by: record.bytes)
    }
    return runs.suffix(Self.keptCount)
  }

  /// Some file systems flush a file at its closing that was emptied before; this one is not.
  private static func replace(
    _ file: borrowing OpenFile, from start: Int, by bytes: [UInt8]
  ) throws {
    guard lseek(file.descriptor, start, SEEK_SET) >= 0 else {
      throw FileSystemError(.write, file.path)
    }
    try file.write(bytes)
    try file.truncate(to: Int64(start + bytes.count))
  }
}
