import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverParallel
import Glibc

/// Finds out what a path holds, hashing only what its status says has changed, and on request puts
/// it into a store in the same pass.
struct ContentScanner: Sendable {
  let workspace: Workspace
  /// Where to put what is found; `nil` to hash only.
  var transaction: StoreTransaction?
  /// Whether that is the cache, of which it is remembered what it has.
  var storesInCache = true
  var linkTypes: [LinkType] = LinkType.standard
  /// Whether links into a store that lead nowhere count as the files that they stood for.
  var countsDangling = false
  /// Whether those are passed over also where content is stored: they hold nothing to be kept.
  var omitsDangling = false
  /// Whether the status of files is to be believed.
  var usesIndex = true
  /// Whether a single file is all that is stored, and is to be seen at once.
  var storesAlone = false

  /// What is at `path`; a link at its end counts as missing unless it leads into a store.
  func content(of path: RepositoryPath) throws -> WorkspaceContent {
    try content(at: workspace.root.appending(path), key: path)
  }

  /// What a tracked path holds. An output of a stage that is a link of the user's is what it leads to,
  /// as for the stages that read it.
  func content(of output: TrackedOutput) throws -> WorkspaceContent {
    guard case .stage = output.origin else { return try content(of: output.path) }
    let place = try workspace.place(behindLink: workspace.root.appending(output.path))
    return try content(at: place, key: output.path)
  }

  /// What is at a place anywhere.
  ///
  /// - Parameter key: The name under which its stat is remembered: the path in the workspace, if
  ///   it has one.
  func content(at absolute: AbsolutePath, key path: RepositoryPath) throws -> WorkspaceContent {
    guard let status = try FileSystem.status(of: absolute) else { return .missing }
    return try content(at: absolute, key: path, status: status)
  }

  /// As ``content(at:key:)``, of something that was looked at.
  func content(
    at absolute: AbsolutePath, key path: RepositoryPath, status: FileStatus
  ) throws -> WorkspaceContent {
    switch status.kind {
    case .file:
      return .file(try file(at: absolute, path: path, status: status))
    case .directory:
      return .directory(try directory(at: absolute, path: path))
    case .link:
      return try content(ofLink: absolute, path: path, status: status)
    case .special:
      try passOver(path)
      return .missing
    }
  }

  /// A FIFO, socket or device is refused where it would be stored; whoever only looks leaves it out
  /// and says so, for the rest can be looked at.
  private func passOver(_ path: RepositoryPath) throws {
    guard transaction == nil else { throw ContentError.special(path.description) }
    workspace.notices.warning(ContentError.special(workspace.displayed(path)).message)
  }

  // MARK: Links into a store

  /// What a link into a store stands for. Where it leads nowhere, nothing is there; to be stored, its
  /// object must be in the cache already, as after that has moved.
  private func content(
    ofLink link: AbsolutePath, path: RepositoryPath, status: FileStatus
  ) throws -> WorkspaceContent {
    guard let object = try workspace.object(behindLink: link) else { return .missing }
    guard try isPlaced(object, path: path) else { return .missing }
    // Whoever writes through the link changes the object: what counts is what can be read.
    if let status = object.status {
      return .file(try file(at: link, isLink: true, path: path, status: status))
    }
    return .file(
      FileContent(
        digest: object.digest, size: try workspace.byteCountInCache(of: object.digest) ?? 0,
        isExecutable: false, stamp: FileStamp(status)))
  }

  /// Whether a link leads to its object, or need not where that is to be stored and is in the cache.
  ///
  /// - Throws: Where it does not, though it is to be stored: there is nothing to store.
  private func isPlaced(
    _ object: (digest: Digest, status: FileStatus?), path: RepositoryPath
  ) throws -> Bool {
    if object.status != nil || countsDangling { return true }
    guard transaction != nil, !omitsDangling else { return false }
    if storesInCache, try workspace.byteCountInCache(of: object.digest) != nil { return true }
    workspace.warnOfQuarantined([path])
    throw WorkspaceError.missingData([workspace.displayed(path)])
  }

  // MARK: Single files

