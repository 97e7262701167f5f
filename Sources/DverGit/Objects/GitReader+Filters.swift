import CGit2
import Synchronization

extension GitReader {
  /// Writes what `git add` would make of a file with this content, and returns its name.
  ///
  /// - Parameter path: Where the file lies in the work tree, which the filters depend on.
  func writeFilteredBlob(_ content: [UInt8], path: [UInt8]) throws(GitError) -> GitObjectID {
    try handle.withLock { (handle) throws(GitError) in
      try handle.writeBlob(try handle.filtered(content, path: path))
    }
  }
}

extension RepositoryHandle {
  /// The content as it goes into the object database: with the line ends that attributes and
  /// configuration ask for.
  borrowing func filtered(_ content: [UInt8], path: [UInt8]) throws(GitError) -> [UInt8] {
    // An empty file needs no filter, and has no address to hand over.
    guard !content.isEmpty else { return content }
    try replaceUnreadableIndex()
    var pointer: OpaquePointer?
    let status = unsafe withCString(path) {
      // Git only warns of line ends that a checkout would change.
      unsafe git_filter_list_load(
        &pointer, repository.pointer, nil, $0, GIT_FILTER_TO_ODB,
        UInt32(GIT_FILTER_ALLOW_UNSAFE.rawValue))
    }
    try check(status, "load git's filters")
    guard unsafe pointer != nil else { return content }
    let filters = unsafe Handle(adopting: pointer, free: git_filter_list_free)
    var buffer = unsafe git_buf()
    defer { unsafe git_buf_dispose(&buffer) }
    let applied = unsafe content.withUnsafeBytes { bytes in
      unsafe git_filter_list_apply_to_buffer(
        &buffer, filters.pointer, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
    }
    try check(applied, "apply git's filters to \(quoted(path))")
    return unsafe [UInt8](UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
  }

  /// Lets attributes be looked up where libgit2 cannot read the index: an empty one takes its place.
  ///
  /// libgit2 looks into the index for attribute files that the work tree lacks, and fails as a whole
  /// where the index is split or sparse.
  borrowing func replaceUnreadableIndex() throws(GitError) {
    var pointer: OpaquePointer?
    if unsafe git_repository_index(&pointer, repository.pointer) == 0 {
      unsafe git_index_free(pointer)
      return
    }
    let empty = try IndexHandle.empty()
    try check(
      unsafe git_repository_set_index(repository.pointer, empty.index.pointer), "use an index")
  }
}
