import DverCore
import DverFileSystem
import DverHashing

/// One file of a store's `packs/`, as a listing showed it.
final class Pack: Sendable {
  /// Says where an object is, together with an offset; never given to another pack of the process.
  let number: Int
  /// The file's name: the digest of its table.
  let name: Digest
  let path: AbsolutePath
  let stamp: FileStamp
  /// The path, for messages.
  private let shownPath: String
  private let descriptors: PackDescriptors

  init(
    number: Int, name: Digest, path: AbsolutePath, stamp: FileStamp, descriptors: PackDescriptors
  ) {
    self.number = number
    self.name = name
    self.path = path
    shownPath = path.description
    self.stamp = stamp
    self.descriptors = descriptors
  }

  var byteCount: Int64 { stamp.size }

  var source: PackSource {
    PackSource(name: shownPath, byteCount: byteCount) { offset, count in
      try self.file().value.read(at: offset, count: count)
    }
  }

  /// The open file, shared with other threads.
  private func file() throws -> SharedFile { try descriptors.file(of: self) }

  /// Hands over an object's bytes after hashing them.
  func withContent<Result>(
    of object: PackedObject, using hasher: inout FileHasher, _ body: (Span<UInt8>) throws -> Result
  ) throws -> Result {
    try withRecord(of: object, using: &hasher) { _, content, _ in try body(content) }
  }

  /// Hands over an object's entry, its bytes after hashing them, and the bytes that stand for them
  /// in the pack.
  func withRecord<Result>(
    of object: PackedObject, using hasher: inout FileHasher,
    _ body: (PackEntry, _ content: Span<UInt8>, _ stored: Span<UInt8>) throws -> Result
  ) throws -> Result {
    let count = PackFormat.recordByteCount + object.storedByteCount
    guard count <= FileHasher.bufferByteCount else {
      let source = source
      let bytes = try source.bytes(at: object.offset, count: count)
      let stored = bytes.span.extracting(droppingFirst: PackFormat.recordByteCount)
      return try decoded(
        try entry(of: object, record: bytes.span), stored, hasher.digest(of: stored), body)
    }
    let shared = try file()
    return try hasher.read(
      shared.value, at: object.offset, count: count, skipping: PackFormat.recordByteCount
    ) { digest, bytes in
      guard bytes.count == count else {
        throw source.damaged(at: object.offset + Int64(bytes.count), "the file ends too soon")
      }
      return try decoded(
        try entry(of: object, record: bytes),
        bytes.extracting(droppingFirst: PackFormat.recordByteCount), digest, body)
    }
  }

  private func entry(of object: PackedObject, record: Span<UInt8>) throws -> PackEntry {
    let entry = try source.entry(record: record, at: object.offset)
    guard object.agrees(with: entry) else {
      throw source.damaged(at: object.offset, "the record differs from the table")
    }
    return entry
  }

  private func decoded<Result>(
    _ entry: PackEntry, _ stored: Span<UInt8>, _ digest: Digest,
    _ body: (PackEntry, Span<UInt8>, Span<UInt8>) throws -> Result
  ) throws -> Result {
    guard entry.flags.encoding == .raw else {
      let content = try source.content(of: entry, stored: stored.array)
      return try body(entry, content.span, stored)
    }
    guard digest == entry.digest else {
      throw PackError.mismatch(
        pack: shownPath, offset: entry.offset, expected: entry.digest, actual: digest)
    }
    return try body(entry, stored, stored)
  }

  // MARK: Many records

  /// Cuts objects that stand in the order of their records into runs without gaps, each as long as can be
  /// read at once.
  static func runs(of objects: [PackedObject]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var (start, byteCount, end) = (0, 0, -1 as Int64)
    for (index, object) in objects.enumerated() {
      let count = PackFormat.recordByteCount + object.storedByteCount
      if object.offset != end || byteCount + count > FileHasher.bufferByteCount {
        if index > start { runs.append(start..<index) }
        (start, byteCount) = (index, 0)
      }
      byteCount += count
      end = object.offset + Int64(count)
    }
    if objects.count > start { runs.append(start..<objects.count) }
    return runs
  }

  /// Hands over the entries and the bytes of records that stand one behind the other, after hashing
  /// every object.
  ///
  /// - Returns: `false`, with nothing handed over, where anything about one of them is not as it
  ///   should be, or the disk does not give all of it back: read by itself each tells what.
  func withRecords(
    of run: ArraySlice<PackedObject>, using hasher: inout FileHasher,
    _ body: ([PackEntry], Span<UInt8>) throws -> Void
  ) throws -> Bool {
    guard let first = run.first, let last = run.last else { return true }
    let end = last.offset + Int64(PackFormat.recordByteCount + last.storedByteCount)
    let count = Int(end - first.offset)
    guard count <= FileHasher.bufferByteCount else { return false }
    let shared = try file()
    do {
      return try hasher.withBytes(of: shared.value, at: first.offset, count: count) {
        hash, bytes in
        guard bytes.count == count, let entries = try? proved(run, in: bytes, &hash) else {
          return false
        }
        try body(entries, bytes)
        return true
      }
    } catch let error as FileSystemError
      where error.isReadFailure && error.subject == path.description
    {
      return false
    }
  }

  /// The entries of a run's records, after hashing every object.
  private func proved(
    _ run: ArraySlice<PackedObject>, in bytes: Span<UInt8>, _ hash: inout SHA256
  ) throws -> [PackEntry] {
    var entries: [PackEntry] = []
    entries.reserveCapacity(run.count)
    var rest = bytes
    for object in run {
      let record = rest.extracting(first: PackFormat.recordByteCount + object.storedByteCount)
      rest = rest.extracting(droppingFirst: record.count)
      let stored = record.extracting(droppingFirst: PackFormat.recordByteCount)
      let entry = try entry(of: object, record: record)
      try decoded(entry, stored, hash.digest(of: stored)) { entry, _, _ in entries.append(entry) }
    }
    return entries
  }

  /// Whether the record is whole and the object's bytes are right.
  func isSound(_ object: PackedObject) throws -> Bool {
    do {
      let bytes = try source.bytes(
        at: object.offset, count: PackFormat.recordByteCount + object.storedByteCount)
      let stored = bytes.span.extracting(droppingFirst: PackFormat.recordByteCount)
      return try decoded(
        try entry(of: object, record: bytes.span), stored, SHA256.digest(of: stored)
      ) { _, _, _ in true }
    } catch let error as PackError {
      // What this version cannot read is not known to be wrong.
      return !error.isDamage
    }
  }

  /// What the pack holds behind a record, damaged or not.
  func storedBytes(of object: PackedObject) throws -> [UInt8] {
    let offset = object.offset + Int64(PackFormat.recordByteCount)
    return try source.bytes(at: offset, count: object.storedByteCount)
  }
}

extension Span<UInt8> {
  /// A copy of the bytes.
  var array: [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }
}