  /// - Parameters:
  ///   - isLink: Whether it is a link into a store.
  ///   - status: That of what is read.
  private func file(
    at absolute: AbsolutePath, isLink: Bool = false, path: RepositoryPath, status: FileStatus
  ) throws -> FileContent {
    let stamp = FileStamp(status)
    if usesIndex, let known = try workspace.fileIndex.lookup(path, stamp: stamp) {
      let content = FileContent(
        digest: known.digest, size: status.size, isExecutable: status.isExecutable, stamp: stamp)
      if try isStored(content, since: storesInCache ? known.storedAt : nil) {
        if transaction != nil, storesInCache { workspace.fileIndex.noteSound(path) }
        return content
      }
    }
    workspace.progress.begin(
      transaction == nil ? "Hashing" : "Storing", byteCount: status.size, itemCount: 1)
    try awaitVouching(for: stamp)
    var hasher = FileHasher(expecting: status.size)
    let hashed = try hash(absolute, isLink: isLink, using: &hasher)
    let content = FileContent(
      digest: hashed.digest, size: hashed.status.size, isExecutable: hashed.status.isExecutable,
      stamp: FileStamp(hashed.status))
    guard usesIndex else { return content }
    try workspace.fileIndex.update(
      path, content: content,
      isTrusted: hashed.isVouchedFor(on: try workspace.clockPlace(of: content.stamp.device)))
    if transaction != nil, storesInCache { workspace.fileIndex.noteSound(path) }
    return content
  }

  /// Waits until the status of a file that was just made can vouch for it, where hashing it once more some
  /// day would take longer.
  private func awaitVouching(for stamp: FileStamp) throws {
    guard usesIndex, stamp.size >= Self.leastAwaitedByteCount else { return }
    // The clock moves in ticks, and may be behind.
    for _ in 0..<Self.mostWaits {
      let delay = try workspace.delay(untilVouchedFor: stamp)
      // A gigabyte a second is usual.
      guard delay > 0, delay <= min(stamp.size, FileClock.coarseTick) else { return }
      usleep(UInt32(delay / 1000 + 1))
    }
  }

  private static let mostWaits = 4

  private static let leastAwaitedByteCount: Int64 = 1 << 20

  /// - Parameter isLink: Whether the file is one into a store, which is read through.
  private func hash(
    _ path: AbsolutePath, isLink: Bool = false, using hasher: inout FileHasher
  ) throws -> HashedFile {
    guard isLink else { return try hash(fileAt: path, isOwn: true, using: &hasher) }
    do {
      let hashed = try hash(fileAt: path.resolvingLinks(), isOwn: false, using: &hasher)
      if try FileSystem.status(of: path)?.isLink == true { return hashed }
    } catch let error as FileSystemError {
      guard error.isNotFound, try FileSystem.status(of: path)?.isFile == true else { throw error }
    }
    // Another thread found the object damaged, and a copy of what it was has the place of the link.
    return try hash(fileAt: path, isOwn: true, using: &hasher)
  }

  /// - Parameter isOwn: Whether the file may become the object itself.
  private func hash(
    fileAt path: AbsolutePath, isOwn: Bool, using hasher: inout FileHasher
  ) throws -> HashedFile {
    let progress = workspace.progress
    let advance: (Int) throws -> Void = { try progress.advance(bytes: $0) }
    guard let transaction else {
      return try hasher.digest(ofFileAt: path, progress: advance)
    }
    if isOwn, linkTypes.first == .hardlink || linkTypes.first == .symlink {
      let status = try FileSystem.status(of: path)
      if let status, !status.isExecutable, status.size > 0,
        let adopted = try transaction.adopt(fileAt: path, using: &hasher, progress: advance)
      {
        return adopted
      }
    }
    return try transaction.store(
      fileAt: path, reflink: linkTypes.contains(.reflink), isAlone: storesAlone, using: &hasher,
      progress: advance)
  }

  /// Whether the store has the content, and sound; so it is where nothing is to be stored.
  ///
  /// - Parameter since: When it was last known to be there.
  private func isStored(_ content: FileContent, since: FileClock?) throws -> Bool {
    guard let transaction else { return true }
    let defects = try transaction.store.defects(
      among: [content.digest], sizes: [content.size], changedSince: since)
    return try defects.allSatisfy {
      guard case .suspect = $0.defect else { return false }
      return try transaction.store.isIntact(content.digest)
    }
  }

  // MARK: Directories

