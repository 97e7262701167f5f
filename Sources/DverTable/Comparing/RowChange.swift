/// A row that is not in both versions of a table.
package struct RowChange: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case modified
    case added
    case deleted
  }

  package let kind: Kind
  /// The cells of the key; empty without one.
  package let key: [NamedCell]
  /// Counted from 1, without the heading.
  package let oldRow: Int?
  package let newRow: Int?
  /// All cells of a row that one version has, those that differ of one that both have.
  package let old: [NamedCell]
  package let new: [NamedCell]
}
