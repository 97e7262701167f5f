package import DverCore
import DverFileSystem
import Glibc

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
  /// Whether a stage stands for all that it reads, too.
  package var withDependencies = false
  /// Whether outputs of stages that run at the moment are left alone.
  var sparesRunning = false
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
  /// Files that were placed anew with the content that they had.
  package var relinked: [RepositoryPath] = []
  /// Files that are as they are recorded, though ignore rules leave them out by now.
  var ignored: [RepositoryPath] = []
  /// Files left as they are, for their content is in no cache.
  package var unsaved: [RepositoryPath] = []
  /// What is never tracked and stands where a file belongs.
  package var inTheWay: [RepositoryPath] = []
  /// What the system refused at single paths, for which the rest need not wait.
  private(set) var refusals: [FileSystemError] = []
  /// Files that the cache does not have.
  package var missing: [RepositoryPath] = []
  /// Outputs that were asked for, and of which no stage has recorded anything yet.
  package var unrecorded: [RepositoryPath] = []
  /// Outputs left alone, of which the user was told: their stages run at the moment, or made them in
  /// another folder.
  package var leftAlone: [RepositoryPath] = []

  package init() {}

  mutating func add(_ other: CheckoutSummary) {
    added += other.added
    modified += other.modified
    deleted += other.deleted
    relinked += other.relinked
    ignored += other.ignored
    unsaved += other.unsaved
    inTheWay += other.inTheWay
    refusals += other.refusals
    missing += other.missing
    unrecorded += other.unrecorded
    leftAlone += other.leftAlone
  }

  /// Whether nothing was left out.
  package var isComplete: Bool {
    unsaved.isEmpty && inTheWay.isEmpty && refusals.isEmpty && missing.isEmpty
      && unrecorded.isEmpty && leftAlone.isEmpty
  }

  /// Does something at one path, and takes note where the system refuses that.
  ///
  /// - Throws: What concerns more than the path.
  mutating func attempt(
    _ operation: FileSystemError.Operation, _ path: @autoclosure () -> String,
    _ body: (inout CheckoutSummary) throws -> Void
  ) throws {
    do {
      try body(&self)
    } catch let error as FileSystemError where error.concernsPathAlone {
      note(FileSystemError(operation, path(), code: error.code))
    }
  }

  mutating func note(_ refusal: FileSystemError) {
    // Each file of a folder that has to stay would say so.
    if refusals.last?.subject != refusal.subject { refusals.append(refusal) }
  }

  package var changeCount: Int {
    added.count + modified.count + deleted.count + relinked.count
  }
}

extension FileSystemError {
  /// Whether other paths may do better.
  var concernsPathAlone: Bool { [EACCES, EPERM, EBUSY, ENAMETOOLONG].contains(code) }
}
