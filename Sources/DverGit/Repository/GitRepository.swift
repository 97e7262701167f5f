import Synchronization

/// A git repository, seen through libgit2.
///
/// All paths are bytes, relative to the work tree's folder unless said otherwise; see
/// ``GitPathPrefix`` for workspaces below it. May be used from any thread: one libgit2 repository
/// sits behind a lock, and parallel work takes more of them from a pool.
package final class GitRepository: Sendable {
  /// The folder of the work tree, absolute, without `/` at its end; `nil` for a bare repository.
  package let workTree: [UInt8]?
  /// The folder with HEAD and index, absolute; a linked worktree has its own.
  package let gitDirectory: [UInt8]
  /// The folder with objects, branches and configuration, absolute; shared by linked worktrees.
  package let commonDirectory: [UInt8]
  /// The index file, absolute.
  package let indexPath: [UInt8]

  /// The program that reads and writes an index that libgit2 cannot.
  let program: GitProgram
  let main: GitReader
  let pool: Mutex<[GitReader]> = Mutex([])
  let index: Mutex<IndexState> = Mutex(IndexState())

  package var isBare: Bool { workTree == nil }

  /// Opens the repository that `directory` lies in; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - directory: Absolute, or relative to the current directory.
  ///   - indexFile: Another index than the repository's own, as git hands to hooks in
  ///     `GIT_INDEX_FILE`; absolute, or counted from the work tree.
  ///   - program: Name or path of the git program, for what libgit2 cannot do.
  package static func open(
    at directory: [UInt8], indexFile: [UInt8]? = nil, program: String = "git"
  ) throws(GitError) -> GitRepository? {
    guard let handle = try RepositoryHandle.open(directory, searching: true) else { return nil }
    return GitRepository(handle, indexFile: indexFile, program: program)
  }

  /// Starts libgit2, as the first repository that is opened does otherwise.
  package static func prepare() throws(GitError) { try GitLibrary.start() }

  private init(
    _ handle: consuming sending RepositoryHandle, indexFile: [UInt8]?, program: String
  ) {
    workTree = handle.workTree()
    gitDirectory = handle.gitDirectory()
    commonDirectory = handle.commonDirectory()
    let base = workTree ?? gitDirectory
    let other = indexFile.map { $0.first == UInt8(ascii: "/") ? $0 : joined(base, $0) }
    indexPath = other ?? joined(gitDirectory, "index".utf8)
    self.program = GitProgram(
      name: program, gitDirectory: gitDirectory, workTree: workTree, indexFile: other)
    main = GitReader(handle)
  }

  /// Calls `body` with a reader that no other thread uses meanwhile.
  ///
  /// Readers are opened as needed and kept, so there are as many as threads ever asked at once.
  package func withReader<Result, Failure: Error>(
    _ body: (GitReader) throws(Failure) -> Result
  ) throws -> Result {
    let reader = try takeReader()
    defer { pool.withLock { $0.append(reader) } }
    return try body(reader)
  }

  private func takeReader() throws(GitError) -> GitReader {
    if let reader = pool.withLock({ $0.popLast() }) { return reader }
    let directory = workTree ?? gitDirectory
    guard let handle = try RepositoryHandle.open(directory, searching: false) else {
      throw .failed(action: "open \(quoted(directory))", detail: "the repository is gone")
    }
    return GitReader(handle)
  }

  /// Whether history or objects may be absent here by design: a shallow or partial clone.
  package func isShallowOrPartial() -> Bool { main.handle.withLock { $0.isIncomplete() } }
}
