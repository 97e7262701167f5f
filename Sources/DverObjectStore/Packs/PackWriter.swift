package import DverCore
import DverHashing

/// Writes a pack from its first byte to its last.
///
/// Bytes go to a sink in blocks; the writer keeps the table in memory, 64 bytes an object. After an
/// error of the sink the file is worthless and the writer must not be used again.
package struct PackWriter: ~Copyable {
  /// What a finished pack is.
  package struct Summary: Hashable, Sendable {
    /// The name of the pack: the SHA-256 of its table and fan-out.
    package let name: Digest
    package let objectCount: Int
    package let byteCount: Int64
  }

  private let sink: (Span<UInt8>) throws -> Void
  private var buffer: [UInt8] = []
  /// The bytes that went to the sink.
  private var sunkByteCount: Int64 = 0
  private var entries: [PackEntry] = []
  private var digests: Set<Digest> = []
  private var hasFailed = false

  /// Large enough that a write costs less than what it writes.
  private static let blockByteCount = 1 << 18

  /// - Parameter sink: Takes the next bytes of the file.
  package init(sink: @escaping (Span<UInt8>) throws -> Void) {
    self.sink = sink
    buffer.reserveCapacity(Self.blockByteCount * 2)
    buffer.append(contentsOf: PackFormat.headerMagic)
    buffer.append(littleEndian: PackFormat.version)
    buffer.append(littleEndian: 0 as UInt32)
  }

  package var objectCount: Int { entries.count }
  /// The length so far, without the table.
  package var byteCount: Int64 { sunkByteCount + Int64(buffer.count) }
  /// Whether the pack should be finished and another one begun.
  package var isFull: Bool {
    byteCount >= PackFormat.closingByteCount || objectCount >= PackFormat.closingObjectCount
  }

  package func contains(_ digest: Digest) -> Bool { digests.contains(digest) }

  /// Hashes an object and adds it, unless the pack has it already.
  @discardableResult
  package mutating func append(
    _ content: Span<UInt8>, kind: PackFlags.Kind = .content, compressing: Bool = false
  ) throws -> Digest {
    let digest = SHA256.digest(of: content)
    try append(content, digest: digest, kind: kind, compressing: compressing)
    return digest
  }

  /// Adds an object, unless the pack has it already.
  ///
  /// - Parameters:
  ///   - digest: The digest of `content`; the caller has just hashed it.
  ///   - compressing: Whether to store it with zlib where that is shorter.
  package mutating func append(
    _ content: Span<UInt8>, digest: Digest, kind: PackFlags.Kind = .content,
    compressing: Bool = false
  ) throws {
    guard content.count <= PackFormat.maximumObjectByteCount else {
      throw PackError.objectTooLong(digest: digest, byteCount: content.count)
    }
    if compressing, !contains(digest), let stream = PackCompression.compress(content) {
      let flags = PackFlags(.zlib, kind)
      try append(stored: stream.span, digest: digest, byteCount: content.count, flags: flags)
    } else {
      let flags = PackFlags(.raw, kind)
      try append(stored: content, digest: digest, byteCount: content.count, flags: flags)
    }
  }

  /// Adds an object as another pack stores it.
  ///
  /// - Parameter stored: What that pack's reader returned for `entry` after verifying it.
  package mutating func append(stored: Span<UInt8>, as entry: PackEntry) throws {
    precondition(stored.count == entry.storedByteCount, "bytes of another object")
    try append(
      stored: stored, digest: entry.digest, byteCount: entry.byteCount, flags: entry.flags)
  }

  private mutating func append(
    stored: Span<UInt8>, digest: Digest, byteCount objectByteCount: Int, flags: PackFlags
  ) throws {
    guard !digests.contains(digest) else { return }
    guard entries.count < PackFormat.maximumObjectCount else { throw PackError.packFull }
    let entry = PackEntry(
      digest: digest, offset: byteCount, storedByteCount: stored.count,
      byteCount: objectByteCount, flags: flags)
    digests.insert(digest)
    entries.append(entry)
    entry.appendRecord(to: &buffer)
    buffer.append(stored)
    if buffer.count >= Self.blockByteCount { try flush() }
  }

  /// Adds records as they stand in another pack, one behind the other.
  ///
  /// - Parameter others: Their entries in that pack; the caller has just hashed the objects.
  /// - Returns: `false`, with nothing added, where this pack would have an object twice, or too many.
  package mutating func append(records: Span<UInt8>, of others: [PackEntry]) throws -> Bool {
    guard let first = others.first, entries.count + others.count <= PackFormat.maximumObjectCount
    else { return others.isEmpty }
    for (index, entry) in others.enumerated() where !digests.insert(entry.digest).inserted {
      for earlier in others[..<index] { digests.remove(earlier.digest) }
      return false
    }
    let shift = byteCount - first.offset
    for entry in others {
      entries.append(
        PackEntry(
          digest: entry.digest, offset: entry.offset + shift,
          storedByteCount: entry.storedByteCount, byteCount: entry.byteCount, flags: entry.flags))
    }
    buffer.append(records)
    if buffer.count >= Self.blockByteCount { try flush() }
    return true
  }

  /// Makes room for the entries of so many objects.
  package mutating func reserve(objectCount: Int) {
    entries.reserveCapacity(objectCount)
    digests.reserveCapacity(objectCount)
  }

  /// Writes the table, the fan-out and the footer.
  package consuming func finish() throws -> Summary {
    let tableOffset = byteCount
    entries.sort { $0.digest < $1.digest }
    var hash = SHA256()
    for start in stride(from: 0, to: entries.count, by: 1024) {
      try flush()
      for entry in entries[start..<min(start + 1024, entries.count)] {
        entry.appendTableEntry(to: &buffer)
      }
      hash.update(buffer.span)
    }
    try flush()
    appendFanOut()
    hash.update(buffer.span)
    let name = hash.finalize()
    buffer.append(littleEndian: UInt64(tableOffset))
    buffer.append(littleEndian: UInt64(entries.count))
    buffer.append(contentsOf: name.bytes)
    buffer.append(littleEndian: PackFormat.version)
    buffer.append(littleEndian: 0 as UInt32)
    buffer.append(contentsOf: PackFormat.footerMagic)
    try flush()
    return Summary(name: name, objectCount: entries.count, byteCount: sunkByteCount)
  }

  private mutating func appendFanOut() {
    var index = 0
    for first in 0..<256 {
      while index < entries.count, Int(entries[index].digest[0]) <= first { index += 1 }
      buffer.append(littleEndian: UInt32(index))
    }
  }

  private mutating func flush() throws {
    precondition(!hasFailed, "a pack whose sink has failed")
    guard !buffer.isEmpty else { return }
    hasFailed = true
    try sink(buffer.span)
    hasFailed = false
    sunkByteCount += Int64(buffer.count)
    buffer.removeAll(keepingCapacity: true)
  }
}
