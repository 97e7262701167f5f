import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverParallel

/// Finds out what a path holds, hashing only what its status says has changed, and on request puts
/// it into a store in the same pass.
struct ContentScanner: Sendable {
  let workspace: Workspace
  /// Where to put what is found; `nil` to hash only.
  var transaction: StoreTransaction?
  /// Whether that is the cache, of which it is remembered what it has.
  var storesInCache = true
  var linkTypes: [LinkType] = LinkType.standard
  /// Whether the status of files is to be believed.
  var usesIndex = true

  /// What is at `path`; a link at its end counts as missing unless it leads into a store.
  func content(of path: RepositoryPath) throws -> WorkspaceContent {
    try content(at: workspace.root.appending(path), key: path)
  }

  /// What is at a place anywhere.
  ///
  /// - Parameter key: The name under which its stat is remembered: the path in the workspace, if
  ///   it has one.
  func content(at absolute: AbsolutePath, key path: RepositoryPath) throws -> WorkspaceContent {
    guard let status = try FileSystem.status(of: absolute) else { return .missing }
    switch status.kind {
    case .file:
      return .file(try file(at: absolute, path: path, status: status))
    case .directory:
      return .directory(try directory(at: absolute, path: path))
    case .link:
      guard let object = try workspace.object(behindLink: absolute) else { return .missing }
      return .file(
        FileContent(
          digest: object.digest, size: object.size, isExecutable: false, stamp: FileStamp(status)))
    case .special:
      throw ContentError.special(path.description)
    }
  }

  // MARK: Single files

  private func file(
    at absolute: AbsolutePath, path: RepositoryPath, status: FileStatus
  ) throws -> FileContent {
    let stamp = FileStamp(status)
    if usesIndex, let known = try workspace.fileIndex.lookup(path, stamp: stamp) {
      let content = FileContent(
        digest: known.digest, size: status.size, isExecutable: status.isExecutable, stamp: stamp)
      guard let transaction else { return content }
      let defects = try transaction.store.defects(
        among: [known.digest], sizes: [status.size],
        changedSince: storesInCache ? known.storedAt : nil)
      if try defects.allSatisfy({
        guard case .suspect = $0.defect else { return false }
        return try transaction.store.isIntact(known.digest)
      }) {
        return content
      }
    }
    workspace.progress.begin(
      transaction == nil ? "Hashing" : "Storing", byteCount: status.size, itemCount: 1)
    var hasher = FileHasher()
    let hashed = try hash(absolute, using: &hasher)
    let content = FileContent(
      digest: hashed.digest, size: hashed.status.size, isExecutable: hashed.status.isExecutable,
      stamp: FileStamp(hashed.status))
    guard usesIndex else { return content }
    try workspace.fileIndex.update(
      path, content: content,
      isTrusted: hashed.isVouchedFor(on: try workspace.clockPlace(of: content.stamp.device)))
    return content
  }

  private func hash(_ path: AbsolutePath, using hasher: inout FileHasher) throws -> HashedFile {
    let progress = workspace.progress
    let advance: (Int) throws -> Void = { try progress.advance(bytes: $0) }
    guard let transaction else {
      return try hasher.digest(ofFileAt: path, progress: advance)
    }
    if linkTypes.first == .hardlink || linkTypes.first == .symlink {
      let status = try FileSystem.status(of: path)
      if let status, !status.isExecutable, status.size > 0,
        let adopted = try transaction.adopt(fileAt: path, using: &hasher, progress: advance)
      {
        return adopted
      }
    }
    return try transaction.store(
      fileAt: path, reflink: linkTypes.contains(.reflink), using: &hasher, progress: advance)
  }

  // MARK: Directories

  private func directory(
    at absolute: AbsolutePath, path: RepositoryPath
  ) throws -> DirectoryContent {
    let known = usesIndex ? try workspace.directoryIndex(of: path) : nil
    let found = try DirectoryWalk(absolute, excluding: try workspace.ignoreFilter(below: path))
      .run()
    var scan = DirectoryScan(
      folder: absolute, found: found, known: known ?? StatIndex(), isComplete: known?.name != nil)
    try scan.match(workspace: workspace)
    try check(scan, path: path)
    if let transaction {
      try scan.distrustLost(
        in: transaction.store, since: storesInCache ? scan.known.storedAt : nil)
    }
    let pending = scan.unknown
    if !pending.isEmpty {
      workspace.progress.begin(
        transaction == nil ? "Hashing" : "Storing",
        byteCount: pending.reduce(0) { $0 + found.stamps[$1].size }, itemCount: Int64(pending.count)
      )
      for start in stride(from: 0, to: pending.count, by: Self.portionCount) {
        let count = min(Self.portionCount, pending.count - start)
        let hashed = try parallelMap(count: count, state: { FileHasher() }) { hasher, index in
          let result = try self.hash(
            absolute.appending(found.paths[pending[start + index]]), using: &hasher)
          try self.workspace.progress.advance()
          return result
        }
        try scan.fill(hashed, from: start, workspace: workspace)
      }
    }
    let result = try scan.content()
    if usesIndex, scan.hasNews || transaction != nil {
      try saveIndex(result, stamps: scan.trustedStamps, storedAt: scan.known.storedAt, of: path)
    }
    return result
  }

  /// So many files at once: what is known of each meanwhile takes more memory than what is kept.
  private static let portionCount = 1 << 16

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

  private func check(_ scan: DirectoryScan, path: RepositoryPath) throws {
    for index in 0..<scan.found.count {
      if scan.found.kinds[index] == .special {
        throw ContentError.special(
          path.appending(scan.found.paths[index]).description)
      }
    }
  }
}
