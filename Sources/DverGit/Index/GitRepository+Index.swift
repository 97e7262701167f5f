package import DverCore
import Synchronization

extension GitRepository {
  /// Whether the index has `path` or something below it.
  package func isTracked(_ path: [UInt8]) throws(GitError) -> Bool {
    try readIndex { index in
      if path.isEmpty { return index.count > 0 }
      return index.contains(path) || index.firstPosition(prefix: withTrailingSlash(path)) != nil
    } ?? false
  }

  /// The paths of the index below `folder`, each once, in the order of their bytes.
  package func trackedPaths(below folder: [UInt8] = []) throws(GitError) -> PathTable {
    try readIndex { $0.paths(below: folder) } ?? PathTable()
  }

  /// The merged entry of `path`; `nil` where it is not tracked or in conflict.
  package func indexEntry(_ path: [UInt8]) throws(GitError) -> GitIndexEntry? {
    try readIndex { $0.entry(path) } ?? nil
  }

  /// The content that the index holds for the file at `path`; `nil` where there is none.
  package func indexBlob(at path: [UInt8]) throws(GitError) -> [UInt8]? {
    guard let entry = try indexEntry(path), entry.mode.isFile, !entry.isIntentToAdd else {
      return nil
    }
    return try blob(entry.id)
  }

  /// The versions of `path` between which a merge could not decide; `nil` where it is merged.
  package func conflict(at path: [UInt8]) throws(GitError) -> GitConflict? {
    try readIndex { index in
      let conflict = GitConflict(
        ancestor: index.entry(path, stage: 1), ours: index.entry(path, stage: 2),
        theirs: index.entry(path, stage: 3))
      let isMerged = conflict.ancestor == nil && conflict.ours == nil && conflict.theirs == nil
      return isMerged ? nil : conflict
    } ?? nil
  }

  /// The paths in conflict, in the order of their bytes.
  package func unmergedPaths() throws(GitError) -> [[UInt8]] {
    try readIndex { $0.unmergedPaths() } ?? []
  }

  /// Calls `body` with the present index; `nil` for a bare repository without one.
  func readIndex<Result: Sendable>(
    _ body: @Sendable (borrowing IndexHandle) throws(GitError) -> Result
  ) throws(GitError) -> Result? {
    guard !isBare else { return nil }
    return try index.withLock { (state) throws(GitError) in
      try state.read(indexPath, with: program) { (handle, _) throws(GitError) in
        try body(handle)
      }
    }
  }
}
