import Glibc

extension Command {
  /// The least that programs need: where programs are, plain locale, UTC.
  package static let plainEnvironment: [String: String] = [
    "PATH": variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
  ]

  /// A copy with more, or other, variables; nil removes one.
  package func with(environment changes: [String: String?]) -> Command {
    var copy = self
    for (name, value) in changes { copy.environment[name] = value }
    return copy
  }

  /// A variable of the test process itself.
  static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
