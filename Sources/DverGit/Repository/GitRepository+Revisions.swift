import CGit2
import Synchronization

extension GitRepository {
  /// Where HEAD points, read anew at every call.
  package func head() throws(GitError) -> GitHead {
    try main.handle.withLock { (handle) throws(GitError) in
      var pointer: OpaquePointer?
      try check(
        unsafe git_reference_lookup(&pointer, handle.repository.pointer, "HEAD"), "read HEAD")
      let reference = unsafe Handle(adopting: pointer, free: git_reference_free)
      guard let name = unsafe bytes(of: git_reference_symbolic_target(reference.pointer)) else {
        guard let id = unsafe git_reference_target(reference.pointer) else {
          throw .failed(action: "read HEAD", detail: "it is damaged")
        }
        return .detached(commit: unsafe GitObjectID(id.pointee))
      }
      let branch = Self.shortName(String(decoding: name, as: UTF8.self))
      var id = git_oid()
      let status = unsafe git_reference_name_to_id(&id, handle.repository.pointer, "HEAD")
      if status == GIT_ENOTFOUND.rawValue { return .unborn(branch: branch) }
      try check(status, "read HEAD")
      return .branch(branch, commit: GitObjectID(id))
    }
  }

  /// Whether a file that git tracks is another one than in HEAD, in the index or the work tree.
  ///
  /// HEAD must have a commit.
  package func hasChanges() throws(GitError) -> Bool {
    try main.handle.withLock { (handle) throws(GitError) in
      let tree = try handle.parse("HEAD^{tree}")
      var pointer: OpaquePointer?
      let status = unsafe git_diff_tree_to_workdir_with_index(
        &pointer, handle.repository.pointer, tree.pointer, nil)
      try check(status, "compare the work tree with HEAD")
      let changes = unsafe Handle(adopting: pointer, free: git_diff_free)
      return unsafe git_diff_num_deltas(changes.pointer) > 0
    }
  }

  /// The commit that `revision` names, in git's syntax (`HEAD~1`, `v1.2`, `main@{1}`, …).
  package func resolve(_ revision: String) throws(GitError) -> GitRevision {
    try main.handle.withLock { (handle) throws(GitError) in
      let object = try handle.parse(revision)
      var pointer: OpaquePointer?
      let status = unsafe git_object_peel(&pointer, object.pointer, GIT_OBJECT_COMMIT)
      if status == GIT_ENOTFOUND.rawValue, handle.isIncomplete() {
        throw .absentRevision(revision)
      }
      guard status == 0 else { throw .notACommit(revision) }
      return unsafe Handle(adopting: pointer, free: git_object_free).revision()
    }
  }

  /// The commit that `revision` names, or `nil` where git knows no such name, as for `MERGE_HEAD`
  /// when nothing is being merged.
  package func resolveIfPresent(_ revision: String) throws(GitError) -> GitRevision? {
    do throws(GitError) {
      return try resolve(revision)
    } catch .unknownRevision {
      return nil
    }
  }

  /// The commit with this name.
  package func commit(_ id: GitObjectID) throws(GitError) -> GitRevision {
    try main.handle.withLock { (handle) throws(GitError) in try handle.commit(id).revision() }
  }

  /// The best common ancestor of two commits; `nil` where they have none.
  package func mergeBase(
    _ left: GitObjectID, _ right: GitObjectID
  ) throws(GitError) -> GitObjectID? {
    try main.handle.withLock { (handle) throws(GitError) in
      var base = git_oid()
      var (left, right) = (left.raw, right.raw)
      let status = unsafe git_merge_base(&base, handle.repository.pointer, &left, &right)
      if status == GIT_ENOTFOUND.rawValue { return nil }
      try check(status, "find the merge base")
      return GitObjectID(base)
    }
  }

  static func shortName(_ name: String) -> String {
    for prefix in ["refs/heads/", "refs/tags/", "refs/"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }
}

extension RepositoryHandle {
  /// The object that `revision` names.
  borrowing func parse(_ revision: String) throws(GitError) -> Handle {
    var pointer: OpaquePointer?
    let isShort = revision.hasPrefix("@~") || revision.hasPrefix("@^")
    // To libgit2 1.5 `@` is HEAD only where it stands alone.
    let spelled = isShort ? "HEAD" + revision.dropFirst() : revision
    let status = unsafe git_revparse_single(&pointer, repository.pointer, spelled)
    switch status {
    case 0:
      return unsafe Handle(adopting: pointer, free: git_object_free)
    case GIT_EAMBIGUOUS.rawValue:
      throw .ambiguousRevision(revision)
    case GIT_ENOTFOUND.rawValue where lastErrorClass() == GIT_ERROR_ODB && isIncomplete():
      throw .absentRevision(revision)
    case GIT_ENOTFOUND.rawValue, GIT_EINVALIDSPEC.rawValue, GIT_EUNBORNBRANCH.rawValue:
      throw .unknownRevision(revision)
    default:
      throw .failed(action: "resolve revision '\(revision)'", detail: lastMessage())
    }
  }

  borrowing func commit(_ id: GitObjectID) throws(GitError) -> Handle {
    var pointer: OpaquePointer?
    var name = id.raw
    let status = unsafe git_commit_lookup(&pointer, repository.pointer, &name)
    if status == GIT_ENOTFOUND.rawValue { throw .missingObject(id, isPartial: isIncomplete()) }
    try check(status, "read commit \(id)")
    return unsafe Handle(adopting: pointer, free: git_object_free)
  }
}

extension Handle {
  /// What the commit that this is says.
  borrowing func revision() -> GitRevision {
    unsafe GitRevision(
      commit: GitObjectID(git_commit_id(pointer).pointee),
      tree: GitObjectID(git_commit_tree_id(pointer).pointee), time: git_commit_time(pointer))
  }

  /// The names of the parents of the commit that this is.
  borrowing func parents() -> [GitObjectID] {
    let count = unsafe git_commit_parentcount(pointer)
    return (0..<count).compactMap { index in
      guard let id = unsafe git_commit_parent_id(pointer, index) else { return nil }
      return unsafe GitObjectID(id.pointee)
    }
  }
}
