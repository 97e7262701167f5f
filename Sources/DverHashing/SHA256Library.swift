import CCrypto

/// The library that computes SHA-256.
package enum SHA256Library {
  /// Name and version as it gives them.
  package static var version: String {
    guard let text = unsafe OpenSSL_version(OPENSSL_VERSION) else { return "unknown" }
    return unsafe String(cString: text)
  }
}
