import DverCore
import DverHashing
import DverObjectStore
import TestSupport
import Testing

/// Damaged packs: an error that names the pack, or objects that are what their digests say.
@Suite struct PackFuzzTests {
  private static let limit = 16 << 20

  private func source(_ bytes: [UInt8]) -> PackSource {
    PackSource(name: "some.pack", byteCount: Int64(bytes.count)) { offset, count in
      Array(bytes[min(bytes.count, Int(offset))...].prefix(count))
    }
  }

  /// No content may be longer than what zlib can make of the file.
  private func check(_ content: [UInt8], _ digest: Digest, _ file: [UInt8]) throws {
    guard SHA256.digest(of: content.span) == digest else {
      throw SupportError("\(digest) was read as something else")
    }
  }

  private func readAll(_ bytes: [UInt8]) throws {
    let reader = try PackReader(source(bytes))
    for entry in reader.entriesInFileOrder {
      guard entry.byteCount <= Self.limit else { throw SupportError("\(entry.byteCount) bytes") }
      try check(try reader.content(of: entry), entry.digest, bytes)
    }
  }

  private func isExpected(_ error: any Error) -> Bool {
    guard let error = error as? PackError else { return false }
    return error.message.contains("some.pack")
  }

  private var words: [String] { ["dverpack", "dverpend", "\u{1}", "PAR1"] }

  private func files() throws -> [[UInt8]] {
    let mixed = [
      HandmadePack.Object(content: Array("one".utf8)), .init(content: []),
      .init(content: [UInt8](repeating: 7, count: 3000)),
    ]
    return try ["empty.pack", "mixed.pack", "raw.pack"].map { try fixture($0) }
      + [HandmadePack(mixed).bytes]
  }

  @Test func readerReportsOrReadsRight() throws {
    try fuzz("pack", files: files(), words: words, read: readAll, isExpected: isExpected)
  }

  /// What the table's digest would catch: tables that are sealed with their damage.
  @Test func sealedTablesAreNotBelieved() throws {
    try fuzz(
      "pack, resealed", files: files(), words: words, rounds: 200,
      read: { try readAll(resealed($0)) }, isExpected: isExpected)
  }

  /// Writes the right digest of the table into the footer.
  private func resealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 64 + 1024 else { return bytes }
    let start = bytes.count - 64
    let count = (0..<4).reduce(0) { $0 | Int(bytes[start + 8 + $1]) << (8 * $1) }
    let tableCount = count * 64 + 1024
    guard tableCount <= start else { return bytes }
    var result = bytes
    let table = Array(bytes[(start - tableCount)..<start])
    result.replaceSubrange((start + 16)..<(start + 48), with: digest(of: table).bytes)
    return result
  }

  @Test func rebuilderSavesOnlyWholeObjects() throws {
    try fuzz(
      "pack, rebuilt", files: files(), words: words,
      read: { bytes in
        let pack = SunkBytes()
        let (recovery, _) = try PackRebuilder(source(bytes)).rebuild { pack.append($0) }
        let reader = try PackReader(source(pack.bytes))
        guard reader.objectCount == recovery.entries.count else {
          throw SupportError("\(reader.objectCount) of \(recovery.entries.count) objects saved")
        }
        try readAll(pack.bytes)
      }, isExpected: isExpected)
  }
}
