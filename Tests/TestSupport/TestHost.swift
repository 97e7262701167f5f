import Glibc

/// A host of its own for one command: it has its own name, network and process numbers; files are
/// the same on all.
///
/// So whatever names a process, or relies on what only one host can see, is put to the test.
package struct TestHost: Sendable {
  package let name: String
  /// By how many seconds the host's clock is ahead.
  package let clockLead: Int

  package init(_ name: String, clockLead: Int = 0) {
    self.name = name
    self.clockLead = clockLead
  }

  /// Where dver is to be stopped, and how that can be told from outside.
  package struct Stop: Sendable {
    let count: Int
    let part: String
    let mark: String

    /// Before the `count`-th rename to a path with `part` in it; then the file `mark` is there.
    package init(at count: Int, renameTo part: String, mark: String) {
      self.count = count
      self.part = part
      self.mark = mark
    }
  }

  /// Whether hosts can be made: by the superuser, with `unshare` and a C compiler.
  package static let isAvailable: Bool =
    getuid() == 0 && FaultShim.hasCompiler
    && (try? Command("unshare", options + ["true"], directory: "/").run())?.status == .exited(0)

  private static let options = [
    "--net", "--uts", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc",
  ]

  /// The command as it runs on this host. Signals to its group reach it.
  package func command(_ command: Command, stop: Stop? = nil) throws -> Command {
    let script = "echo \"$0\" > /proc/sys/kernel/hostname && \"$@\"; exit $?"
    var wrapped = command
    wrapped.executable = "unshare"
    wrapped.arguments =
      (Self.options + ["/bin/sh", "-c", script, name, command.executable]).map(\.nameBytes)
      + command.arguments
    guard clockLead != 0 || stop != nil else { return wrapped }
    wrapped.environment["LD_PRELOAD"] = try Self.shim.get()
    wrapped.environment["DVER_HOST_CLOCK"] = String(clockLead)
    if let stop {
      wrapped.environment["DVER_HOST_STOP"] = "\(stop.count):\(stop.part)"
      wrapped.environment["DVER_HOST_MARK"] = stop.mark
    }
    return wrapped
  }

  /// `Tests/HostShim/host_shim.c`, compiled once in a test run.
  private static let shim = Result { () throws(SupportError) -> String in
    guard let compiler = FaultShim.compiler else { throw SupportError("no C compiler") }
    let target = "\(BuiltProducts.directory)/host_shim.so"
    // Another run of the tests may use the old one.
    let fresh = "\(target).\(getpid())"
    let options = ["-std=gnu11", "-O1", "-Wall", "-Werror", "-fPIC", "-shared", "-o", fresh]
    let source = "\(BuiltProducts.packageRoot)/Tests/HostShim/host_shim.c"
    do {
      try Command(compiler, options + [source, "-ldl"], directory: BuiltProducts.packageRoot)
        .run().requireSuccess()
    } catch {
      throw SupportError("\(error)")
    }
    guard unsafe rename(fresh, target) == 0 else {
      throw SupportError.system("rename", fresh.utf8)
    }
    return target
  }
}
