/// One step from a node to one below it.
package enum YAMLPathStep: Hashable, Sendable {
  /// The value of a key.
  case key(String)
  /// The item at a position of a list, from 0.
  case item(Int)
}

extension YAMLPathStep: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  package init(stringLiteral value: String) { self = .key(value) }
  package init(integerLiteral value: Int) { self = .item(value) }
}

extension YAMLNode {
  /// The node that `step` leads to; `nil` where there is none.
  package func node(at step: YAMLPathStep) -> YAMLNode? {
    switch step {
    case .key(let key): self[key]
    case .item(let position): items.indices.contains(position) ? items[position] : nil
    }
  }
}
