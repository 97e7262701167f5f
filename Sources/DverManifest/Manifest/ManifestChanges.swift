package import DverCore

/// What differs between two versions of a data set, sorted as entries are.
package struct ManifestChanges: Sendable {
  /// What one version holds at a path.
  package struct Side: Hashable, Sendable {
    package let kind: EntryKind
    /// Of the bytes of a file or the target of a link; zeros for an empty directory.
    package let digest: Digest
    package let size: Int64
  }

  /// A path that is not the same on both sides: added without `old`, deleted without `new`.
  package struct Change: Hashable, Sendable {
    package let old: Side?
    package let new: Side?
  }

  /// The path of each change, counted from the data set's folder.
  package private(set) var paths = PathTable()
  package private(set) var changes: [Change] = []

  package init() {}

  package var count: Int { changes.count }
  package var isEmpty: Bool { changes.isEmpty }

  mutating func append(path: Span<UInt8>, old: Side?, new: Side?) {
    paths.append(joining: path, Span())
    changes.append(Change(old: old, new: new))
  }
}
