import CCrypto

/// A hash function of libcrypto.
@safe struct LibraryHash: ~Copyable {
  private let context: OpaquePointer
  private let algorithm: Algorithm

  init(_ algorithm: Algorithm) {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    unsafe self.context = context
    self.algorithm = algorithm
    restart()
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1, "libcrypto refuses to hash")
  }

  /// Forgets what was hashed.
  func restart() {
    let status = unsafe EVP_DigestInit_ex2(context, algorithm.pointer, nil)
    precondition(status == 1, "libcrypto refuses to hash")
  }

  /// The hash of what was hashed since the last restart; another restart must follow.
  ///
  /// - Parameter output: Has room for it.
  func read(into output: UnsafeMutableRawBufferPointer) {
    let bytes = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let status = unsafe EVP_DigestFinal_ex(context, bytes, nil)
    precondition(status == 1, "libcrypto refuses to hash")
  }

  /// The implementation that libcrypto chose for this CPU, looked up once: the look-up takes longer
  /// than hashing a path.
  ///
  /// Never freed and never changed, so threads may share it.
  @safe struct Algorithm: @unchecked Sendable {
    fileprivate let pointer: OpaquePointer

    static let sha256 = Algorithm("SHA256")
    static let md5 = Algorithm("MD5")

    private init(_ name: String) {
      guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
        preconditionFailure("libcrypto offers no \(name)")
      }
      unsafe self.pointer = pointer
    }
  }
}
