import CSystem
package import DverFileSystem
import Glibc

/// The right to run a stage, which one process at a time has: a lock on the file of its run records,
/// or a lease where locks do not do.
///
/// While it is held, the file has a line `holder PROCESS` behind the records, for others to read;
/// where others may be on other hosts, with this host's name behind it.
package struct RunClaim: ~Copyable {
  private let file: OpenFile
  /// `nil` where the lock does.
  private let lease: Lease?
  /// Where the records end.
  private var end: Int
  /// How long the file is.
  private var byteCount: Int
  private var runs: [RunRecord]
  /// When the file was written before, in nanoseconds since 1970: all that the last run has left was there
  /// by then.
  let lastUse: Int64?

  /// How many runs are remembered, and how many may be in the file before it is written anew.
  static let keptCount = 10
  private static let mostCount = 20
  static let mostBytes = 1 << 20

  /// Who runs a stage.
  package struct Holder: Hashable, Sendable {
    package let process: Int32
    /// Only where processes of other hosts may run it.
    package let host: String?

    package init(process: Int32, host: String?) {
      self.process = process
      self.host = host
    }

    package var text: String { "process \(process)" + (host.map { " on \($0)" } ?? "") }
  }

  /// `nil` if another process, or another thread, runs the stage.
  init?(_ path: AbsolutePath, leases: LeaseSettings, scratch: AbsolutePath) throws {
    let mode = OpenFile.Mode.createIfMissing(permissions: 0o666)
    var file = try OpenFile.ifPresent(path, mode)
    if file == nil {
      try FileSystem.makeDirectories(path.parent)
      file = try OpenFile.ifPresent(path, mode)
    }
    guard let file = consume file else { throw FileSystemError(.open, path, code: ENOENT) }
    var lease: Lease?
    if try leases.usesHeartbeats(in: path.parent) {
      lease = try Self.lease(path, leases, scratch)
      guard lease != nil else { return nil }
    } else {
      guard try file.tryLock() else { return nil }
    }
    let own = Holder(
      process: getpid(), host: lease == nil ? nil : ProcessIdentity.current.host)
    let status = try file.status()
    let present = Int(clamping: status.size)
    let known = try file.read(at: 0, count: min(present, Self.mostBytes))
    let records = Self.records(in: known)
    byteCount = try Self.replace(
      file, of: present, from: records.count, by: Self.mark + own.line)
    runs = RunRecord.runs(in: Array(records))
    end = records.count
    lastUse = present == 0 ? nil : status.modified
    self.lease = lease
    self.file = file
  }

  private static func lease(
    _ path: AbsolutePath, _ leases: LeaseSettings, _ scratch: AbsolutePath
  ) throws -> Lease? {
    do {
      return try Lease(
        claim(path), purpose: "dver repro", settings: leases, scratch: scratch, timeout: .zero)
    } catch is LockError {
      return nil
    }
  }

  /// The process that has the claim at `path`, if it says so.
  package static func holder(at path: AbsolutePath) -> Holder? {
    guard let bytes = try? FileSystem.contents(of: path, limit: mostBytes) else { return nil }
    let text = bytes.dropFirst(records(in: bytes).count + mark.count)
    return Holder(text.prefix { $0 != UInt8(ascii: "\n") })
  }

  /// Whether a process of another host still has the claim at `path`.
  package static func isHeld(_ path: AbsolutePath, scratch: AbsolutePath) throws -> Bool {
    try Lease.holder(of: claim(path), scratch: scratch) != nil
  }

  /// Stages may have any name, so leases have a folder of their own.
  private static func claim(_ path: AbsolutePath) throws -> AbsolutePath {
    let folder = path.parent.parent.appending("claims")
    try FileSystem.makeDirectories(folder)
    return folder.appending(path.lastComponent)
  }

  /// Makes sure that nobody else runs the stage, taking this process for dead.
  ///
  /// - Throws: `LeaseLostError`.
  func check() throws { try lease?.check() }

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
    try check()
    runs.append(record)
    if runs.count > Self.mostCount {
      runs.removeFirst(runs.count - Self.keptCount)
      byteCount = try Self.replace(file, of: byteCount, from: 0, by: runs.flatMap(\.bytes))
    } else {
      byteCount = try Self.replace(file, of: byteCount, from: end, by: record.bytes)
    }
    return runs.suffix(Self.keptCount)
  }

  /// Some file systems flush a file at its closing that was emptied before; this one is not.
  ///
  /// - Returns: How long the file is now.
  private static func replace(
    _ file: borrowing OpenFile, of byteCount: Int, from start: Int, by bytes: [UInt8]
  ) throws -> Int {
    try file.write(bytes, at: Int64(start))
    let newCount = start + bytes.count
    if newCount < byteCount { try file.truncate(to: Int64(newCount)) }
    return newCount
  }
}

extension RunClaim.Holder {
  fileprivate var line: [UInt8] { Array("\(process)\(host.map { " \($0)" } ?? "")\n".utf8) }

  fileprivate init?(_ line: ArraySlice<UInt8>) {
    let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
    guard let process = words.first.flatMap({ Int32($0) }) else { return nil }
    self.init(process: process, host: words.count > 1 ? String(words[1]) : nil)
  }
}