  private func directory(
    at absolute: AbsolutePath, path: RepositoryPath
  ) throws -> DirectoryContent {
    var scan = try scan(absolute, path: path)
    workspace.pointerNames.note(scan.entries.paths, in: path)
    if let transaction {
      try scan.distrustLost(
        in: transaction.store, since: storesInCache ? scan.storedAt : nil)
    }
    let (pending, found) = (scan.unknown, scan)
    if !pending.isEmpty {
      workspace.progress.begin(
        transaction == nil ? "Hashing" : "Storing",
        byteCount: scan.unknownByteCount, itemCount: Int64(pending.count))
      var threads = AdaptiveThreads()
      var start = 0
      while start < pending.count {
        let count = start < Self.portionCount ? Self.firstCount : Self.portionCount
        let portion = pending[start...].prefix(count)
        let byteCount = portion.reduce(0) { $0 + found.entries.sizes[$1] }
        // To open a file takes about as long as to hash so much.
        let size = Double(portion.count) + Double(byteCount) / 16384
        let hashed = try threads.portion(size: size) { threads in
          try hash(portion, of: found, in: absolute, threads: threads)
        }
        try scan.fill(hashed, from: start, workspace: workspace)
        start += portion.count
      }
    }
    let result = try scan.content()
    if usesIndex, scan.hasNews || transaction != nil {
      try saveIndex(result, stamps: scan.trustedStamps, storedAt: scan.storedAt, of: path)
    }
    return result
  }

  /// Hashes some of a directory's files, and stores them where that is asked for.
  private func hash(
    _ portion: ArraySlice<Int>, of found: DirectoryScan, in folder: AbsolutePath, threads: Int
  ) throws -> [HashedFile] {
    try parallelMap(count: portion.count, threads: threads, state: { FileHasher() }) {
      hasher, index in
      let entry = portion[portion.startIndex + index]
      let file = folder.appending(found.entries.paths[entry])
      if found.entries.sizes[entry] >= Self.leastAwaitedByteCount,
        let status = try FileSystem.status(of: file)
      {
        try self.awaitVouching(for: FileStamp(status))
      }
      let result = try self.hash(file, isLink: found.isStoreLink(entry), using: &hasher)
      try self.workspace.progress.advance()
      return result
    }
  }

  /// What a directory holds and what of it is to be hashed. Where much of it is known, names need be
  /// neither kept nor sorted.
  private func scan(_ absolute: AbsolutePath, path: RepositoryPath) throws -> DirectoryScan {
    let filter = try workspace.ignoreFilter(below: path)
    let known = usesIndex ? try workspace.directoryIndex(of: path) : nil
    if let known,
      let changes = try KnownDirectoryWalk(
        absolute, known: known.entries, stamps: known.stamps, excluding: filter
      ).run()
    {
      return DirectoryScan(folder: absolute, known: known, changes: changes)
    }
    let found = try DirectoryWalk(absolute, excluding: filter).run()
    return try DirectoryScan(
      folder: absolute, found: try storable(found, at: absolute, path: path), known: known,
      workspace: workspace)
  }

  /// So many files at once: what is known of each meanwhile takes more memory than what is kept.
  private static let portionCount = 1 << 14
  /// And so many at first, until it is known how many threads they keep busy.
  private static let firstCount = 1 << 10

  /// Remembers a directory; where its objects were stored, as soon as they can be seen.
  private func saveIndex(
    _ result: DirectoryContent, stamps: [FileStamp], storedAt: FileClock, of path: RepositoryPath
  ) throws {
    guard let transaction, storesInCache else {
      return try workspace.saveDirectoryIndex(
        StatIndex(
          entries: result.entries, stamps: stamps, name: result.name, storedAt: storedAt),
        of: path)
    }
    let workspace = workspace
    transaction.afterwards {
      try workspace.saveDirectoryIndex(
        StatIndex(
          entries: result.entries, stamps: stamps, name: result.name, storedAt: FileClock.now()),
        of: path)
    }
  }

  /// What was found but for FIFOs, sockets and devices, and for links into a store that lead nowhere.
  private func storable(
    _ found: FileTable, at folder: AbsolutePath, path: RepositoryPath
  ) throws -> FileTable {
    guard found.kinds.contains(where: { $0 == .special || $0 == .link }) else { return found }
    var omitted: Set<Int> = []
    for index in 0..<found.count {
      switch found.kinds[index] {
      case .special:
        try passOver(path.appending(found.paths[index]))
        omitted.insert(index)
      case .link:
        let link = folder.appending(found.paths[index])
        guard let object = try workspace.object(behindLink: link) else { continue }
        if try !isPlaced(object, path: path.appending(found.paths[index])) { omitted.insert(index) }
      case .file, .executable, .emptyDirectory: continue
      }
    }
    guard !omitted.isEmpty else { return found }
    var rest = FileTable()
    rest.skipped = found.skipped
    for index in 0..<found.count where !omitted.contains(index) {
      rest.append(path: found.paths[index], kind: found.kinds[index], stamp: found.stamps[index])
    }
    return rest
  }
}
