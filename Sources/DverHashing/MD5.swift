/// MD5 of bytes that arrive in pieces: how other tools name content. It vouches for nothing.
package struct MD5: ~Copyable {
  private let hash = LibraryHash(.md5)

  package init() {}

  package mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
  }

  /// The 16 bytes as two numbers, the first byte on top.
  package consuming func finalize() -> (high: UInt64, low: UInt64) {
    var words: (UInt64, UInt64) = (0, 0)
    unsafe withUnsafeMutableBytes(of: &words) { unsafe hash.read(into: $0) }
    return (words.0.bigEndian, words.1.bigEndian)
  }
}
