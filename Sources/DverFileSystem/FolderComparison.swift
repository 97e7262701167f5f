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
    let path = root.appending(known.path(of: folder))
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
    case .same(let names):
      if try names == self.names(directory, of: folder) {
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
    /// All known entries are there, under these names.
    case same(NameSum)
    /// Some are not.
    case moved
    /// Something stands there that a full walk has to look at.
    case unclear
  }

  /// Looks at all known entries directly in a folder.
  private mutating func compareChildren(
    of folder: KnownFolder, in directory: borrowing OpenFile, folders: inout [KnownFolder]
  ) throws -> Outcome {
    var names = NameSum()
    var position = folder.isEmpty ? folder.entries.upperBound : folder.entries.lowerBound
    while position < folder.entries.upperBound {
      let child = known.child(at: position, of: folder)
      guard let status = try status(of: child, in: directory) else { return .moved }
      if child.isFolder {
        guard status.isDirectory else { return .moved }
        folders.append(child.folder)
      } else if let outcome = compareFile(position, status) {
        return outcome
      }
      names.add(name.dropLast())
      position = child.folder.entries.upperBound
    }
    return .same(names)
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

  /// The names of the entries of a folder that are not ignored.
  private mutating func names(
    _ directory: borrowing OpenFile, of folder: KnownFolder
  ) throws -> NameSum {
    var names = NameSum()
    var path: [UInt8] = []
    let prefix = known.prefix(of: folder)
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
      unsafe names.add(UnsafeBufferPointer(start: item.nameStart, count: item.nameCount))
    }
    return names
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
    guard let items = try items(of: folder, at: path) else {
      // Removed since its parent was looked at.
      changes.removed += folder.entries
      return true
    }
    if folder.isEmpty, items.isEmpty { return true }
    if folder.isEmpty { changes.removed.append(folder.entries.lowerBound) }
    if items.isEmpty, !folder.isRoot {
      changes.added.append(
        path: known.path(of: folder), kind: .emptyDirectory,
        stamp: FileStamp.none)
    }
    var folders: [KnownFolder] = []
    var position = folder.isEmpty ? folder.entries.upperBound : folder.entries.lowerBound
    for item in items {
      let key = item.key
      var match: KnownChild?
      while match == nil, position < folder.entries.upperBound {
        let child = known.child(at: position, of: folder)
        let childKey = known.key(of: child)
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

  /// What a folder lists, in order and without what is ignored; `nil` where it is gone.
  private mutating func items(of folder: KnownFolder, at path: AbsolutePath) throws -> [Item]? {
    guard
      let directory = try OpenFile.ifPresent(path, .directory, followsLinks: folder.isRoot)
    else { return nil }
    var items: [(key: [UInt8], item: Item)] = []
    let prefix = known.prefix(of: folder)
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
    let path = known.prefix(of: folder) + item.name
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
    let table: FileTable
    do {
      table = try DirectoryWalk(root.appending(path), threads: 1, excluding: filter).run()
    } catch let error as FileSystemError where error.isNotFound {
      // Removed since it was listed.
      return try FileSystem.status(of: root.appending(path)) == nil
    }
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
}
