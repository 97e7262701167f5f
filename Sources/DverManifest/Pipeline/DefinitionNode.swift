import DverYAML

/// A value of `dver.yaml` between its text and the stages made of it.
///
/// It knows where it was written but is not tied to the text, so that templates can be filled in
/// and groups expanded before stages are read.
struct DefinitionNode: SchemaNode {
  var line: Int
  var column: Int
  var kind: YAMLNode.Kind
  var scalar: YAMLScalar?
  var text: String
  var items: [DefinitionNode]
  /// The keys of a mapping, as many as `values`.
  var keys: [DefinitionNode]
  var values: [DefinitionNode]

  /// The value of `node` and all below it.
  init(_ node: YAMLNode) {
    let mark = node.mark
    line = mark.line
    column = mark.column
    kind = node.kind
    scalar = node.scalar
    text = node.text
    items = node.items.map { DefinitionNode($0) }
    let pairs = node.pairs
    keys = pairs.map { DefinitionNode($0.key) }
    values = pairs.map { DefinitionNode($0.value) }
  }

  var pairs: [(key: DefinitionNode, value: DefinitionNode)] {
    zip(keys, values).map { (key: $0, value: $1) }
  }

  /// The value of a key of a mapping.
  subscript(key: String) -> DefinitionNode? { pairs.first { $0.key.text == key }?.value }

  /// Whether `${` stands in the text.
  var hasTemplate: Bool {
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if previous == UInt8(ascii: "$"), byte == UInt8(ascii: "{") { return true }
      previous = byte
    }
    return false
  }

  /// The first text with `${` in or below the node.
  var firstTemplate: DefinitionNode? {
    if kind == .scalar { return hasTemplate ? self : nil }
    for item in items {
      if let found = item.firstTemplate { return found }
    }
    for pair in pairs {
      if let found = pair.key.firstTemplate ?? pair.value.firstTemplate { return found }
    }
    return nil
  }
}
