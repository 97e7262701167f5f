import DverCore
import DverParallel

/// Lists everything below a directory with its status, on several threads.
///
/// Cost: one `getdents` a thousand names and one `fstatat` an entry. Every thread appends to arenas
/// of its own; the sorted table is put together at the end, in one pass.
package struct DirectoryWalk: Sendable {
  /// Says whether to leave an entry out. The path is relative to the directory of the walk.
  package typealias Filter = @Sendable (_ path: Span<UInt8>, _ isDirectory: Bool) -> Bool

  private let root: AbsolutePath
  private let filter: Filter?
  private let threads: Int
  private let skipsFiles: Bool

  /// - Parameter skipsFiles: Whether regular files need not be found; most are then not looked at.
  package init(
    _ root: AbsolutePath, threads: Int = processorCount, skipsFiles: Bool = false,
    excluding filter: Filter? = nil
  ) {
    self.root = root
    self.skipsFiles = skipsFiles
    self.filter = filter
    self.threads = threads
  }

  /// Walks. Links are listed, never followed; `.git` and `.dver` are passed over.
  package func run() throws -> FileTable {
    let queue = WalkQueue(Folder(path: [], parent: nil))
    let (root, filter, skipsFiles) = (root, filter, skipsFiles)
    let arenas = try queue.run(
      threads: threads, part: { WalkArena(number: $0, skipsFiles: skipsFiles) }
    ) { arena, folder in
      try arena.list(folder, root: root, filter: filter) { queue.add($0) }
      return true
    }
    return WalkAssembly(arenas: arenas).table()
  }
}
