import CGit2

/// What the index says about one path.
package struct GitIndexEntry: Hashable, Sendable {
  package let id: GitObjectID
  package let mode: GitFileMode
  /// Whether `git add --intent-to-add` made the entry, so that it has no content yet.
  package let isIntentToAdd: Bool

  package init(id: GitObjectID, mode: GitFileMode) {
    (self.id, self.mode, isIntentToAdd) = (id, mode, false)
  }

  init(_ entry: git_index_entry) {
    id = unsafe GitObjectID(entry.id)
    mode = unsafe GitFileMode(rawValue: entry.mode)
    let flag = unsafe UInt32(entry.flags_extended) & GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue
    isIntentToAdd = flag != 0
  }
}

/// The three versions of a path that a merge left in conflict; an absent one is `nil`.
package struct GitConflict: Hashable, Sendable {
  package let ancestor: GitIndexEntry?
  package let ours: GitIndexEntry?
  package let theirs: GitIndexEntry?

  package init(ancestor: GitIndexEntry?, ours: GitIndexEntry?, theirs: GitIndexEntry?) {
    (self.ancestor, self.ours, self.theirs) = (ancestor, ours, theirs)
  }

  /// The versions with the numbers of their stages.
  var stages: [(stage: Int32, entry: GitIndexEntry)] {
    [(1, ancestor), (2, ours), (3, theirs)].compactMap { stage, entry in
      entry.map { (Int32(stage), $0) }
    }
  }
}

extension StatData {
  init(_ entry: git_index_entry) {
    self.init()
    (changeSeconds, changeNanoseconds) = unsafe (entry.ctime.seconds, entry.ctime.nanoseconds)
    (modificationSeconds, modificationNanoseconds) =
      unsafe (entry.mtime.seconds, entry.mtime.nanoseconds)
    (device, inode) = unsafe (entry.dev, entry.ino)
    (user, group) = unsafe (entry.uid, entry.gid)
    byteCount = unsafe entry.file_size
  }

  /// Writes the data into an index entry.
  func store(in entry: inout git_index_entry) {
    unsafe entry.ctime = git_index_time(seconds: changeSeconds, nanoseconds: changeNanoseconds)
    unsafe entry.mtime = git_index_time(
      seconds: modificationSeconds, nanoseconds: modificationNanoseconds)
    unsafe (entry.dev, entry.ino) = (device, inode)
    unsafe (entry.uid, entry.gid) = (user, group)
    unsafe entry.file_size = byteCount
  }
}
