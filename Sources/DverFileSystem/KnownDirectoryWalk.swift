package import DverCore
import DverParallel

/// Compares a directory with what is known of it, on several threads.
///
/// Cost: one `fstatat` an entry and one `getdents` a thousand names, as of a ``DirectoryWalk``; but
/// names are neither kept nor sorted. Where everything known is there and a folder lists the same
/// names, by their count and a sum of hashes, nothing else is in it. Only other folders are read by
/// name.
package struct KnownDirectoryWalk: Sendable {
  private let root: AbsolutePath
  private let known: EntryTable
  private let stamps: [FileStamp]
  private let filter: DirectoryWalk.Filter?
  private let threads: Int

  /// - Parameter stamps: The status that each entry of `known` had.
  package init(
    _ root: AbsolutePath, known: EntryTable, stamps: [FileStamp], threads: Int = processorCount,
    excluding filter: DirectoryWalk.Filter? = nil
  ) {
    precondition(known.count == stamps.count)
    self.root = root
    self.known = known
    self.stamps = stamps
    self.filter = filter
    self.threads = threads
  }

  /// - Returns: What differs; `nil` where a ``DirectoryWalk`` does better: for new links and special
  ///   files, links into a store, and where a large part came or went.
  package func run() throws -> DirectoryChanges? {
    let queue = WalkQueue(KnownFolder(entries: 0..<known.count, pathCount: 0, isEmpty: false))
    let parts = try queue.run(
      threads: threads,
      part: { _ in FolderComparison(root: root, known: known, stamps: stamps, filter: filter) },
      visit: { comparison, folder in try comparison.compare(folder) { queue.add($0) } })
    return queue.isCancelled ? nil : DirectoryChanges(joining: parts.map(\.changes))
  }
}
