import DverParallel

extension GitRepository {
  /// The content of a blob.
  package func blob(_ id: GitObjectID) throws(GitError) -> [UInt8] { try main.blob(id) }

  /// The content of the file at `path` in `tree`; `nil` where there is no regular file.
  package func blob(at path: [UInt8], in tree: GitObjectID) throws(GitError) -> [UInt8]? {
    try main.blob(at: path, in: tree)
  }

  /// The entry at `path` in `tree`; `nil` where there is none. The empty path is `tree` itself.
  package func entry(
    at path: [UInt8], in tree: GitObjectID
  ) throws(GitError) -> (id: GitObjectID, mode: GitFileMode)? {
    try main.entry(at: path, in: tree)
  }

  /// The content of the file at `path` in HEAD; `nil` where HEAD is unborn or has no such file.
  package func headBlob(at path: [UInt8]) throws(GitError) -> [UInt8]? {
    guard let commit = try head().commit else { return nil }
    return try blob(at: path, in: self.commit(commit).tree)
  }

  /// Regular files of a tree; see ``GitReader/files(in:below:descend:where:)``.
  package func files(
    in tree: GitObjectID, below folder: [UInt8] = [],
    descend: @escaping GitPathFilter = { _ in true },
    where matches: @escaping GitPathFilter = { _ in true }
  ) throws(GitError) -> GitFileTable {
    try main.files(in: tree, below: folder, descend: descend, where: matches)
  }

  /// Files whose blob differs; see ``GitReader/differingFiles(_:_:below:descend:where:)``.
  package func differingFiles(
    _ old: GitObjectID?, _ new: GitObjectID?, below folder: [UInt8] = [],
    descend: @escaping GitPathFilter = { _ in true },
    where matches: @escaping GitPathFilter = { _ in true }
  ) throws(GitError) -> GitDifferenceTable {
    try main.differingFiles(old, new, below: folder, descend: descend, where: matches)
  }

  /// The contents of many blobs, in the order of `ids`, read on several threads.
  package func blobs(
    _ ids: [GitObjectID], threads: Int = processorCount
  ) throws -> [[UInt8]] {
    try parallelMap(ids, threads: threads) { id in
      try self.withReader { (reader) throws(GitError) in try reader.blob(id) }
    }
  }
}
