import CGit2
import Glibc

extension IndexHandle {
  /// Makes git compare the content of files that may have changed within the second in which the index
  /// was written last.
  ///
  /// Git compares times to the second, and looks at the content of files that are not older than the
  /// index. A younger index would take these for unchanged, so git gives them the length 0, which no
  /// file with content has, wherever it writes an index. libgit2 does so too, but goes by nanoseconds:
  /// it leaves alone what changed before the index was written and in the same second as before.
  ///
  /// - Parameter stamp: The index as it was before.
  borrowing func distrustRacyEntries(of stamp: IndexStamp, workTree: [UInt8]) {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    for position in 0..<count {
      guard let entry = unsafe git_index_get_byindex(index.pointer, position) else { return }
      let data = unsafe StatData(entry.pointee)
      guard stamp.isRacyToGit(data), data.byteCount > 0,
        unsafe GitFileMode(rawValue: entry.pointee.mode) != .submodule
      else { continue }
      // What changes while that second lasts changes unseen, too.
      if Int(data.modificationSeconds) < now.tv_sec,
        let path = unsafe bytes(of: entry.pointee.path),
        let status = try? WorkFile.status(of: joined(workTree, path)), StatData(status) == data
      {
        continue
      }
      // In place as libgit2 does it: adding the entry again would invalidate cached trees.
      unsafe UnsafeMutablePointer(mutating: entry).pointee.file_size = 0
    }
  }
}
