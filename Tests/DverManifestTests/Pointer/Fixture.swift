import Glibc

/// The files in `fixtures/yaml`.
enum Fixture {
  static func bytes(_ name: String, file: String = #filePath) throws -> [UInt8] {
    let root = file.split(separator: "/").dropLast(4).joined(separator: "/")
    let path = "/\(root)/fixtures/yaml/\(name)"
    guard let stream = unsafe fopen(path, "r") else { throw Missing(path: path) }
    defer { unsafe fclose(stream) }
    var bytes: [UInt8] = []
    while case let byte = unsafe getc(stream), byte != EOF { bytes.append(UInt8(byte)) }
    return bytes
  }

  struct Missing: Error {
    let path: String
  }
}

extension [UInt8] {
  /// The bytes as text, for comparisons that show both sides.
  var text: String { String(decoding: self, as: UTF8.self) }

  /// Every text of one byte changed to one of some telling ones, and every cut.
  var damaged: [[UInt8]] {
    let replacements = Array(":-#\"'{[&*!\n\t 0\u{0}".utf8) + [0xff]
    var results = indices.map { Array(self[..<$0]) }
    for index in indices {
      for replacement in replacements + [self[index] ^ 1] {
        var copy = self
        copy[index] = replacement
        results.append(copy)
      }
    }
    return results
  }
}
