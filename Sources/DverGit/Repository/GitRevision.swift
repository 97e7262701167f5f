/// A commit and what a reader of it needs.
package struct GitRevision: Hashable, Sendable {
  package let commit: GitObjectID
  package let tree: GitObjectID
  /// The committer's time, in seconds since 1970.
  package let time: Int64
}

/// Where HEAD points.
package enum GitHead: Hashable, Sendable {
  /// A branch without a commit yet.
  case unborn(branch: String)
  case branch(String, commit: GitObjectID)
  case detached(commit: GitObjectID)

  package var commit: GitObjectID? {
    switch self {
    case .unborn: nil
    case .branch(_, let commit), .detached(let commit): commit
    }
  }

  package var branch: String? {
    switch self {
    case .unborn(let name), .branch(let name, _): name
    case .detached: nil
    }
  }
}

/// A branch or tag and the commit that it leads to.
package struct GitReference: Hashable, Sendable {
  /// Without `refs/heads/` or `refs/tags/`.
  package let name: String
  package let revision: GitRevision
}
