import Glibc

/// A compiled library of `Tests/FaultShim`, which stands between a program and the file system.
package struct FaultShim: Sendable {
  /// The shared object, for LD_PRELOAD.
  package let path: String

  /// Built once in a test run, beside the test bundle.
  ///
  /// - Parameter name: `fault_shim`, which makes operations fail, or `record_shim`.
  /// - Throws: If there is no C compiler; such tests carry
  ///   `.enabled(if: FaultShim.hasCompiler, "needs a C compiler")`.
  package static func build(_ name: String = "fault_shim") throws -> FaultShim {
    try (name == "record_shim" ? builtRecorder : built).get()
  }

  /// The first of the usual C compilers that runs.
  static let compiler: String? = ["cc", "clang", "gcc"].first { name in
    let result = try? Command(name, ["--version"], directory: "/").run()
    return result?.status == .exited(0)
  }

  package static var hasCompiler: Bool { compiler != nil }

  private static let built = Result { () throws(SupportError) in try compile("fault_shim") }
  private static let builtRecorder = Result { () throws(SupportError) in
    try compile("record_shim")
  }

  private static func compile(_ name: String) throws(SupportError) -> FaultShim {
    guard let compiler else { throw SupportError("no C compiler to build \(name) with") }
    let source = "\(BuiltProducts.packageRoot)/Tests/FaultShim/\(name).c"
    let target = "\(BuiltProducts.directory)/\(name).so"
    // Another run of the tests may use the old one.
    let fresh = "\(target).\(getpid())"
    let options = ["-std=gnu11", "-O1", "-Wall", "-Werror", "-fPIC", "-shared"]
    let command = Command(
      compiler, options + ["-o", fresh, source, "-ldl"], directory: BuiltProducts.packageRoot)
    do {
      try command.run().requireSuccess()
    } catch {
      throw SupportError("\(error)")
    }
    guard unsafe rename(fresh, target) == 0 else {
      throw SupportError.system("rename", fresh.utf8)
    }
    return FaultShim(path: target)
  }
}
