import DverCore
import DverYAML

/// A value of `dver.yaml` between its text and the stages made of it.
///
/// It knows where it was written, but its value is its own, so that templates can be filled in and
/// groups expanded before stages are read.
struct DefinitionNode: SchemaNode, Sendable {
  enum Value: Sendable {
    case scalar(YAMLScalar)
    case list([DefinitionNode])
    case map([Pair])
  }

  typealias Pair = (key: DefinitionNode, value: DefinitionNode)

  /// Where the value, or the template that it came out of, is written.
  let site: YAMLNode
  let value: Value
  /// Whether the value came out of a template.
  let isFilled: Bool

  /// The value of `node` and all below it.
  init(_ node: YAMLNode) {
    site = node
    isFilled = false
    value =
      switch node.kind {
      case .scalar: .scalar(node.scalar ?? .string(node.text))
      case .sequence: .list(node.items.map { DefinitionNode($0) })
      case .mapping:
        .map(node.pairs.map { (key: DefinitionNode($0.key), value: DefinitionNode($0.value)) })
      }
  }

  /// What a template at the place of `site` became.
  init(filling site: YAMLNode, with value: Value, isFilled: Bool = true) {
    self.site = site
    self.value = value
    self.isFilled = isFilled
  }

  var line: Int { site.line }
  var column: Int { site.mark.column }

  var kind: YAMLNode.Kind {
    switch value {
    case .scalar: .scalar
    case .list: .sequence
    case .map: .mapping
    }
  }

  var scalar: YAMLScalar? {
    if case .scalar(let scalar) = value { scalar } else { nil }
  }

  var text: String {
    guard case .scalar(let scalar) = value else { return "" }
    if case .string(let text) = scalar { return text }
    return isFilled ? scalar.plainText : site.text
  }

  var items: [DefinitionNode] {
    if case .list(let items) = value { items } else { [] }
  }

  var pairs: [Pair] {
    if case .map(let pairs) = value { pairs } else { [] }
  }

  /// The value of a key of a mapping.
  subscript(key: String) -> DefinitionNode? { pairs.first { $0.key.text == key }?.value }

  /// Whether `${` stands in a text of the node or below it.
  var hasTemplate: Bool {
    switch value {
    case .scalar(.string(let text)): TemplateText.mayHold(text)
    case .scalar: false
    case .list(let items): items.contains(where: \.hasTemplate)
    case .map(let pairs): pairs.contains { $0.key.hasTemplate || $0.value.hasTemplate }
    }
  }
}

extension YAMLScalar {
  /// The scalar as YAML text without quotes.
  var plainText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .largeInteger(let value): value.text
    case .double(let value): YAMLScalar.text(of: value)
    case .string(let text): text
    }
  }
}
