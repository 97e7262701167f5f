import DverCore
import DverYAML

/// Reads typed values out of a file and collects everything that is wrong with it.
///
/// Key paths are closures, because they are built only for problems and a lock has a hundred
/// thousand values.
struct SchemaCheck {
  let source: String
  private(set) var problems: [FileFormatError.Problem] = []

  init(source: String) { self.source = source }

  /// Throws all problems that were reported.
  func finish() throws(FileFormatError) {
    guard !problems.isEmpty else { return }
    let sorted = problems.sorted { left, right in
      (left.line, left.column, left.keyPath) < (right.line, right.column, right.keyPath)
    }
    throw FileFormatError(source: source, problems: sorted)
  }

  /// Throws all problems that were reported here or to `other`.
  func finish(with other: SchemaCheck) throws(FileFormatError) {
    var all = self
    all.problems += other.problems
    try all.finish()
  }

  mutating func report(
    _ text: String, at node: some SchemaNode, _ keyPath: String, hint: String? = nil
  ) {
    problems.append(
      FileFormatError.Problem(
        line: node.line, column: node.column, keyPath: keyPath, text: text, hint: hint))
  }

  /// Reports what is wrong with the file as a whole.
  mutating func report(_ text: String, _ keyPath: String, hint: String? = nil) {
    problems.append(
      FileFormatError.Problem(line: 1, column: 1, keyPath: keyPath, text: text, hint: hint))
  }

  mutating func reportUnknownKey(
    _ key: some SchemaNode, in parent: String, known: [String]
  ) {
    let name = key.text
    let path = parent.isEmpty ? name : "\(parent).\(name)"
    guard !["md5", "etag", "checksum"].contains(name) else {
      return report(
        "dver records sha256, not \(name)", at: key, path,
        hint: "run 'dver migrate' to convert a DVC project")
    }
    let suggestion = Spelling.nearest(to: name, among: known).map { ", did you mean '\($0)'?" }
    report("unknown key" + (suggestion ?? ""), at: key, path)
  }

  // MARK: Values

  mutating func string(
    _ node: some SchemaNode, _ keyPath: @autoclosure () -> String
  ) -> String? {
    if case .string(let text)? = node.scalar {
      // No command, path or name can hold one.
      guard text.utf8.contains(0) else { return text }
      report("expected a string without NUL", at: node, keyPath())
      return nil
    }
    report("expected a string, not \(Self.description(of: node))", at: node, keyPath())
    return nil
  }

  /// A string for people to read, which a template may take from a number.
  mutating func note(_ node: some SchemaNode, _ keyPath: @autoclosure () -> String) -> String? {
    if node.isFilled, let scalar = node.scalar, scalar != .null { return node.text }
    return string(node, keyPath())
  }

  mutating func bool(_ node: some SchemaNode, _ keyPath: @autoclosure () -> String) -> Bool? {
    if case .bool(let value)? = node.scalar { return value }
    report("expected true or false, not \(Self.description(of: node))", at: node, keyPath())
    return nil
  }

  /// The text of a key, which must be a string.
  mutating func key(_ node: some SchemaNode, _ keyPath: @autoclosure () -> String) -> String? {
    if case .string(let text)? = node.scalar { return text }
    report(
      "expected text, not \(Self.description(of: node))", at: node, keyPath(),
      hint: "put it in quotes")
    return nil
  }

  /// An integer that is not negative.
  mutating func count(_ node: some SchemaNode, _ keyPath: @autoclosure () -> String) -> Int64? {
    if case .integer(let value)? = node.scalar, value >= 0 { return value }
    report("expected a count, not \(Self.description(of: node))", at: node, keyPath())
    return nil
  }

  /// The bytes of a path, which stands as text or, where that cannot be, in quoted form.
  mutating func path(_ node: some SchemaNode, _ keyPath: @autoclosure () -> String) -> [UInt8]? {
    guard let text = string(node, keyPath()) else { return nil }
    guard let bytes = PathText.bytes(of: text), !bytes.isEmpty, !bytes.contains(0) else {
      report("expected a path, not '\(text)'", at: node, keyPath())
      return nil
    }
    return bytes
  }

  mutating func list<Node: SchemaNode>(
    _ node: Node, _ keyPath: @autoclosure () -> String
  ) -> [Node] {
    if node.kind == .sequence { return node.items }
    report("expected a list, not \(Self.description(of: node))", at: node, keyPath())
    return []
  }

  mutating func mapping<Node: SchemaNode>(
    _ node: Node, _ keyPath: @autoclosure () -> String
  ) -> [(key: Node, value: Node)] {
    if node.kind == .mapping { return node.pairs }
    report("expected a mapping, not \(Self.description(of: node))", at: node, keyPath())
    return []
  }

  /// A list of strings for people to read.
  mutating func notes(_ node: some SchemaNode, _ keyPath: @autoclosure () -> String) -> [String] {
    var notes: [String] = []
    for (position, item) in list(node, keyPath()).enumerated() {
      if let text = note(item, "\(keyPath())[\(position)]") { notes.append(text) }
    }
    return notes
  }

  mutating func strings(
    _ node: some SchemaNode, _ keyPath: @autoclosure () -> String
  ) -> [String] {
    var strings: [String] = []
    for (position, item) in list(node, keyPath()).enumerated() {
      if let text = string(item, "\(keyPath())[\(position)]") { strings.append(text) }
    }
    return strings
  }

  /// What stands at a place, in words.
  static func description(of node: some SchemaNode) -> String {
    switch node.kind {
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    case .scalar:
      switch node.scalar {
      case .null: return "nothing"
      case .string("")?: return "an empty string"
      default: return "'\(node.text)'"
      }
    }
  }
}
