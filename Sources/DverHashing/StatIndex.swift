package import DverCore
package import DverFileSystem

/// What is known of the files of one tracked path, so that only changed ones are hashed again.
///
/// `entries` holds digests by path and `stamps` the status that each file had when it was hashed;
/// a stamp that cannot vouch for its file is ``untrusted``. Both are sorted by path and have equal
/// counts.
package struct StatIndex: Sendable {
  package var entries: EntryTable
  package var stamps: [FileStamp]
  /// The content that the entries add up to, if all are trusted to be complete.
  package var name: ContentName?
  /// When the objects of all entries were last known to be in the cache and sound.
  package var storedAt: FileClock
  /// The same for each entry, where commands look at single ones.
  package var storedTimes: [FileClock]?

  package init(
    entries: EntryTable = EntryTable(), stamps: [FileStamp] = [], name: ContentName? = nil,
    storedAt: FileClock = FileClock(nanoseconds: 0)
  ) {
    self.entries = entries
    self.stamps = stamps
    self.name = name
    self.storedAt = storedAt
  }

  /// A stamp that equals no file's.
  package static let untrusted = FileStamp(
    device: .max, inode: .max, size: -1, modified: .min, changed: .min)
}
