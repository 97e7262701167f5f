import DverGit
import DverHashing
import DverObjectStore
import DverYAML
import Glibc

/// What dver runs on, and with which libraries.
package enum PlatformVersions {
  /// Name and version of each, in the order to show them.
  package static var all: [(name: String, value: String)] {
    [
      ("platform", platform), ("libgit2", GitLibraryVersion.text),
      ("libcrypto", SHA256Library.version), ("zlib", CompressionLibrary.version),
      ("libyaml", YAMLLibrary.version),
    ]
  }

  private static var platform: String {
    let release = kernelRelease
    #if arch(x86_64)
      return "\(release) x86_64"
    #elseif arch(arm64)
      return "\(release) aarch64"
    #else
      return release
    #endif
  }

  private static var kernelRelease: String {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return "Linux" }
    let release = unsafe withUnsafeBytes(of: &names.release) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return "Linux \(release)"
  }
}
