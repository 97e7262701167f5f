package import DverCore
import DverHashing

/// Finds and reads the objects of one pack.
///
/// Opening reads and proves the table, 64 bytes an object; nothing else is kept. An object is
/// hashed each time it is read. May be used from several threads at once.
package struct PackReader: Sendable {
  private let source: PackSource
  private let table: PackTable
  /// The digest in the footer, which is the pack's name.
  package let name: Digest

  /// Opens a pack; an error where header, table or footer are not what a writer would write.
  ///
  /// - Parameter checksHeader: Whether a damaged header matters: the objects do not depend on it.
  package init(_ source: PackSource, checksHeader: Bool = true) throws {
    if checksHeader { try Self.checkHeader(of: source) }
    let start = source.byteCount - Int64(PackFormat.footerByteCount)
    let footer = try source.bytes(at: start, count: PackFormat.footerByteCount)
    let (tableOffset, count) = try Self.readFooter(footer.span, at: start, of: source)
    name = Digest(bytes: footer.span.extracting(droppingFirst: 16))
    let bytes = try source.bytes(at: tableOffset, count: Int(start - tableOffset))
    table = try PackTable(bytes: bytes, count: count, offset: tableOffset, name: name, of: source)
    self.source = source
  }

  package var objectCount: Int { table.count }

  /// Object `index` in the order of digests.
  package subscript(index: Int) -> PackEntry { table[index] }

  /// All objects in the order of their records.
  package var entriesInFileOrder: [PackEntry] {
    (0..<table.count).map { table[$0] }.sorted { $0.offset < $1.offset }
  }

  package func contains(_ digest: Digest) -> Bool { table.firstIndex(of: digest) != nil }

  /// Where an object stands; `nil` where the pack lacks it.
  package func entry(of digest: Digest) -> PackEntry? {
    table.firstIndex(of: digest).map { table[$0] }
  }

  /// The bytes of an object of this pack, after hashing them.
  package func content(of entry: PackEntry) throws -> [UInt8] {
    try source.content(of: entry, stored: source.storedBytes(of: entry))
  }

  /// What the pack stores for an object, to copy it into another pack; proved by decoding and
  /// hashing it.
  package func storedBytes(of entry: PackEntry) throws -> [UInt8] {
    let stored = try source.storedBytes(of: entry)
    _ = try source.content(of: entry, stored: stored)
    return stored
  }

  private static func checkHeader(of source: PackSource) throws {
    let header = try source.bytes(at: 0, count: PackFormat.headerByteCount)
    try source.checkHeader(header.span)
  }

  /// Returns the offset of the table and the count of its entries, which fill the file up to the
  /// footer exactly.
  private static func readFooter(
    _ footer: Span<UInt8>, at offset: Int64, of source: PackSource
  ) throws(PackError) -> (tableOffset: Int64, count: Int) {
    for (index, byte) in PackFormat.footerMagic.enumerated() where footer[56 + index] != byte {
      throw source.damaged(at: offset + 56, "no footer ends the file")
    }
    guard footer.uint32(at: 48) == PackFormat.version else {
      throw source.damaged(at: offset + 48, "header and footer have different versions")
    }
    guard footer.uint32(at: 52) == 0 else {
      throw source.damaged(at: offset + 52, PackEntry.Flaw.reserved.rawValue)
    }
    let count = footer.uint64(at: 8)
    guard count <= UInt64(PackFormat.maximumObjectCount) else {
      throw source.damaged(at: offset + 8, "more objects than a pack can hold")
    }
    let byteCount = Int(count) * PackFormat.tableEntryByteCount + PackFormat.fanOutByteCount
    let tableOffset = offset - Int64(byteCount)
    guard tableOffset >= Int64(PackFormat.headerByteCount),
      UInt64(tableOffset) == footer.uint64(at: 0)
    else { throw source.damaged(at: offset, "a table that does not end at the footer") }
    return (tableOffset, Int(count))
  }
}

extension PackSource {
  /// Checks the 16 bytes that begin a pack.
  func checkHeader(_ header: Span<UInt8>) throws(PackError) {
    for (index, byte) in PackFormat.headerMagic.enumerated() where header[index] != byte {
      throw damaged(at: 0, "the file does not begin like a pack")
    }
    let version = header.uint32(at: 8)
    guard version == PackFormat.version else {
      throw .unsupportedVersion(pack: name, version: version)
    }
    guard header.uint32(at: 12) == 0 else {
      throw damaged(at: 12, PackEntry.Flaw.reserved.rawValue)
    }
  }

  /// Decodes and hashes what the pack stores for an object.
  func content(of entry: PackEntry, stored: [UInt8]) throws(PackError) -> [UInt8] {
    let content = try decoded(entry, stored: stored)
    let actual = SHA256.digest(of: content.span)
    guard actual == entry.digest else {
      throw .mismatch(pack: name, offset: entry.offset, expected: entry.digest, actual: actual)
    }
    return content
  }

  private func decoded(_ entry: PackEntry, stored: [UInt8]) throws(PackError) -> [UInt8] {
    switch entry.flags.encoding {
    case .raw:
      return stored
    case .zlib:
      guard let bytes = PackCompression.decompress(stored.span, count: entry.byteCount) else {
        throw damaged(at: entry.offset, "no zlib stream of \(entry.byteCount) bytes")
      }
      return bytes
    case .zstd:
      throw .unsupportedEncoding(pack: name, digest: entry.digest, encoding: "zstd")
    case nil:
      let encoding = "encoding \(entry.flags.encodingNumber)"
      throw .unsupportedEncoding(pack: name, digest: entry.digest, encoding: encoding)
    }
  }
}
