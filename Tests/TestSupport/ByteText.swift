/// What tests may write for a name: a string, or the bytes themselves.
///
/// Names of files are bytes, and a test must be able to use those that are not UTF-8.
package protocol ByteText: Sendable {
  var nameBytes: [UInt8] { get }
}

extension String: ByteText {
  package var nameBytes: [UInt8] { Array(utf8) }
}

extension [UInt8]: ByteText {
  package var nameBytes: [UInt8] { self }
}

/// Bytes as text for a message: those that are not UTF-8 are replaced.
func readable(_ bytes: some Collection<UInt8>) -> String {
  String(decoding: bytes, as: UTF8.self)
}
