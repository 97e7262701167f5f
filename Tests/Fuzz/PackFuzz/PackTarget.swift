import DverCore
import DverHashing
import DverObjectStore
import FuzzSupport

/// A pack: an error that names it, or objects that are what their digests say.
enum PackTarget: FuzzTarget {
  /// The most bytes that one byte of a file can stand for, in a zlib stream.
  private static let ratio = 1032

  static var properties: [([UInt8]) throws -> Void] {
    [readAll, { try readAll($0.withSealedTable) }, rebuild]
  }

  static var seeds: [[UInt8]] {
    get throws {
      let texts: [[UInt8]] = [[], Array("a".utf8), Array(repeating: 7, count: 3000)]
      return try [false, true].map { isCompressing in
        let file = SunkBytes()
        var writer = PackWriter(sink: file.append)
        for text in texts { try writer.append(text.span, compressing: isCompressing) }
        _ = try writer.finish()
        return file.bytes
      }
    }
  }

  private static func packSource(_ bytes: [UInt8]) -> PackSource {
    PackSource(name: source, byteCount: Int64(bytes.count)) { offset, count in
      Array(bytes[Int(offset)...].prefix(count))
    }
  }

  private static func readAll(_ bytes: [UInt8]) throws {
    let reader = try PackReader(packSource(bytes))
    for entry in reader.entriesInFileOrder {
      try require(
        entry.byteCount <= bytes.count * ratio, "\(entry.byteCount) bytes in \(bytes.count)")
      try require(reader.entry(of: entry.digest) == entry, "\(entry.digest) is not found")
      do {
        let content = try reader.content(of: entry)
        try require(SHA256.digest(of: content.span) == entry.digest, "content of another digest")
        try require(content.count == entry.byteCount, "content of another length")
      } catch let error as PackError {
        // Of one object: those behind it are read nevertheless.
        guard isExpected(error) else { throw error }
      }
    }
  }

  /// What is saved of a damaged pack is a pack without damage.
  private static func rebuild(_ bytes: [UInt8]) throws {
    let file = SunkBytes()
    let (recovery, summary) = try PackRebuilder(packSource(bytes)).rebuild(sink: file.append)
    let reader = try reading { try PackReader(packSource(file.bytes)) }
    try require(reader.name == summary.name, "another table than was written")
    try require(
      reader.objectCount == recovery.entries.count,
      "\(reader.objectCount) of \(recovery.entries.count) objects saved")
    for index in 0..<reader.objectCount {
      _ = try reading { try reader.content(of: reader[index]) }
    }
  }
}

/// Collects what a writer sends.
private final class SunkBytes {
  private(set) var bytes: [UInt8] = []

  func append(_ block: Span<UInt8>) {
    for index in block.indices { bytes.append(block[index]) }
  }
}
