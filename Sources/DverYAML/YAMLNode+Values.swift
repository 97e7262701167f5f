extension YAMLNode {
  /// Whether two nodes, of one document or of two, have the same value, aliases resolved.
  private func hasValue(of other: YAMLNode) -> Bool {
    guard kind == other.kind else { return false }
    switch kind {
    case .scalar:
      return record.tag == other.record.tag && (style == .plain) == (other.style == .plain)
        && textBytes.elementsEqual(other.textBytes)
    case .sequence: return Self.agree(items[...], other.items[...])
    case .mapping: return Self.agree(pairs, other.pairs)
    }
  }

  /// Whether two nodes have the same value except for what stands at `path` below them, which may be
  /// in one of them only.
  func hasValue(of other: YAMLNode, besides path: ArraySlice<YAMLPathStep>) -> Bool {
    guard let step = path.first else { return true }
    guard kind == other.kind else { return false }
    switch step {
    case .key(let name):
      let rest = [self, other].map { node in node.pairs.filter { $0.key.text != name } }
      guard Self.agree(rest[0], rest[1]) else { return false }
    case .item(let position):
      let (old, new) = (items, other.items)
      guard Self.agree(old.prefix(position), new.prefix(position)),
        Self.agree(
          old.dropFirst(old.count < new.count ? position : position + 1),
          new.dropFirst(new.count < old.count ? position : position + 1))
      else { return false }
    }
    let deeper = path.dropFirst()
    guard !deeper.isEmpty else { return true }
    guard let below = node(at: step), let changed = other.node(at: step) else { return false }
    return below.hasValue(of: changed, besides: deeper)
  }

  /// The names of values that are others in `other`, apart from what leads to `path`: of one key, or two
  /// where a mapping changes in part, such as `stages.train`.
  func changes(
    in other: YAMLNode, besides path: ArraySlice<YAMLPathStep>, depth: Int = 2
  ) -> [String] {
    guard depth > 0, kind == .mapping else { return [] }
    return pairs.flatMap { pair -> [String] in
      let name = pair.key.text
      guard let new = other[name], !pair.value.hasValue(of: new) else { return [] }
      let isOnPath = path.first == .key(name)
      let rest = isOnPath ? path.dropFirst() : []
      let below = pair.value.changes(in: new, besides: rest, depth: depth - 1)
      guard below.isEmpty else { return below.map { "\(name).\($0)" } }
      return isOnPath ? [] : [name]
    }
  }

  private static func agree(_ old: ArraySlice<YAMLNode>, _ new: ArraySlice<YAMLNode>) -> Bool {
    old.count == new.count && zip(old, new).allSatisfy { $0.hasValue(of: $1) }
  }

  private static func agree(_ old: [YAMLPair], _ new: [YAMLPair]) -> Bool {
    old.count == new.count
      && zip(old, new).allSatisfy { before, after in
        before.key.text == after.key.text && before.value.hasValue(of: after.value)
      }
  }
}
