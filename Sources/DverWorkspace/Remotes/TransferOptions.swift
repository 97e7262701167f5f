package import DverCore
import DverGit

/// What `push`, `fetch` and `pull` are asked to do.
package struct TransferOptions: Sendable {
  /// The remote to use; without one, each output's own or the default one.
  package var remote: String?
  /// How many objects are on their way at once; `nil` for what suits the remote.
  package var jobs: Int?
  /// Whether what all branches track counts, beside the workspace.
  package var allBranches = false
  package var allTags = false
  package var allCommits = false
  /// Whether a target that is a folder stands for all tracked paths below it.
  package var recursive = false
  /// Whether targets are patterns.
  package var areGlobs = false
  /// Whether a stage stands for all that it reads, too.
  package var withDependencies = false
  /// Whether the run cache goes along.
  package var runCache = false
  /// Whether objects that seem to be there are looked at, byte for byte.
  package var force = false
  /// Whether content that is nowhere to be found is no error.
  package var allowMissing = false
  /// The only versions that count, in place of the workspace.
  var revisions: [GitRevision]?

  package init() {}
}

/// What was copied to or from one remote.
package struct TransferSummary: Sendable {
  package let remote: String
  /// Files that the other side did not have; nodes of manifests do not count.
  package var objectCount = 0
  package var byteCount: Int64 = 0
  /// Paths whose content the sending side does not have, sorted.
  package var missing: [RepositoryPath] = []
  /// Paths whose content on the sending side is damaged, sorted.
  package var damaged: [RepositoryPath] = []
  /// The entries of the run cache of whose outputs a part did not arrive.
  var lostRuns: [String] = []

  init(remote: String) { self.remote = remote }
}

/// A transfer that could not do all of it; what it did stays done.
package struct IncompleteTransfer: DverError {
  package enum Direction: Sendable {
    case push
    case fetch
  }

  package let direction: Direction
  package let summaries: [TransferSummary]
  /// As the user would type them.
  let missing: [String]
  let damaged: [(path: String, place: String)]
  let lostRuns: [String]

  package var message: String {
    var parts: [String] = []
    if !missing.isEmpty {
      let place = direction == .push ? "in the cache" : "in the cache and the remote"
      parts.append("missing \(place): \(Self.list(missing))")
    }
    for place in Set(damaged.map(\.place)).sorted() {
      let paths = damaged.filter { $0.place == place }.map(\.path)
      parts.append("damaged in \(place), and not copied: \(Self.list(paths))")
    }
    if !lostRuns.isEmpty {
      parts.append(
        "what these remembered runs wrote is damaged or missing in the cache: "
          + Self.list(lostRuns))
    }
    return parts.joined(separator: "; ")
  }

  package var hint: String? {
    switch (direction, damaged.isEmpty) {
    case (.push, true): "run 'dver add' or 'dver push' where the data is"
    case (.push, false): "run 'dver add' where the workspace has the data, then push again"
    case (.fetch, _): "run 'dver push' where the data is"
    }
  }

  package var exitStatus: ExitStatus { .damaged }

  /// At most ten of many.
  private static func list(_ paths: [String]) -> String {
    let shown = paths.prefix(10).joined(separator: ", ")
    return paths.count > 10 ? "\(shown) and \(paths.count - 10) more" : shown
  }
}
