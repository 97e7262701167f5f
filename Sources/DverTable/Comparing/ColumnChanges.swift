/// How the columns of two versions of a table differ.
package struct ColumnChanges: Sendable {
  package struct Retyped: Sendable {
    package let name: [UInt8]
    package let old: ColumnType
    package let new: ColumnType
  }

  /// In the order of the new version.
  package let added: [[UInt8]]
  /// In the order of the old version.
  package let deleted: [[UInt8]]
  /// Whether those that both have stand in another order.
  package let isReordered: Bool
  /// In the order of the new version.
  package let retyped: [Retyped]

  package var isEmpty: Bool { added.isEmpty && deleted.isEmpty && !isReordered && retyped.isEmpty }

  /// - Parameter hasOrder: Whether the order of columns says anything.
  init(from old: TableScan, to new: TableScan, hasOrder: Bool) {
    let (before, after) = (Set(old.names), Set(new.names))
    added = new.names.filter { !before.contains($0) }
    deleted = old.names.filter { !after.contains($0) }
    isReordered =
      hasOrder && old.names.filter(after.contains) != new.names.filter(before.contains)
    let types = Dictionary(
      zip(old.names, old.kinds.map(\.type)), uniquingKeysWith: { first, _ in first })
    retyped = zip(new.names, new.kinds.map(\.type)).compactMap { name, type in
      guard let before = types[name], before != type else { return nil }
      return Retyped(name: name, old: before, new: type)
    }
  }
}
