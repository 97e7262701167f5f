import CGit2
import DverCore

/// One index in memory; serves one thread at a time.
struct IndexHandle: ~Copyable {
  let index: Handle

  /// An index without entries, tied to no file.
  static func empty() throws(GitError) -> IndexHandle {
    try GitLibrary.start()
    var pointer: OpaquePointer?
    try check(unsafe git_index_new(&pointer), "make an index")
    return unsafe IndexHandle(index: Handle(adopting: pointer, free: git_index_free))
  }

  /// Reads the index file at `path`; an absent file is an empty index, and `nil` one that libgit2
  /// cannot read though git can: split, sparse, or written without a checksum.
  static func read(_ path: [UInt8]) throws(GitError) -> IndexHandle? {
    try GitLibrary.start()
    var pointer: OpaquePointer?
    let status = unsafe withCString(path) { unsafe git_index_open(&pointer, $0) }
    if status == 0 {
      return unsafe IndexHandle(index: Handle(adopting: pointer, free: git_index_free))
    }
    let detail = lastMessage()
    if detail.contains("unsupported mandatory extension") { return nil }
    // `index.skipHash` leaves zeros where the checksum belongs.
    if let bytes = try? WorkFile.read(path).bytes, bytes.count > GitObjectID.byteCount,
      bytes.suffix(GitObjectID.byteCount).allSatisfy({ $0 == 0 })
    {
      return nil
    }
    throw .unreadableIndex(path: path, detail: detail)
  }

  var count: Int { unsafe git_index_entrycount(index.pointer) }

  /// The entry of `path` at `stage`.
  borrowing func entry(_ path: [UInt8], stage: Int32 = 0) -> GitIndexEntry? {
    details(path, stage: stage)?.entry
  }

  /// The entry of `path` at `stage`, and the stat data that its file had.
  borrowing func details(
    _ path: [UInt8], stage: Int32 = 0
  ) -> (entry: GitIndexEntry, status: StatData)? {
    unsafe withCString(path) { path in
      guard let entry = unsafe git_index_get_bypath(index.pointer, path, stage) else { return nil }
      return unsafe (GitIndexEntry(entry.pointee), StatData(entry.pointee))
    }
  }

  /// Whether `path` has an entry at any stage.
  borrowing func contains(_ path: [UInt8]) -> Bool {
    (0...3).contains { entry(path, stage: $0) != nil }
  }

  /// The position of the first entry whose path begins with `prefix`.
  borrowing func firstPosition(prefix: [UInt8]) -> Int? {
    var position = 0
    let status = unsafe withCString(prefix) {
      unsafe git_index_find_prefix(&position, index.pointer, $0)
    }
    return status == 0 ? position : nil
  }

  /// The paths below `folder`, each once, in the order of their bytes.
  borrowing func paths(below folder: [UInt8]) -> PathTable {
    let prefix = folder.isEmpty ? [] : withTrailingSlash(folder)
    var table = PathTable()
    guard var position = prefix.isEmpty ? 0 : firstPosition(prefix: prefix) else { return table }
    while let path = path(position), path.starts(with: prefix) {
      if table.isEmpty || !table[table.count - 1].elementsEqual(path) { table.append(path) }
      position += 1
    }
    return table
  }

  /// The path of entry `position` in the order of paths and stages.
  private borrowing func path(_ position: Int) -> [UInt8]? {
    guard let entry = unsafe git_index_get_byindex(index.pointer, position) else { return nil }
    return unsafe bytes(of: entry.pointee.path)
  }

  /// The paths with conflict stages, each once, in the order of their bytes.
  borrowing func unmergedPaths() -> [[UInt8]] {
    guard unsafe git_index_has_conflicts(index.pointer) == 1 else { return [] }
    var paths: [[UInt8]] = []
    for position in 0..<count {
      guard let entry = unsafe git_index_get_byindex(index.pointer, position),
        unsafe git_index_entry_is_conflict(entry) == 1,
        let path = unsafe bytes(of: entry.pointee.path), paths.last != path
      else { continue }
      paths.append(path)
    }
    return paths
  }

  /// Adds or replaces an entry; conflict stages of its path go.
  borrowing func set(
    _ path: [UInt8], id: GitObjectID, mode: GitFileMode, status: StatData, stage: Int32 = 0
  ) throws(GitError) {
    if stage == 0 {
      for stage in 1...3 as ClosedRange<Int32> { try remove(path, stage: stage) }
    }
    var entry = unsafe git_index_entry()
    unsafe status.store(in: &entry)
    unsafe entry.id = id.raw
    unsafe entry.mode = mode.rawValue
    unsafe entry.flags = UInt16(stage) << 12
    let code = unsafe withCString(path) { path in
      unsafe entry.path = path
      return unsafe git_index_add(index.pointer, &entry)
    }
    try check(code, "add \(quoted(path)) to the git index")
  }

  /// Removes the entry of `path` at `stage`, if there is one.
  borrowing func remove(_ path: [UInt8], stage: Int32) throws(GitError) {
    guard entry(path, stage: stage) != nil else { return }
    let code = unsafe withCString(path) { unsafe git_index_remove(index.pointer, $0, stage) }
    try check(code, "remove \(quoted(path)) from the git index")
  }
}
