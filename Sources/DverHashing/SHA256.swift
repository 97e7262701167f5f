import CCrypto
package import DverCore

/// SHA-256 of bytes that arrive in pieces.
///
/// One value hashes one message, or, through ``digest(of:)-swift.method``, many short ones without
/// an allocation for each.
@safe package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    unsafe self.context = context
    restart()
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { buffer in
      let status = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
      precondition(status == 1, "libcrypto refuses to hash")
    }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1, "libcrypto refuses to hash")
  }

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
  func restart() {
    let status = unsafe EVP_DigestInit_ex2(context, Algorithm.shared.pointer, nil)
    precondition(status == 1, "libcrypto refuses to hash")
  }

  /// The digest of what was hashed since the last restart; another restart must follow.
  func read() -> Digest {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    unsafe withUnsafeMutableBytes(of: &words) { buffer in
      let output = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let status = unsafe EVP_DigestFinal_ex(context, output, nil)
      precondition(status == 1, "libcrypto refuses to hash")
    }
    return Digest(
      words: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
  }

  /// The implementation that libcrypto chose for this CPU, looked up once: the look-up takes longer
  /// than hashing a path.
  ///
  /// Never freed and never changed, so threads may share it.
  @safe private struct Algorithm: @unchecked Sendable {
    let pointer: OpaquePointer

    static let shared = Algorithm()

    private init() {
      guard let pointer = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
        preconditionFailure("libcrypto offers no SHA-256")
      }
      unsafe self.pointer = pointer
    }
  }
}
