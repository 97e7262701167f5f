package import DverCore
import DverManifest

/// A side of an unfinished merge, as git calls it: in a rebase, ours is the branch that commits are
/// moved to.
package enum ResolveSide: String, Sendable {
  case ours, theirs

  var choice: ManifestMerge.Choice { self == .ours ? .ours : .theirs }
}

/// What both sides of a merge changed differently.
package struct ResolveConflict: Sendable {
  package enum Subject: Sendable {
    /// Tracked data, or an entry of it.
    case data(RepositoryPath)
    case stage(String)
    /// Other fields of the file, or all of it.
    case file
  }

  /// The pointer or lock.
  package let file: RepositoryPath
  package let subject: Subject
  /// Such as `modified`.
  package let ours: String
  package let theirs: String
  /// Why a side cannot just be taken; `nil` where it can.
  package var reason: String?
}

/// What `resolve` did.
package struct ResolveSummary: Sendable {
  /// Files that are no longer in conflict.
  package var resolved: [RepositoryPath] = []
  /// Tracked directories whose manifest files were put right without a conflict of their pointer.
  package var mended: [RepositoryPath] = []
  /// What is left, sorted by file.
  package var conflicts: [ResolveConflict] = []

  package var isEmpty: Bool { resolved.isEmpty && mended.isEmpty && conflicts.isEmpty }
}
