import DverCore
import DverHashing
import DverObjectStore
import TestSupport

/// A pack in memory.
func source(_ bytes: [UInt8], name: String = "test.pack") -> PackSource {
  PackSource(name: name, byteCount: Int64(bytes.count)) { offset, count in
    Array(bytes.dropFirst(Int(offset)).prefix(count))
  }
}

/// The bytes that a writer sends to its sink.
func pack(
  _ body: (inout PackWriter) throws -> Void = { _ in }
) throws -> (bytes: [UInt8], summary: PackWriter.Summary) {
  let file = SunkBytes()
  var writer = PackWriter(sink: file.append)
  try body(&writer)
  let summary = try writer.finish()
  return (file.bytes, summary)
}

/// Collects what a writer sends.
final class SunkBytes {
  private(set) var bytes: [UInt8] = []

  func append(_ block: Span<UInt8>) {
    for index in block.indices { bytes.append(block[index]) }
  }
}

/// A pack put together by the test: each field may be wrong, and the table's digest is right.
struct HandmadePack {
  struct Object {
    var content: [UInt8]
    var stored: [UInt8]?
    var flags: UInt32 = 0
    /// What the table says, where that is not the truth.
    var offset: UInt64?
    var storedLength: UInt64?
    var length: UInt64?
  }

  var objects: [Object]
  var sortsTable = true
  var count: UInt64?
  var tableOffset: UInt64?
  /// Bytes between the last record and the table.
  var padding: [UInt8] = []

  init(_ objects: [Object]) {
    self.objects = objects
  }

  var bytes: [UInt8] {
    var file = Array("dverpack".utf8) + little(1, 4) + little(0, 4)
    var entries: [(digest: [UInt8], rest: [UInt8])] = []
    for object in objects {
      let stored = object.stored ?? object.content
      let name = digest(of: object.content).bytes
      let lengths =
        little(object.storedLength ?? UInt64(stored.count), 8)
        + little(object.length ?? UInt64(object.content.count), 8)
      let offset = little(object.offset ?? UInt64(file.count), 8)
      entries.append((name, offset + lengths + little(UInt64(object.flags), 4) + little(0, 4)))
      file += [0xd7, 0x6f, 0x62, 0x6a] + little(UInt64(object.flags), 4) + lengths + name
      file += stored
    }
    file += padding
    if sortsTable { entries.sort { $0.digest.lexicographicallyPrecedes($1.digest) } }
    var table = entries.flatMap { $0.digest + $0.rest }
    for first in 0..<256 {
      table += little(UInt64(entries.count { Int($0.digest[0]) <= first }), 4)
    }
    let footer =
      little(tableOffset ?? UInt64(file.count), 8) + little(count ?? UInt64(objects.count), 8)
      + digest(of: table).bytes + little(1, 4) + little(0, 4)
    return file + table + footer + Array("dverpend".utf8)
  }

  private func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}

/// A file of `fixtures/pack`.
func fixture(_ name: String) throws -> [UInt8] {
  let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
  return try TemporaryRepository(.emptyDirectory).read("/\(root)/fixtures/pack/\(name)")
}

/// Of an array that may be a temporary, which has no span of its own.
func digest(of bytes: [UInt8]) -> Digest { SHA256.digest(of: bytes.span) }
