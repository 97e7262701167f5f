package import DverCore

/// How `checkout` goes about its work.
package struct CheckoutOptions: Sendable {
  /// Whether content that is in no cache may be overwritten and removed.
  package var force = false
  /// Whether files that are right already are linked anew, as `cache.type` says.
  package var relink = false
  /// Whether content that the cache lacks is no error.
  package var allowMissing = false
  /// Whether a target that is a folder stands for all tracked paths below it.
  package var recursive = false
  /// The command that is recorded to have changed data; `nil` where its caller sees to that.
  var command: String? = "dver checkout"

  package init() {}
}

/// What `checkout` did.
package struct CheckoutSummary: Sendable {
  /// Files that were not there.
  package var added: [RepositoryPath] = []
  package var modified: [RepositoryPath] = []
  package var deleted: [RepositoryPath] = []
  /// Files left as they are, for their content is in no cache.
  package var unsaved: [RepositoryPath] = []
  /// What is never tracked and stands where a file belongs.
  package var inTheWay: [RepositoryPath] = []
  /// Files that the cache does not have.
  package var missing: [RepositoryPath] = []

  package init() {}

  mutating func add(_ other: CheckoutSummary) {
    added += other.added
    modified += other.modified
    deleted += other.deleted
    unsaved += other.unsaved
    inTheWay += other.inTheWay
    missing += other.missing
  }

  /// Whether nothing was left out.
  package var isComplete: Bool { unsaved.isEmpty && inTheWay.isEmpty && missing.isEmpty }

  package var changeCount: Int { added.count + modified.count + deleted.count }
}
