import CSystem
import DverCore
import Glibc

/// A directory to list, and where its own entry stands.
struct Folder: Sendable {
  let path: [UInt8]
  let parent: EntryReference?
}

/// An entry in the arena of one thread.
struct EntryReference: Sendable {
  let arena: Int
  let entry: Int
}

/// What one thread of a walk has found: directories, each with its sorted entries.
struct WalkArena: Sendable {
  struct Entry: Sendable {
    /// Where the name stands in `names`.
    var nameStart: Int
    var nameCount: Int
    var kind: FileTable.Kind?
    var stamp: FileStamp

    /// A directory that was listed: `stamp` then says where.
    var isDirectory: Bool { kind == nil }
  }

  struct Directory: Sendable {
    let parent: EntryReference?
    let entries: Range<Int>
  }

  let number: Int
  private(set) var names: [UInt8] = []
  private(set) var entries: [Entry] = []
  private(set) var directories: [Directory] = []
  private(set) var skipped: [[UInt8]] = []

  private let skipsFiles: Bool

  init(number: Int, skipsFiles: Bool) {
    self.number = number
    self.skipsFiles = skipsFiles
  }

  func name(of entry: Entry) -> ArraySlice<UInt8> {
    names[entry.nameStart..<entry.nameStart + entry.nameCount]
  }

  /// Lists `folder`, hands the directories in it to `found`, and keeps its entries in order.
  mutating func list(
    _ folder: Folder, root: AbsolutePath, filter: DirectoryWalk.Filter?,
    found: ([Folder]) -> Void
  ) throws {
    let start = entries.count
    try read(folder, root: root, filter: filter)
    sort(from: start)
    let listed = start..<entries.count
    directories.append(Directory(parent: folder.parent, entries: listed))
    var folders: [Folder] = []
    for index in listed where entries[index].isDirectory {
      var path = folder.path
      if !path.isEmpty { path.append(RepositoryPath.slash) }
      path.append(contentsOf: name(of: entries[index]))
      folders.append(
        Folder(path: path, parent: EntryReference(arena: number, entry: index)))
    }
    if !folders.isEmpty { found(folders) }
  }

  private mutating func read(
    _ folder: Folder, root: AbsolutePath, filter: DirectoryWalk.Filter?
  ) throws {
    let path = root.appending(folder.path)
    guard
      let directory = try OpenFile.ifPresent(path, .directory, followsLinks: folder.parent == nil)
    else {
      // Removed since it was seen; only the directory of the walk itself must be there.
      if folder.parent == nil { throw FileSystemError(.find, path, code: ENOENT) }
      return
    }
    var checkedPath = folder.path
    if !checkedPath.isEmpty { checkedPath.append(RepositoryPath.slash) }
    let prefixCount = checkedPath.count
    try DirectoryReader.forEachEntry(of: directory) { item in
      if skipsFiles, item.isSurelyFile { return }
      var status = stat()
      let flags = AT_SYMLINK_NOFOLLOW
      guard unsafe fstatat(directory.descriptor, item.nameStart, &status, flags) == 0 else {
        if errno == ENOENT { return }
        throw FileSystemError(.stat, path.appending(item.name))
      }
      let nameStart = names.count
      let nameCount = item.nameCount
      unsafe names.append(
        contentsOf: UnsafeRawBufferPointer(start: item.nameStart, count: nameCount))
      let found = FileStatus(status)
      if isReserved(nameStart) {
        skipped.append(checkedPath + names[nameStart...])
        names.removeLast(nameCount)
        return
      }
      if let filter {
        checkedPath.append(contentsOf: names[nameStart...])
        let isExcluded = filter(checkedPath.span, found.isDirectory)
        checkedPath.removeLast(checkedPath.count - prefixCount)
        if isExcluded {
          names.removeLast(nameCount)
          return
        }
      }
      entries.append(
        Entry(
          nameStart: nameStart, nameCount: nameCount, kind: kind(of: found),
          stamp: FileStamp(found)))
    }
  }

  private func kind(of status: FileStatus) -> FileTable.Kind? {
    switch status.kind {
    case .directory: nil
    case .file: status.isExecutable ? .executable : .file
    case .link: .link
    case .special: .special
    }
  }

