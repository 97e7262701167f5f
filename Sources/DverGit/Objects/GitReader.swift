import CGit2
import Synchronization

/// Reads and writes git objects; one libgit2 repository behind its own lock.
///
/// Threads may share a reader but then wait for each other; ``GitRepository/withReader(_:)``
/// lends one that is not shared.
package final class GitReader: Sendable {
  let handle: Mutex<RepositoryHandle>

  init(_ handle: consuming sending RepositoryHandle) { self.handle = Mutex(handle) }

  /// The content of a blob.
  ///
  /// Content is checked against the name. A missing object is an error that names `git fetch`
  /// where the clone is shallow or partial.
  package func blob(_ id: GitObjectID) throws(GitError) -> [UInt8] {
    try handle.withLock { (handle) throws(GitError) in try handle.read(id, as: GIT_OBJECT_BLOB) }
  }

  /// Writes a blob unless it is there, and returns its name. Nothing filters `content`.
  package func writeBlob(_ content: [UInt8]) throws(GitError) -> GitObjectID {
    try handle.withLock { (handle) throws(GitError) in try handle.writeBlob(content) }
  }

  /// The entries of a tree.
  func tree(_ id: GitObjectID) throws(GitError) -> GitTree {
    let bytes = try handle.withLock { (handle) throws(GitError) in
      try handle.read(id, as: GIT_OBJECT_TREE)
    }
    return GitTree(id: id, bytes: bytes)
  }
}

extension RepositoryHandle {
  /// The content of object `id`, which must be of `kind`.
  borrowing func read(_ id: GitObjectID, as kind: git_object_t) throws(GitError) -> [UInt8] {
    var pointer: OpaquePointer?
    var name = id.raw
    let status = unsafe git_odb_read(&pointer, objects.pointer, &name)
    if status == GIT_ENOTFOUND.rawValue {
      throw .missingObject(id, isPartial: isIncomplete())
    }
    try check(status, "read git object \(id)")
    let object = unsafe Handle(adopting: pointer, free: git_odb_object_free)
    let found = unsafe git_odb_object_type(object.pointer)
    guard found == kind else {
      throw .failed(
        action: "read git object \(id)",
        detail: unsafe "it is a \(String(cString: git_object_type2string(found)))")
    }
    return unsafe [UInt8](
      UnsafeRawBufferPointer(
        start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer)))
  }

  borrowing func writeBlob(_ content: [UInt8]) throws(GitError) -> GitObjectID {
    var name = git_oid()
    let status = unsafe content.withUnsafeBytes {
      unsafe git_odb_write(&name, objects.pointer, $0.baseAddress, $0.count, GIT_OBJECT_BLOB)
    }
    try check(status, "write a git object")
    return GitObjectID(name)
  }

  /// Whether objects may be absent here by design: a shallow or partial clone.
  borrowing func isIncomplete() -> Bool {
    if unsafe git_repository_is_shallow(repository.pointer) == 1 { return true }
    var pointer: OpaquePointer?
    guard unsafe git_repository_config(&pointer, repository.pointer) == 0 else { return false }
    let config = unsafe Handle(adopting: pointer, free: git_config_free)
    var found: OpaquePointer?
    let pattern = "^remote\\..*\\.promisor$"
    guard unsafe git_config_iterator_glob_new(&found, config.pointer, pattern) == 0 else {
      return false
    }
    let iterator = unsafe Handle(adopting: found, free: git_config_iterator_free)
    var entry: UnsafeMutablePointer<git_config_entry>?
    return unsafe git_config_next(&entry, iterator.pointer) == 0
  }
}
