package import DverCore

/// SHA-256 of bytes that arrive in pieces.
///
/// One value hashes one message, or, through ``digest(of:)-swift.method``, many short ones without
/// an allocation for each.
package struct SHA256: ~Copyable {
  private let hash = LibraryHash(.sha256)

  package init() {}

  package mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { unsafe hash.update(bytes) }

  package consuming func finalize() -> Digest { read() }

  /// The digest of `bytes` alone; what was hashed before is forgotten.
  package mutating func digest(of bytes: Span<UInt8>) -> Digest {
    restart()
    update(bytes)
    return read()
  }

  /// The digest of `bytes`.
  package static func digest(of bytes: Span<UInt8>) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  /// Forgets what was hashed.
  func restart() { hash.restart() }

  /// The digest of what was hashed since the last restart; another restart must follow.
  func read() -> Digest {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    unsafe withUnsafeMutableBytes(of: &words) { unsafe hash.read(into: $0) }
    return Digest(
      words: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
  }
}
