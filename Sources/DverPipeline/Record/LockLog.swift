import CSystem
import DverCore
package import DverFileSystem
import DverHashing
package import DverManifest
import Glibc
import Synchronization

/// The stages that finished since `dver.lock` was last written, one line each.
///
/// Any number of threads and processes append; a line is there whole or not at all, because it
/// carries a checksum. Appending does not wait for the disk: a lost line costs another run. The
/// format of a line is that of `RecordLine`: `lock`, the digest of the stage lock that it replaces or
/// `-`, the stage's file, its name, its stage lock.
package final class LockLog: Sendable {
  package struct Entry: Hashable, Sendable {
    package let stage: StageAddress
    package let lock: StageLock
    /// The stage lock that `lock` replaces: in the `dver.lock` of another version it has no place.
    let replaced: Digest?

    package init(stage: StageAddress, lock: StageLock, replacing old: StageLock?) {
      self.init(stage: stage, lock: lock, replaced: old.map(Self.digest))
    }

    fileprivate init(stage: StageAddress, lock: StageLock, replaced: Digest?) {
      self.stage = stage
      self.lock = lock
      self.replaced = replaced
    }

    private static func digest(of lock: StageLock) -> Digest {
      var writer = StageLockWriter()
      writer.append(lock)
      let line = RecordLine.encoded(writer.fields)
      return SHA256.digest(of: line.span)
    }

    /// What of a stage's entries, in their order, is to stand in the place of `present`; `nil` where
    /// that was written by somebody who knew nothing of them.
    package static func latest(of entries: [Entry], following present: StageLock?) -> Entry? {
      var (latest, current): (Entry?, Digest?) = (nil, present.map(digest))
      for entry in entries where entry.replaced == current {
        latest = entry
        current = digest(of: entry.lock)
      }
      return latest
    }
  }

  private let path: AbsolutePath
  private let file: Mutex<OpenFile?> = Mutex(nil)

  /// Opens nothing before the first use.
  package init(_ path: AbsolutePath) {
    self.path = path
  }

  package func append(_ entry: Entry) throws {
    var writer = StageLockWriter()
    writer.append("lock")
    writer.append(entry.replaced?.hex ?? Self.nothing)
    writer.append(entry.stage.file.bytes)
    writer.append(entry.stage.name)
    writer.append(entry.lock)
    let line = RecordLine.encoded(writer.fields)
    try withFile { file in
      try file.write(line)
    }
  }

  private static let nothing = "-"

  /// All entries, in the order in which they were appended.
  package func entries() throws -> [Entry] {
    Self.entries(try FileSystem.contents(of: path) ?? [])
  }

  /// Hands the entries to `body`, which writes them to `dver.lock`, then empties the log.
  ///
  /// Nobody appends meanwhile, so nothing gets lost; if `body` throws the log stays. `body` is not
  /// called if the log is empty.
  package func fold(_ body: ([Entry]) throws -> Void) throws {
    guard let status = try FileSystem.status(of: path), status.size > 0 else { return }
    try withFile { file in
      let entries = Self.entries(try file.read(at: 0, count: Int(file.status().size)))
      if !entries.isEmpty { try body(entries) }
      try file.truncate()
    }
  }

  private static func entries(_ log: [UInt8]) -> [Entry] {
    RecordLine.records(in: log).compactMap(entry)
  }

  private static func entry(_ fields: [[UInt8]]) -> Entry? {
    guard fields.count > 4, fields[0].elementsEqual("lock".utf8),
      let file = RepositoryPath(fields[2])
    else { return nil }
    let text = fields[1]
    let replaced = Digest(hex: text.span)
    guard replaced != nil || text.elementsEqual(nothing.utf8) else { return nil }
    var reader = StageLockReader(fields[4...])
    guard let lock = reader.lock() else { return nil }
    let name = String(decoding: fields[3], as: UTF8.self)
    return Entry(stage: StageAddress(file: file, name: name), lock: lock, replaced: replaced)
  }

  /// Runs `body` with the log to itself, opened for appending.
  private func withFile(_ body: (borrowing OpenFile) throws -> Void) throws {
    try file.withLock { kept in
      let opened = if let open = kept.take() { open } else { try open() }
      let descriptor = opened.descriptor
      guard dver_lock_exclusive_waiting(descriptor) == 0 else {
        throw FileSystemError(.lock, path)
      }
      let result = Result { try body(opened) }
      _ = dver_unlock(descriptor)
      kept = consume opened
      try result.get()
    }
  }

  private func open() throws -> OpenFile {
    let flags = O_RDWR | O_CREAT | O_APPEND
    func attempt() -> Int32 {
      unsafe path.withCString { unsafe dver_openat(AT_FDCWD, $0, flags, 0o666) }
    }
    var descriptor = attempt()
    if descriptor < 0, errno == ENOENT {
      try FileSystem.makeDirectories(path.parent)
      descriptor = attempt()
    }
    guard descriptor >= 0 else { throw FileSystemError(.open, path) }
    return OpenFile(adopting: descriptor, path: path)
  }
}
