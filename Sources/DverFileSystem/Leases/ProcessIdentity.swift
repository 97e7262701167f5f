import DverCore
import Glibc

/// Which process of which host something belongs to.
///
/// Written as lines `key: value`, among which others may stand.
package struct ProcessIdentity: Hashable, Sendable {
  package let host: String
  package let boot: String
  package let pidNamespace: String
  package let process: Int32
  /// Clock ticks between the boot and the start of the process; 0 where that is not known.
  package let start: Int64

  package init(
    host: String, boot: String, pidNamespace: String, process: Int32, start: Int64
  ) {
    self.host = host
    self.boot = boot
    self.pidNamespace = pidNamespace
    self.process = process
    self.start = start
  }

  /// What the kernel calls the time since it started.
  package static let presentBoot = bootIdentifier() ?? "unknown"

  /// This process.
  package static let current = ProcessIdentity(
    host: hostName(), boot: presentBoot,
    pidNamespace: pidNamespaceName() ?? "unknown",
    process: getpid(), start: startTime(of: getpid()) ?? 0)

  package var text: String {
    "host: \(host)\nboot: \(boot)\npid namespace: \(pidNamespace)\nprocess: \(process)\n"
      + "start: \(start)\n"
  }

  package init?(_ lines: [Substring: Substring]) {
    guard let host = lines["host"], let boot = lines["boot"],
      let space = lines["pid namespace"], let process = lines["process"].flatMap({ Int32($0) })
    else { return nil }
    self.init(
      host: String(host), boot: String(boot), pidNamespace: String(space), process: process,
      start: lines["start"].flatMap { Int64($0) } ?? 0)
  }

  /// The lines of a text by their keys; `nil` where one has none.
  package static func lines(of text: String) -> [Substring: Substring]? {
    var lines: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      lines[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
    }
    return lines
  }

  /// Whether the same kernel ran it that runs this process, so that each sees the other's locks.
  package var isOfThisKernel: Bool { boot == Self.current.boot && boot != "unknown" }

  /// Whether the process is known to have ended. Of those of other hosts and of other namespaces
  /// nothing is known.
  var isKnownDead: Bool {
    let own = Self.current
    guard isOfThisKernel, pidNamespace == own.pidNamespace, pidNamespace != "unknown" else {
      return false
    }
    if kill(process, 0) != 0, errno == ESRCH { return true }
    guard start != 0, let now = Self.startTime(of: process) else { return false }
    return now != start
  }

  // MARK: Where the system says so

  private static func hostName() -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress, unsafe gethostname(start, 255) == 0 else {
        return "unknown"
      }
      unsafe buffer[255] = 0
      return unsafe String(cString: start)
    }
  }

  private static func bootIdentifier() -> String? {
    contents(of: "/proc/sys/kernel/random/boot_id").map {
      String($0.prefix { $0 != "\n" })
    }
  }

  private static func pidNamespaceName() -> String? {
    let path = AbsolutePath(normalized: Array("/proc/self/ns/pid".utf8))
    return (try? FileSystem.destination(ofLink: path)).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func startTime(of process: Int32) -> Int64? {
    // The second field is the program's name in parentheses, which may hold anything.
    guard let text = contents(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > startField ? Int64(fields[startField]) : nil
  }

  /// The 22nd of proc(5), behind the two that end with the name.
  private static let startField = 19

  private static func contents(of path: String) -> String? {
    let path = AbsolutePath(normalized: Array(path.utf8))
    guard let bytes = (try? FileSystem.contents(of: path, limit: 4096)) ?? nil else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
