import DverCore
import DverFileSystem
import DverGit
import DverHashing

extension Workspace {
  /// Puts what an operation wrote into the git index, and takes out what it removed.
  func stage(_ record: OperationRecord) throws {
    guard try configuration().autostages, let git = try git(), !git.isBare else { return }
    let prefix = gitPrefix(in: git)
    var files: [GitStagedFile] = []
    var removals: [[UInt8]] = []
    for text in record.texts {
      let path = prefix.gitPath(text.path)
      if text.new == nil {
        removals.append(path)
      } else {
        files.append(GitStagedFile(path: path, mustRead: true))
      }
    }
    for manifest in record.manifests {
      let present = try manifests.presentFiles(of: manifest.path).map { prefix.gitPath($0) }
      files.append(contentsOf: present.map { GitStagedFile(path: $0) })
      let folder = prefix.gitPath(ManifestFiles.gitPath(of: manifest.path, .root))
      let known = try git.trackedPaths(below: folder)
      let kept = Set(present)
      removals.append(
        contentsOf: (0..<known.count).map { Array(known[$0]) }.filter { !kept.contains($0) })
    }
    let outcome: GitStagingOutcome
    do {
      outcome = try git.stage(
        files, removing: removals, timeout: configuration().lockTimeout,
        willLock: { try indexLockRecord.remember($0) })
    } catch {
      // What cannot be cleaned up now is left to the next command.
      try? indexLockRecord.clear()
      throw error
    }
    try indexLockRecord.clear()
    if case .notStaged(let reason) = outcome {
      notices.warning("nothing was staged in git: \(reason)")
    }
  }

  /// A manifest node from a revision's tree, the git index, HEAD, or from what is being merged.
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
    for revision in ["HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD"] {
      guard let found = try git.resolveIfPresent(revision) else { continue }
      if let bytes = checked(try git.blob(at: gitPath, in: found.tree)) { return bytes }
    }
    return nil
  }
}
