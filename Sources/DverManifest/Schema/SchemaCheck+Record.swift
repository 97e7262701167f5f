import DverCore
import DverYAML

extension SchemaCheck {
  static let recordKeys = ["path", "hash", "sha256", "size", "nfiles", "isexec"]

  /// Reads one item of `outs` or `deps`.
  ///
  /// - Parameter extra: Takes a pair whose key is none of a record's; false if the key is unknown
  ///   to it too.
  mutating func record<Node: SchemaNode>(
    _ node: Node, _ keyPath: @autoclosure () -> String, knownKeys: [String] = recordKeys,
    extra: (inout SchemaCheck, (key: Node, value: Node)) -> Bool = { _, _ in false }
  ) -> OutputRecord? {
    var record = OutputRecord(path: [])
    var hasPath = false
    for pair in mapping(node, keyPath()) {
      let value = pair.value
      switch pair.key.text {
      case "path":
        hasPath = true
        record.path = path(value, "\(keyPath()).path") ?? []
      case "hash": checkHash(value, "\(keyPath()).hash")
      case "sha256": record.name = contentName(value, "\(keyPath()).sha256")
      case "size": record.size = count(value, "\(keyPath()).size")
      case "nfiles": record.fileCount = count(value, "\(keyPath()).nfiles")
      case "isexec": record.isExecutable = bool(value, "\(keyPath()).isexec") ?? false
      default:
        if !extra(&self, pair) {
          reportUnknownKey(pair.key, in: keyPath(), known: knownKeys)
        }
      }
    }
    guard hasPath else {
      if node.kind == .mapping { report("the key 'path' is missing", at: node, keyPath()) }
      return nil
    }
    return record
  }

  private mutating func checkHash(
    _ node: some SchemaNode, _ keyPath: @autoclosure () -> String
  ) {
    guard node.kind != .scalar || node.text != "sha256" else { return }
    report(
      "expected sha256, not \(Self.description(of: node))", at: node, keyPath(),
      hint: node.text == "md5" ? "run 'dver migrate' to convert a DVC project" : nil)
  }

  /// A digest is read by its text: one that consists of digits alone looks like a number.
  private mutating func contentName(
    _ node: some SchemaNode, _ keyPath: @autoclosure () -> String
  ) -> ContentName? {
    if node.kind == .scalar, let name = ContentName(node.text) { return name }
    report(
      "expected 64 hexadecimal digits, with .dir for a directory, not "
        + Self.description(of: node), at: node, keyPath())
    return nil
  }
}
