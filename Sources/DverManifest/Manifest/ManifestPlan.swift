import DverCore

/// Which directories of a table get nodes of their own, and which entries stand in them.
struct ManifestPlan {
  /// A directory with a node of its own.
  struct Directory {
    /// The entries below it.
    let entries: Range<Int>
    /// The length of its path with the slash behind it; 0 for the root.
    let prefixCount: Int
    /// Runs of entries that belong to its own node or ranges.
    var inlined: [Range<Int>] = []
    /// Subdirectories with nodes of their own, in order, by number.
    var subtrees: [Int] = []
    /// Whether the inlined entries are too many for one node.
    var isRanged = false
    /// 0 where the node has no children, else one more than that of the highest child.
    var height = 0
  }

  /// The root first, parents before children.
  private(set) var directories: [Directory]
  private let shape: ManifestShape

  init(_ table: EntryTable, shape: ManifestShape) {
    self.shape = shape
    directories = [Directory(entries: 0..<table.count, prefixCount: 0)]
    var next = 0
    while next < directories.count {
      expand(next, table)
      next += 1
    }
    for number in directories.indices.reversed() {
      let directory = directories[number]
      let highest = directory.subtrees.map { directories[$0].height }.max()
      directories[number].height = max(highest.map { $0 + 1 } ?? 0, directory.isRanged ? 1 : 0)
    }
  }

  private mutating func expand(_ number: Int, _ table: EntryTable) {
    let entries = directories[number].entries
    guard entries.count > shape.inlinedEntryLimit else {
      directories[number].inlined = [entries]
      return
    }
    let prefixCount = directories[number].prefixCount
    var inlined: [Range<Int>] = []
    var runStart = entries.lowerBound
    var index = entries.lowerBound
    while index < entries.upperBound {
      guard let group = group(at: index, in: entries, prefixCount, table) else {
        index += 1
        continue
      }
      if group.entries.count >= shape.subtreeEntryMinimum {
        if runStart < index { inlined.append(runStart..<index) }
        runStart = group.entries.upperBound
        directories[number].subtrees.append(directories.count)
        directories.append(group)
      }
      index = group.entries.upperBound
    }
    if runStart < entries.upperBound { inlined.append(runStart..<entries.upperBound) }
    let inlinedCount = inlined.reduce(0) { $0 + $1.count }
    directories[number].inlined = inlined
    directories[number].isRanged = inlinedCount > shape.inlinedEntryLimit
  }

  /// The subdirectory that begins with entry `index`; `nil` where the entry stands directly in the
  /// directory.
  private func group(
    at index: Int, in entries: Range<Int>, _ prefixCount: Int, _ table: EntryTable
  ) -> Directory? {
    let path = table.paths.bytes.span.extracting(table.paths.range(index))
    var slash = prefixCount
    while slash < path.count, path[slash] != RepositoryPath.slash { slash += 1 }
    guard slash < path.count else { return nil }
    let prefix = path.extracting(...slash)
    let end = table.endOfRun(from: index, prefix: prefix, limit: entries.upperBound)
    return Directory(entries: index..<end, prefixCount: slash + 1)
  }
}
