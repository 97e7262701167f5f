import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore

extension Workspace {
  /// Merges pointers, manifests and locks that git left in conflict, and stages the result.
  ///
  /// A file is resolved as a whole or stays as it is. Data in the workspace is not touched.
  ///
  /// - Parameters:
  ///   - targets: Pointers, tracked paths or entries of tracked directories, stages, locks; all that
  ///     is in conflict if empty.
  ///   - side: Which side counts where both changed the same thing.
  package func resolve(_ targets: [[UInt8]], side: ResolveSide?) throws -> ResolveSummary {
    let git = try requiredGit(for: "dver resolve")
    try refuseStagedMarkers(git)
    let selection = ResolveSelection(
      targets, side: side,
      decisions: try ResolveDecisions(stateFolder.appending("decisions")), in: self)
    let transaction = try storing()
    var resolver = Resolver(self, git, selection: selection, transaction: transaction)
    try resolver.run()
    try transaction.finish()
    let words = ["dver resolve"] + (side.map { ["--\($0.rawValue)"] } ?? [])
    let command = (words + targets.map { PathQuoting.quoted($0) }).joined(separator: " ")
    try perform(command) { try resolver.changes() }
    var summary = resolver.summary
    try resolver.selection.decisions.save(keeping: Set(summary.conflicts.map(\.file)))
    if targets.isEmpty { summary.mended = try mendManifests(command, git) }
    return summary
  }

  /// Puts right staged manifests that are not those of their pointers, and takes nodes in conflict
  /// that belong to nobody out of the index.
  private func mendManifests(_ command: String, _ git: GitRepository) throws -> [RepositoryPath] {
    let prefix = gitPrefix(in: git)
    var mended: [RepositoryPath] = []
    try perform(command) {
      var changes = Changes()
      for output in try StagedManifests(workspace: self, git: git).problems() {
        guard let root = output.name?.directoryDigest else { continue }
        do {
          try keepNodes(of: output.path, root: root)
        } catch let error as ManifestLookupError {
          notices.warning(error.message)
          continue
        }
        changes.manifests.append(ManifestChange(path: output.path, old: root, new: root))
        mended.append(output.path)
      }
      changes.conflicts += try nodeConflicts(of: changes.manifests, git)
      let left = try ConflictedFiles(git, prefix)
      guard left.pointers.isEmpty, left.locks.isEmpty, left.pipelines.isEmpty else {
        return changes
      }
      let folders = mended.map { ManifestFiles.gitPath(of: $0, .root) }
      for node in left.nodes where !folders.contains(where: { node.isInside($0) }) {
        let old = try FileSystem.contents(of: root.appending(node))
        changes.texts.append(TextChange(path: node, old: old, new: nil))
        if let conflict = try git.conflict(at: prefix.gitPath(node)) {
          changes.conflicts.append(
            IndexConflict(path: node, conflict: conflict, isRestored: false))
        }
      }
      return changes
    }
    return mended
  }

  /// The conflicts of nodes that end when these manifests are staged.
  func nodeConflicts(
    of manifests: [ManifestChange], _ git: GitRepository
  ) throws -> [IndexConflict] {
    let prefix = gitPrefix(in: git)
    let folders = manifests.map { ManifestFiles.gitPath(of: $0.path, .root) }
    return try ConflictedFiles(git, prefix).nodes.compactMap { node in
      guard folders.contains(where: { node.isInside($0) }),
        let conflict = try git.conflict(at: prefix.gitPath(node))
      else { return nil }
      return IndexConflict(path: node, conflict: conflict, isRestored: false)
    }
  }
}
