package import DverCore

/// What differs between two versions of a data set, sorted as entries are.
package struct ManifestChanges: Sendable {
  /// What one version holds at a path.
  package struct Side: Hashable, Sendable {
    package let kind: EntryKind
    /// Of the bytes of a file or the target of a link; zeros for an empty directory.
    package let digest: Digest
    package let size: Int64

    package init(kind: EntryKind, digest: Digest, size: Int64) {
      self.kind = kind
      self.digest = digest
      self.size = size
    }
  }

  /// A path that is not the same on both sides: added without `old`, deleted without `new`.
  package struct Change: Hashable, Sendable {
    package let old: Side?
    package let new: Side?

    package init(old: Side?, new: Side?) {
      self.old = old
      self.new = new
    }
  }

  /// The path of each change, counted from the data set's folder.
  package private(set) var paths = PathTable()
  package private(set) var changes: [Change] = []

  package init() {}

  package var count: Int { changes.count }
  package var isEmpty: Bool { changes.isEmpty }

  /// Adds the change that follows all present ones in order.
  package mutating func append(path: Span<UInt8>, old: Side?, new: Side?) {
    paths.append(joining: path, Span())
    changes.append(Change(old: old, new: new))
  }
}
