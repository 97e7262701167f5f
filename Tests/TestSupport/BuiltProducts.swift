import Glibc

/// Where this package and the programs built from it are.
package enum BuiltProducts {
  /// The root of the package.
  package static let packageRoot: String = {
    let components = #filePath.split(separator: "/").dropLast(3)
    return "/" + components.joined(separator: "/")
  }()

  /// The directory of the test bundle, where the debug products lie too.
  package static let directory: String = {
    guard let bundle = try? readLink(Array("/proc/self/exe".utf8)),
      let slash = bundle.lastIndex(of: UInt8(ascii: "/")),
      bundle.starts(with: packageRoot.utf8)
    else { return "\(packageRoot)/.build/debug" }
    return readable(bundle[..<slash])
  }()

  /// The `dver` to test: `DVER_BINARY`, else the debug product of the same build as the tests,
  /// else the release build.
  package static func dver() throws -> String {
    if let path = Command.variable("DVER_BINARY"), !path.isEmpty {
      return path.hasPrefix("/") ? path : "\(packageRoot)/\(path)"
    }
    let candidates = ["\(directory)/dver", "\(packageRoot)/.build/release/dver"]
    for path in candidates where unsafe access(path, X_OK) == 0 { return path }
    throw SupportError("no dver among \(candidates); build it, or set DVER_BINARY")
  }
}
