import CSystem
import DverCore
import Glibc

/// What one thread of a ``KnownDirectoryWalk`` finds.
struct FolderComparison: Sendable {
  let root: AbsolutePath
  let known: EntryTable
  let stamps: [FileStamp]
  let filter: DirectoryWalk.Filter?
  private(set) var changes = DirectoryChanges()
  /// The name that is looked at, with a NUL behind it.
  private var name: [CChar] = []

  init(
    root: AbsolutePath, known: EntryTable, stamps: [FileStamp], filter: DirectoryWalk.Filter?
  ) {
    self.root = root
    self.known = known
    self.stamps = stamps
    self.filter = filter
  }

  /// Compares one folder, and hands those in it to `found`.
  ///
  /// - Returns: Whether to go on; `false` where only a full walk can tell.
  mutating func compare(_ folder: KnownFolder, found: ([KnownFolder]) -> Void) throws -> Bool {
    let path = root.appending(path(of: folder))
    guard let directory = try OpenFile.ifPresent(path, .directory, followsLinks: folder.isRoot)
    else {
      // Removed since its parent was looked at.
      if folder.isRoot { throw FileSystemError(.find, path, code: ENOENT) }
      changes.removed += folder.entries
      return true
    }
    let before = (modified: changes.modified.count, skipped: changes.skipped.count)
    var folders: [KnownFolder] = []
    switch try compareChildren(of: folder, in: directory, folders: &folders) {
    case .unclear: return false
    case .moved: break
    case .same(let count):
      if try self.count(directory, of: folder) == count {
        found(folders)
        return true
      }
    }
    changes.modified.removeLast(changes.modified.count - before.modified)
    changes.skipped.removeLast(changes.skipped.count - before.skipped)
    return try list(folder, at: path, found: found)
  }

  // MARK: What is known

  private enum Outcome {
    /// All known entries are there: so many.
    case same(Int)
    /// Some are not.
    case moved
    /// Something stands there that a full walk has to look at.
    case unclear
  }

  /// Looks at all known entries directly in a folder.
  private mutating func compareChildren(
    of folder: KnownFolder, in directory: borrowing OpenFile, folders: inout [KnownFolder]
  ) throws -> Outcome {
    var count = 0
    var position = folder.isEmpty ? folder.entries.upperBound : folder.entries.lowerBound
    while position < folder.entries.upperBound {
      let child = child(at: position, of: folder)
      guard let status = try status(of: child, in: directory) else { return .moved }
      if child.isFolder {
        guard status.isDirectory else { return .moved }
        folders.append(child.folder)
      } else if let outcome = compareFile(position, status) {
        return outcome
      }
      count += 1
      position = child.folder.entries.upperBound
    }
    return .same(count)
  }

