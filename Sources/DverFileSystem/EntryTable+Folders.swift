import DverCore

/// A folder of which entries are known.
struct KnownFolder: Sendable {
  /// Everything below it; of an empty one its own entry.
  let entries: Range<Int>
  /// How many bytes of the first entry's path are that of the folder; 0 for the root.
  let pathCount: Int
  /// Whether it is known to be empty.
  let isEmpty: Bool

  var isRoot: Bool { pathCount == 0 }
  /// Where in the paths of its entries their part below the folder begins.
  var prefixCount: Int { isRoot ? 0 : pathCount + 1 }
}

/// A file, link or folder directly in a folder.
struct KnownChild {
  /// What is below it: of a file its own entry.
  let folder: KnownFolder
  let isFolder: Bool
  /// Where its name stands among the bytes of all paths.
  let name: Range<Int>
  /// Where the path that it ends begins.
  let folderStart: Int
}

/// Known entries as a tree: what stands directly in a folder.
extension EntryTable {
  func child(at position: Int, of folder: KnownFolder) -> KnownChild {
    let path = paths.range(position)
    let start = path.lowerBound + folder.prefixCount
    let bytes = paths.bytes.span
    var end = start
    while end < path.upperBound, bytes[end] != RepositoryPath.slash { end += 1 }
    let isInner = end < path.upperBound
    let isEmpty = !isInner && kinds[position] == .emptyDirectory
    let count = end - path.lowerBound
    let upper =
      isInner
      ? self.end(of: count + 1, from: position, below: folder.entries.upperBound) : position + 1
    return KnownChild(
      folder: KnownFolder(entries: position..<upper, pathCount: count, isEmpty: isEmpty),
      isFolder: isInner || isEmpty, name: start..<end, folderStart: path.lowerBound)
  }

  /// The first entry from `position` on whose path does not begin with the same `count` bytes.
  private func end(of count: Int, from position: Int, below limit: Int) -> Int {
    var (low, step) = (position, 1)
    while low + step < limit, begins(low + step, as: position, count) {
      low += step
      step *= 2
    }
    var high = min(low + step, limit)
    while low + 1 < high {
      let middle = (low + high) / 2
      if begins(middle, as: position, count) { low = middle } else { high = middle }
    }
    return high
  }

  private func begins(_ index: Int, as other: Int, _ count: Int) -> Bool {
    let (left, right) = (paths.range(index), paths.range(other))
    guard left.count >= count else { return false }
    let bytes = paths.bytes.span
    for offset in 0..<count
    where bytes[left.lowerBound + offset] != bytes[right.lowerBound + offset] {
      return false
    }
    return true
  }

  func path(of folder: KnownFolder) -> [UInt8] {
    folder.isRoot ? [] : Array(paths[folder.entries.lowerBound].prefix(folder.pathCount))
  }

  func prefix(of folder: KnownFolder) -> [UInt8] {
    folder.isRoot ? [] : path(of: folder) + [RepositoryPath.slash]
  }

  func key(of child: KnownChild) -> [UInt8] {
    paths.bytes[child.name] + (child.isFolder ? [RepositoryPath.slash] : [])
  }
}
