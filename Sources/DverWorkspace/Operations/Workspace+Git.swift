import DverCore
import DverFileSystem
import DverGit
import DverHashing

extension Workspace {
  /// Puts what an operation wrote into the git index, and takes out what it removed.
  ///
  /// - Parameter isWaiting: Whether to wait for another process that holds git's lock.
  func stage(_ record: OperationRecord, isWaiting: Bool = true) throws {
    if record.texts.isEmpty, record.manifests.isEmpty, record.conflicts.isEmpty { return }
    guard try configuration().autostages, let git = try git() else { return }
    guard !git.isBare else {
      return notices.warning("nothing was staged in git: core.bare says that it has no work tree")
    }
    let prefix = gitPrefix(in: git)
    var files: [GitStagedFile] = []
    var removals: [[UInt8]] = []
    let restored = record.conflicts.filter(\.isRestored)
    let conflicts = restored.map {
      GitStagedConflict(path: prefix.gitPath($0.path), conflict: $0.conflict)
    }
    let unstaged = Set(restored.map(\.path))
    for text in record.texts where !unstaged.contains(text.path) && !Self.isPrivate(text.path) {
      let path = prefix.gitPath(text.path)
      if text.new == nil {
        removals.append(path)
      } else {
        files.append(GitStagedFile(path: path, mustRead: true, isFiltered: true))
      }
    }
    for manifest in record.manifests {
      let present = try manifests.presentFiles(of: manifest.path)
        .filter { !unstaged.contains($0) }.map { prefix.gitPath($0) }
      files.append(contentsOf: present.map { GitStagedFile(path: $0) })
      let folder = prefix.gitPath(ManifestFiles.gitPath(of: manifest.path, .root))
      let known = try git.trackedPaths(below: folder)
      let kept = Set(present + conflicts.map(\.path))
      removals.append(
        contentsOf: (0..<known.count).map { Array(known[$0]) }.filter { !kept.contains($0) })
    }
    let outcome = try gitLockRecord.noting { willLock in
      try git.stage(
        files, removing: removals, restoring: conflicts,
        timeout: isWaiting ? configuration().lockTimeout : .zero,
        willWait: { sayThatIndexIsLocked(git) }, willLock: willLock)
    }
    if case .notStaged(let reason) = outcome {
      notices.warning("nothing was staged in git: \(reason)")
    }
  }

  /// Waits for git before anything changes: an operation that cannot be staged stays unfinished.
  ///
  /// - Throws: ``GitError/locked(path:)``.
  func waitForIndex() throws {
    guard try configuration().autostages, let git = try git(), !git.isBare else { return }
    try git.waitForIndex(timeout: configuration().lockTimeout) { sayThatIndexIsLocked(git) }
  }

  private func sayThatIndexIsLocked(_ git: GitRepository) {
    let lock = AbsolutePath(normalized: git.indexPath + Array(".lock".utf8))
    let shown = lock.relative(to: root)?.description ?? lock.description
    notices.status("Waiting for another process that holds \(shown)")
  }

  /// Whether git is to know nothing of a file.
  private static func isPrivate(_ path: RepositoryPath) -> Bool {
    path.bytes.elementsEqual(".dver/config.local".utf8)
  }

  /// A manifest node from a revision's tree, the git index, HEAD, or from what is being merged,
  /// rebased, picked or taken from the stash.
  func nodeFromGit(
    _ digest: Digest, _ path: RepositoryPath, tree: GitObjectID? = nil
  ) throws -> [UInt8]? {
    guard let git = try git() else { return nil }
    let gitPath = gitPrefix(in: git).gitPath(path)
    func checked(_ bytes: [UInt8]?) -> [UInt8]? {
      bytes.flatMap { SHA256.digest(of: $0.span) == digest ? $0 : nil }
    }
    if let tree, let bytes = checked(try git.blob(at: gitPath, in: tree)) { return bytes }
    if let bytes = checked(try git.indexBlob(at: gitPath)) { return bytes }
    let conflict = try git.conflict(at: gitPath)
    for entry in [conflict?.ours, conflict?.theirs, conflict?.ancestor] {
      if let id = entry?.id, let bytes = checked(try git.blob(id)) { return bytes }
    }
    for tree in try mergedTrees(in: git) {
      if let bytes = checked(try git.blob(at: gitPath, in: tree)) { return bytes }
    }
    return nil
  }

  /// The trees of HEAD and of all versions that an unfinished command of git works with: what it
  /// takes over, what that was made from, and where both come from.
  private func mergedTrees(in git: GitRepository) throws -> [GitObjectID] {
    guard let head = try git.resolveIfPresent("HEAD") else { return [] }
    var trees = [head.tree]
    for name in ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "refs/stash"] {
      guard let other = try git.resolveIfPresent(name) else { continue }
      trees.append(other.tree)
      // A shallow clone may end before these.
      if let parent = try? git.resolve("\(name)^") { trees.append(parent.tree) }
      if let base = try? git.mergeBase(head.commit, other.commit),
        let revision = try? git.commit(base)
      {
        trees.append(revision.tree)
      }
    }
    var seen: Set<GitObjectID> = []
    return trees.filter { seen.insert($0).inserted }
  }
}
