package import DverYAML

/// What a schema check asks of a value: of a node of a YAML text, or of one made from it.
protocol SchemaNode {
  /// From 1.
  var line: Int { get }
  /// In characters, from 1.
  var column: Int { get }
  var kind: YAMLNode.Kind { get }
  /// The typed value of a scalar.
  var scalar: YAMLScalar? { get }
  /// The text of a scalar, whatever its type.
  var text: String { get }
  /// Whether the value came out of a template, which gives it whatever type it has there.
  var isFilled: Bool { get }
  /// The items of a list; empty for every other node.
  var items: [Self] { get }
  /// The pairs of a mapping; empty for every other node.
  var pairs: [(key: Self, value: Self)] { get }
}

extension YAMLNode: SchemaNode {
  package var column: Int { mark.column }
  package var isFilled: Bool { false }
}

extension SchemaNode {
  /// What stands for the node as a key: its text, which for what is no text is that of Python, so that
  /// `0x10` and `16` are one.
  fileprivate var keyText: String {
    scalar.map { TemplateTextForm.pythonText(of: $0) } ?? text
  }
}

extension ParameterValue {
  /// The value of `node` and all below it. A key is a text, whatever its type.
  init(_ node: some SchemaNode) {
    switch node.kind {
    case .scalar:
      switch node.scalar {
      case .null: self = .null
      case .bool(let value): self = .bool(value)
      case .integer(let value): self = .integer(value)
      case .largeInteger(let value): self = .largeInteger(value)
      case .double(let value): self = .double(value)
      case .string(let value): self = .string(value)
      case nil: self = .string(node.text)
      }
    case .sequence: self = .list(node.items.map { ParameterValue($0) })
    case .mapping:
      self = .map(node.pairs.map { Member(key: $0.key.keyText, value: ParameterValue($0.value)) })
    }
  }
}
