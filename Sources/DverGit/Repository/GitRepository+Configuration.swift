import CGit2
import Synchronization

extension GitRepository {
  /// A value of git's own configuration, of whatever level wins.
  package func configuration(_ name: String) throws(GitError) -> String? {
    try main.handle.withLock { (handle) throws(GitError) in try handle.configuration(name) }
  }

  /// Sets a value in the repository's own git configuration, or removes it with `nil`.
  package func setConfiguration(_ name: String, _ value: String?) throws(GitError) {
    try main.handle.withLock { (handle) throws(GitError) in
      var pointer: OpaquePointer?
      try check(
        unsafe git_repository_config(&pointer, handle.repository.pointer),
        "read git's configuration")
      let config = unsafe Handle(adopting: pointer, free: git_config_free)
      var level: OpaquePointer?
      try check(
        unsafe git_config_open_level(&level, config.pointer, GIT_CONFIG_LEVEL_LOCAL),
        "open the repository's git configuration")
      let local = unsafe Handle(adopting: level, free: git_config_free)
      let status =
        if let value {
          unsafe git_config_set_string(local.pointer, name, value)
        } else {
          unsafe git_config_delete_entry(local.pointer, name)
        }
      if value == nil, status == GIT_ENOTFOUND.rawValue { return }
      if status == GIT_ELOCKED.rawValue {
        throw .locked(path: joined(commonDirectory, "config.lock".utf8))
      }
      try check(status, "set \(name) in git's configuration")
    }
  }

  /// The folder where git looks for hooks, absolute; it need not exist.
  package func hooksDirectory() throws(GitError) -> [UInt8] {
    try main.handle.withLock { (handle) throws(GitError) in
      var pointer: OpaquePointer?
      try check(
        unsafe git_repository_config_snapshot(&pointer, handle.repository.pointer),
        "read git's configuration")
      let config = unsafe Handle(adopting: pointer, free: git_config_free)
      var buffer = unsafe git_buf()
      // Reading it as a path expands `~`.
      let status = unsafe git_config_get_path(&buffer, config.pointer, "core.hookspath")
      if status == GIT_ENOTFOUND.rawValue { return joined(commonDirectory, "hooks".utf8) }
      try check(status, "read core.hooksPath of git's configuration")
      defer { unsafe git_buf_dispose(&buffer) }
      let path = unsafe bytes(of: buffer.ptr) ?? []
      // Git runs hooks in the work tree, so a relative path counts from there.
      return path.first == slash ? path : joined(workTree ?? gitDirectory, path)
    }
  }

  /// The folders of all work trees, absolute, the main one first; those whose folder is gone are
  /// left out.
  package func workTrees() throws(GitError) -> [[UInt8]] {
    var folders: [[UInt8]] = []
    if let main = try mainWorkTree() { folders.append(main) }
    let linked = try main.handle.withLock { (handle) throws(GitError) in
      try handle.linkedWorkTrees()
    }
    for folder in linked.sorted(by: { $0.lexicographicallyPrecedes($1) })
    where (try? WorkFile.status(of: folder)) != nil {
      folders.append(folder)
    }
    return folders
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