  private mutating func status(
    of child: KnownChild, in directory: borrowing OpenFile
  ) throws -> FileStatus? {
    name.removeAll(keepingCapacity: true)
    for byte in known.paths.bytes[child.name] { name.append(CChar(bitPattern: byte)) }
    name.append(0)
    var status = stat()
    guard unsafe fstatat(directory.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return nil }
      throw FileSystemError(
        .stat, root.appending(known.paths.bytes[child.folderStart..<child.name.upperBound]))
    }
    return FileStatus(status)
  }

  /// Compares a known file or link with what is there; `nil` where it is as known, or noted.
  private mutating func compareFile(_ entry: Int, _ status: FileStatus) -> Outcome? {
    guard !status.isDirectory else { return .moved }
    if known.kinds[entry] == .link {
      guard status.isLink, let target = known.targets[entry],
        let present = try? FileSystem.destination(ofLink: root.appending(known.paths[entry])),
        present == target
      else { return .unclear }
      return nil
    }
    guard status.isFile else { return .unclear }
    let stamp = FileStamp(status)
    let isExecutable = known.kinds[entry] == .executable
    if stamps[entry] != stamp || isExecutable != status.isExecutable {
      changes.modified.append(
        DirectoryChanges.Modification(
          entry: entry, isExecutable: status.isExecutable, stamp: stamp))
    }
    return nil
  }

  // MARK: What is there

  /// How many entries a folder has that are not ignored.
  private mutating func count(
    _ directory: borrowing OpenFile, of folder: KnownFolder
  ) throws -> Int {
    var count = 0
    var path: [UInt8] = []
    let prefix = prefix(of: folder)
    try DirectoryReader.forEachEntry(of: directory) { item in
      if item.isReserved {
        changes.skipped.append(prefix + item.name)
        return
      }
      if let filter {
        path.removeAll(keepingCapacity: true)
        path += prefix
        path += item.name
        if filter(path.span, try item.isDirectory ?? isDirectory(path)) { return }
      }
      count += 1
    }
    return count
  }

  private func isDirectory(_ path: [UInt8]) throws -> Bool {
    try FileSystem.status(of: root.appending(path))?.isDirectory == true
  }

  /// Something that a folder lists.
  private struct Item {
    let name: [UInt8]
    let status: FileStatus
    /// As manifests order it.
    var key: [UInt8] { status.isDirectory ? name + [RepositoryPath.slash] : name }
  }

  /// Compares a folder name by name.
  private mutating func list(
    _ folder: KnownFolder, at path: AbsolutePath, found: ([KnownFolder]) -> Void
  ) throws -> Bool {
    let items = try items(of: folder, at: path)
    if folder.isEmpty, items.isEmpty { return true }
    if folder.isEmpty { changes.removed.append(folder.entries.lowerBound) }
    if items.isEmpty, !folder.isRoot {
      changes.added.append(
        path: self.path(of: folder), kind: .emptyDirectory,
        stamp: FileStamp(device: 0, inode: 0, size: 0, modified: 0, changed: 0))
    }
    var folders: [KnownFolder] = []
    var position = folder.isEmpty ? folder.entries.upperBound : folder.entries.lowerBound
    for item in items {
      let key = item.key
      var match: KnownChild?
      while match == nil, position < folder.entries.upperBound {
        let child = child(at: position, of: folder)
        let childKey = self.key(of: child)
        if key.lexicographicallyPrecedes(childKey) { break }
        position = child.folder.entries.upperBound
        if childKey == key { match = child } else { changes.removed += child.folder.entries }
      }
      guard let match else {
        guard try add(item, to: folder) else { return false }
        continue
      }
      if match.isFolder {
        folders.append(match.folder)
      } else if compareFile(match.folder.entries.lowerBound, item.status) != nil {
        return false
      }
    }
    changes.removed += position..<folder.entries.upperBound
    found(folders)
    return changes.movementCount <= Self.movementLimit + known.count / 8
  }

  /// So many come and go at once in small directories.
  private static let movementLimit = 1_024

  /// What a folder lists, in order and without what is ignored.
  private mutating func items(of folder: KnownFolder, at path: AbsolutePath) throws -> [Item] {
    guard
      let directory = try OpenFile.ifPresent(path, .directory, followsLinks: folder.isRoot)
    else { return [] }
    var items: [(key: [UInt8], item: Item)] = []
    let prefix = prefix(of: folder)
    try DirectoryReader.forEachEntry(of: directory) { entry in
      let name = entry.name
      if entry.isReserved {
        changes.skipped.append(prefix + name)
        return
      }
      guard let status = try FileSystem.status(of: path.appending(name)) else { return }
      if let filter, filter((prefix + name).span, status.isDirectory) { return }
      let item = Item(name: name, status: status)
      items.append((item.key, item))
    }
    return items.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.item)
  }

  /// Takes note of a new entry, and of everything below it.
  private mutating func add(_ item: Item, to folder: KnownFolder) throws -> Bool {
    let path = prefix(of: folder) + item.name
    switch item.status.kind {
    case .link, .special: return false
    case .file:
      changes.added.append(
        path: path, kind: item.status.isExecutable ? .executable : .file,
        stamp: FileStamp(item.status))
      return true
    case .directory: break
    }
    let inner = path + [RepositoryPath.slash]
    let filter = self.filter.map { filter -> DirectoryWalk.Filter in
      { below, isDirectory in
        var path = inner
        for index in below.indices { path.append(below[index]) }
        return filter(path.span, isDirectory)
      }
    }
    let table = try DirectoryWalk(root.appending(path), threads: 1, excluding: filter).run()
    guard !table.kinds.contains(where: { $0 == .link || $0 == .special }) else { return false }
    changes.skipped += table.skipped.map { inner + $0 }
    if table.count == 0 {
      changes.added.append(path: path, kind: .emptyDirectory, stamp: FileStamp(item.status))
    }
    for index in 0..<table.count {
      changes.added.append(
        path: inner + table.paths[index], kind: table.kinds[index], stamp: table.stamps[index])
    }
    return true
  }

  // MARK: Known paths

  /// A file, link or folder directly in a folder.
  private struct KnownChild {
    /// What is below it: of a file its own entry.
    let folder: KnownFolder
    let isFolder: Bool
    /// Where its name stands among the bytes of all paths.
    let name: Range<Int>
    /// Where the path that it ends begins.
    let folderStart: Int
  }

  private func child(at position: Int, of folder: KnownFolder) -> KnownChild {
    let path = known.paths.range(position)
    let start = path.lowerBound + folder.prefixCount
    let bytes = known.paths.bytes.span
    var end = start
    while end < path.upperBound, bytes[end] != RepositoryPath.slash { end += 1 }
    let isInner = end < path.upperBound
    let isEmpty = !isInner && known.kinds[position] == .emptyDirectory
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
    let (left, right) = (known.paths.range(index), known.paths.range(other))
    guard left.count >= count else { return false }
    let bytes = known.paths.bytes.span
    for offset in 0..<count
    where bytes[left.lowerBound + offset] != bytes[right.lowerBound + offset] {
      return false
    }
    return true
  }

  private func path(of folder: KnownFolder) -> [UInt8] {
    folder.isRoot ? [] : Array(known.paths[folder.entries.lowerBound].prefix(folder.pathCount))
  }

  private func prefix(of folder: KnownFolder) -> [UInt8] {
    folder.isRoot ? [] : path(of: folder) + [RepositoryPath.slash]
  }

  private func key(of child: KnownChild) -> [UInt8] {
    known.paths.bytes[child.name] + (child.isFolder ? [RepositoryPath.slash] : [])
  }
}
