import CZlib

/// The library that compresses packs.
package enum CompressionLibrary {
  /// Its version, such as `1.2.13`.
  package static var version: String {
    guard let text = unsafe zlibVersion() else { return "unknown" }
    return unsafe String(cString: text)
  }
}
