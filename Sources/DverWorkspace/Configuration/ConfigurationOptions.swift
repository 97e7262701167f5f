import DverCore
import DverFileSystem
import DverGit
import DverObjectStore

/// Which options there are, and what they take.
enum ConfigurationOptions {
  enum Kind {
    case text
    case bool
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    case word([String])
    case linkTypes
    /// A path, stored relative to the configuration file.
    case path
    case resource(ResourceOption)
  }

  private static let known: [(name: String, kind: Kind)] = [
    ("core.autostage", .bool),
    ("core.lease", .word(LeaseSettings.Choice.allCases.map(\.rawValue))),
    ("core.lease_interval", .integer(0...LeaseSettings.longestIntervalMilliseconds)),
    ("core.lock_timeout", .integer(anyCount)), ("core.no_scm", .bool), ("core.project", .text),
    ("core.remote", .text), ("core.shell", .text), ("cache.dir", .path),
    ("cache.type", .linkTypes), ("cache.shared", .word(["group"])),
    ("gc.grace", .integer(0...36_500 * 24)), ("gc.trash_days", .integer(0...36_500)),
    ("parsing.bool", .word(["store_true", "boolean_optional"])),
    ("parsing.list", .word(["nargs", "append"])), ("plots.auto_open", .bool),
    ("plots.html_template", .path), ("plots.out_dir", .text),
  ]
  private static let remote: [(name: String, kind: Kind)] = [
    ("url", .path), ("id", .text), ("jobs", .integer(anyCount)),
  ]

  /// What stands before the names of options, for a message.
  static var sections: String {
    var sections: [String] = []
    for option in known {
      let section = String(option.name.prefix { $0 != "." })
      if !sections.contains(section) { sections.append(section) }
    }
    return "\(sections.joined(separator: ", ")), remote.NAME and resources"
  }

  /// What bounds itself.
  private static let anyCount = 0...Int.max

  static var leaseWords: String {
    LeaseSettings.Choice.allCases.map(\.rawValue).joined(separator: " or ")
  }

  /// The name as dver prints it: section and option in lower case, with underscores.
  static func spelled(_ name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 2, let first = parts.first, let last = parts.last else { return name }
    let option = String(last.lowercased().map { $0 == "-" ? "_" : $0 })
    let middle = parts.dropFirst().dropLast().map(String.init)
    return ([first.lowercased()] + middle + [option]).joined(separator: ".")
  }

  /// What the option takes.
  ///
  /// - Throws: ``WorkspaceError/unknownOption(_:suggestion:)``.
  static func kind(of name: String) throws -> Kind {
    let spelled = spelled(name)
    let parts = spelled.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count >= 3, parts[0] == "remote", let last = parts.last {
      if let option = remote.first(where: { $0.name == last }) { return option.kind }
      let nearest = Spelling.nearest(to: String(last), among: remote.map(\.name))
      throw WorkspaceError.unknownOption(
        name, suggestion: nearest.map { parts.dropLast().joined(separator: ".") + "." + $0 })
    }
    // Resources have the names that stages give them.
    if parts.count >= 2, parts[0] == "resources", let last = parts.last {
      return .resource(parts.count == 2 ? ResourceOption(last) : .count)
    }
    if let option = known.first(where: { $0.name == spelled }) { return option.kind }
    throw WorkspaceError.unknownOption(
      name, suggestion: Spelling.nearest(to: spelled, among: known.map(\.name)))
  }

  /// Refuses a value that reading the option would refuse later.
  static func check(_ value: String, of name: String, _ kind: Kind) throws {
    let expected: String?
    switch kind {
    case .text, .path: expected = nil
    case .bool:
      let words = ["true", "false", "yes", "no", "on", "off", "1", "0"]
      expected = words.contains(value.lowercased()) ? nil : "true or false"
    case .word(let words):
      expected = words.contains(value) ? nil : words.joined(separator: " or ")
    case .resource(let option): expected = option.accepts(value) ? nil : option.expected
    case .integer(let range):
      let isFine = Int(value).map { range.contains($0) } ?? false
      expected = isFine ? nil : ConfigLayers.expected(range)
    case .linkTypes:
      expected =
        LinkType.list(value) != nil ? nil : "a list of reflink, hardlink, symlink and copy"
    }
    if let expected {
      throw WorkspaceError.badValue(option: name, value: value, expected: expected)
    }
  }
}
