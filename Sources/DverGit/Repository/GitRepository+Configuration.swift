import CGit2
import Synchronization

extension GitRepository {
  /// A value of git's own configuration, of whatever level wins.
  package func configuration(_ name: String) throws(GitError) -> String? {
    try main.handle.withLock { (handle) throws(GitError) in try handle.configuration(name) }
  }

  /// Sets values in the repository's own git configuration, all of them or none.
  ///
  /// libgit2 alone would leave a `config.lock` behind when it is killed, and nobody could tell whose
  /// it is. Here it works on a second file, which then replaces the first under a lock of ours.
  ///
  /// - Parameters:
  ///   - timeout: How long to wait for another process that holds `config.lock`.
  ///   - willLock: Called with the lock file before it is put into place.
  package func setConfiguration(
    _ values: [(name: String, value: String)], timeout: Duration = .zero,
    willLock: (GitLockFile) throws -> Void = { _ in }
  ) throws {
    let name = joined(commonDirectory, "config".utf8)
    let path = realPath(name) ?? name
    try HeldLockFile.replace(path, timeout: timeout, willLock: willLock) { prepared in
      try WorkFile.create(prepared, try ConfigFile(path).content() ?? [], modified: nil)
      for (name, value) in values {
        try ConfigFile(prepared).set(Array(name.utf8), Array(value.utf8))
      }
    }
  }

  /// The folder where git looks for hooks, absolute; it need not exist.
  package func hooksDirectory() throws(GitError) -> [UInt8] {
    guard let path = try configurationPath("core.hookspath") else {
      return joined(commonDirectory, "hooks".utf8)
    }
    // Git runs hooks in the work tree, so a relative path counts from there.
    return path.first == slash ? path : joined(workTree ?? gitDirectory, path)
  }

  /// The path that an option of git's own configuration names, with `~` expanded; `nil` where it is
  /// not set.
  package func configurationPath(_ name: String) throws(GitError) -> [UInt8]? {
    try main.handle.withLock { (handle) throws(GitError) -> [UInt8]? in
      var pointer: OpaquePointer?
      try check(
        unsafe git_repository_config_snapshot(&pointer, handle.repository.pointer),
        "read git's configuration")
      let config = unsafe Handle(adopting: pointer, free: git_config_free)
      var buffer = unsafe git_buf()
      let status = unsafe git_config_get_path(&buffer, config.pointer, name)
      if status == GIT_ENOTFOUND.rawValue { return nil }
      try check(status, "read \(name) of git's configuration")
      defer { unsafe git_buf_dispose(&buffer) }
      return unsafe bytes(of: buffer.ptr) ?? []
    }
  }

  /// The folders of all work trees, absolute, the main one first; those whose folder is gone are
  /// left out.
  package func workTrees() throws(GitError) -> [[UInt8]] {
    var folders: [[UInt8]] = []
    if let main = try mainWorkTree() { folders.append(main) }
    return try folders + linkedWorkTrees().filter { (try? WorkFile.status(of: $0)) != nil }
  }

  /// The folders of linked work trees that are not where git knows them: their disk is away, or they
  /// were moved or removed by hand.
  package func absentWorkTrees() throws(GitError) -> [[UInt8]] {
    try linkedWorkTrees().filter { (try? WorkFile.status(of: $0 + Array("/.git".utf8))) == nil }
  }

  private func linkedWorkTrees() throws(GitError) -> [[UInt8]] {
    try main.handle.withLock { (handle) throws(GitError) in try handle.linkedWorkTrees() }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The folder of the main work tree, absolute; `nil` where the common repository is bare.
  package func mainWorkTree() throws(GitError) -> [UInt8]? {
    if gitDirectory == commonDirectory { return workTree }
    return try RepositoryHandle.open(commonDirectory, searching: false)?.workTree()
  }

  /// Whether this is a work tree that `git worktree add` made.
  package var isLinkedWorkTree: Bool { gitDirectory != commonDirectory }
}

extension RepositoryHandle {
  borrowing func linkedWorkTrees() throws(GitError) -> [[UInt8]] {
    var names = unsafe git_strarray()
    try check(unsafe git_worktree_list(&names, repository.pointer), "list work trees")
    defer { unsafe git_strarray_dispose(&names) }
    var folders: [[UInt8]] = []
    for position in unsafe 0..<names.count {
      var pointer: OpaquePointer?
      let name = unsafe names.strings[position]
      guard unsafe git_worktree_lookup(&pointer, repository.pointer, name) == 0 else { continue }
      let workTree = unsafe Handle(adopting: pointer, free: git_worktree_free)
      if let path = unsafe bytes(of: git_worktree_path(workTree.pointer)) {
        folders.append(withoutTrailingSlash(path))
      }
    }
    return folders
  }
}