  private func isReserved(_ start: Int) -> Bool {
    names[start] == UInt8(ascii: ".") && ReservedName.contains(names[start...])
  }

  /// Sorts the entries of one directory by name, a directory's with a `/` behind it.
  private mutating func sort(from start: Int) {
    guard entries.count - start > 1 else { return }
    // Comparing eight bytes at once settles most pairs.
    let keys = (start..<entries.count).map { (prefix: prefix(of: entries[$0]), index: $0) }
    let sorted = keys.sorted { left, right in
      if left.prefix != right.prefix { return left.prefix < right.prefix }
      return precedes(entries[left.index], entries[right.index])
    }
    let ordered = sorted.map { entries[$0.index] }
    entries.replaceSubrange(start..., with: ordered)
  }

  private func prefix(of entry: Entry) -> UInt64 {
    var prefix: UInt64 = 0
    for offset in 0..<8 { prefix = prefix << 8 | UInt64(byte(offset, of: entry)) }
    return prefix
  }

  private func precedes(_ left: Entry, _ right: Entry) -> Bool {
    for offset in 0...min(left.nameCount, right.nameCount) {
      let (a, b) = (byte(offset, of: left), byte(offset, of: right))
      if a != b { return a < b }
    }
    return left.nameCount < right.nameCount
  }

  /// Byte `offset` of the name as it is compared; 0 behind its end.
  private func byte(_ offset: Int, of entry: Entry) -> UInt8 {
    if offset < entry.nameCount { return names[entry.nameStart + offset] }
    return offset == entry.nameCount && entry.isDirectory ? RepositoryPath.slash : 0
  }
}

/// Puts the arenas of all threads together: one table in path order.
struct WalkAssembly {
  private let arenas: [WalkArena]
  /// For each arena and entry that is a directory: where its listing stands.
  private var listings: [[Int: (arena: Int, directory: Int)]]
  private var root: (arena: Int, directory: Int)?

  init(arenas: [WalkArena]) {
    self.arenas = arenas
    listings = Array(repeating: [:], count: (arenas.map(\.number).max() ?? 0) + 1)
    for (position, arena) in arenas.enumerated() {
      for (index, directory) in arena.directories.enumerated() {
        if let parent = directory.parent {
          listings[parent.arena][parent.entry] = (position, index)
        } else {
          root = (position, index)
        }
      }
    }
  }

  func table() -> FileTable {
    var table = FileTable()
    table.reserveCapacity(
      arenas.reduce(0) { $0 + $1.entries.count },
      pathByteCount: arenas.reduce(0) { $0 + $1.names.count })
    if let root { append(root.arena, root.directory, folder: [], to: &table) }
    table.skipped = arenas.flatMap(\.skipped).sorted { $0.lexicographicallyPrecedes($1) }
    return table
  }

  private func append(
    _ arenaIndex: Int, _ directoryIndex: Int, folder: [UInt8], to table: inout FileTable
  ) {
    let arena = arenas[arenaIndex]
    for index in arena.directories[directoryIndex].entries {
      let entry = arena.entries[index]
      let name = arena.name(of: entry)
      guard entry.isDirectory else {
        table.append(folder: folder, name: name, kind: entry.kind ?? .special, stamp: entry.stamp)
        continue
      }
      guard let listing = listings[arena.number][index] else { continue }
      let before = table.count
      var path = folder
      if !path.isEmpty { path.append(RepositoryPath.slash) }
      path.append(contentsOf: name)
      append(listing.arena, listing.directory, folder: path, to: &table)
      if table.count == before {
        table.append(folder: folder, name: name, kind: .emptyDirectory, stamp: entry.stamp)
      }
    }
  }
}

extension FileTable {
  mutating func reserveCapacity(_ count: Int, pathByteCount: Int) {
    paths.reserveCapacity(count, byteCount: pathByteCount * 2)
    kinds.reserveCapacity(count)
    stamps.reserveCapacity(count)
  }

  mutating func append(
    folder: [UInt8], name: ArraySlice<UInt8>, kind: Kind, stamp: FileStamp
  ) {
    paths.append(folder, name)
    kinds.append(kind)
    stamps.append(stamp)
  }
}
