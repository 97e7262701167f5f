import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest
import DverObjectStore
import DverParallel
import Synchronization

/// The manifest nodes under `.dver/manifests`, and where else a node may be found.
///
/// The pointer alone decides: a node's file is taken only if it has the digest that its parent
/// names, else the node is looked for by digest in the cache and in git.
struct ManifestFiles: Sendable {
  let workspace: Workspace
  /// The revision whose manifests these are, if not the workspace's own.
  var tree: GitObjectID?
  /// The remote that is asked first for what is nowhere else.
  var remote: String?

  init(workspace: Workspace, tree: GitObjectID? = nil, remote: String? = nil) {
    self.workspace = workspace
    self.tree = tree
    self.remote = remote
  }

  private var folder: AbsolutePath { workspace.dverFolder.appending("manifests") }

  func folder(of path: RepositoryPath) -> AbsolutePath {
    folder.appending(ManifestLocation.folder(of: path))
  }

  /// Where git keeps a node of the directory at `path`, counted from the workspace's root.
  static func gitPath(of path: RepositoryPath, _ location: RepositoryPath) -> RepositoryPath {
    RepositoryPath(normalized: Array(".dver/manifests".utf8))
      .appending(ManifestLocation.folder(of: path)).appending(location)
  }

  /// The bytes of a node of the tracked directory at `path`.
  func node(_ digest: Digest, _ location: RepositoryPath, of path: RepositoryPath) throws -> [UInt8]
  {
    if let bytes = try nodeFile(digest, location, of: path) { return bytes }
    if let bytes = try cached(digest) { return bytes }
    let gitPath = Self.gitPath(of: path, location)
    if let bytes = try workspace.nodeFromGit(digest, gitPath, tree: tree) { return bytes }
    if let bytes = workspace.nodeFromRemotes(digest, preferring: remote) { return bytes }
    throw ManifestLookupError(path: path, digest: digest)
  }

  /// The bytes of the file at a node's place, if they are the node's.
  func nodeFile(
    _ digest: Digest, _ location: RepositoryPath, of path: RepositoryPath
  ) throws -> [UInt8]? {
    let file = folder(of: path).appending(location)
    guard let bytes = try FileSystem.contents(of: file), SHA256.digest(of: bytes.span) == digest
    else { return nil }
    return bytes
  }

  private func cached(_ digest: Digest) throws -> [UInt8]? {
    do {
      return try workspace.cacheIfPresent()?.readIfPresent(digest)
    } catch StoreError.damaged {
      // There are other places to look.
      return nil
    }
  }

  func reader(of path: RepositoryPath) -> ManifestReader {
    ManifestReader(folder: Self.gitPath(of: path, .root)) { digest, location in
      try node(digest, location, of: path)
    }
  }

  /// All entries of the directory at `path` in the version with this root, but those in the nodes
  /// `known`.
  func entries(
    of path: RepositoryPath, root: Digest, outside known: Set<Digest> = []
  ) throws -> EntryTable {
    try reader(of: path).entries(of: root, outside: known)
  }

  /// Puts the nodes of a manifest into the store.
  func store(_ entries: EntryTable, in transaction: StoreTransaction) throws -> ManifestSummary {
    try store(entries, in: [transaction]).summary
  }

  /// Puts the nodes of a manifest into each of some stores, and names them.
  func store(
    _ entries: EntryTable, in transactions: [StoreTransaction]
  ) throws -> (summary: ManifestSummary, nodes: Set<Digest>) {
    let nodes = Mutex<Set<Digest>>([])
    let summary = try ManifestBuilder().build(entries) { node in
      for transaction in transactions {
        try transaction.store(node.bytes.span, digest: node.digest)
      }
      nodes.withLock { _ = $0.insert(node.digest) }
    }
    return (summary, nodes.withLock(\.self))
  }

  /// Makes the files under `.dver/manifests` those of the manifest with this root, all of whose
  /// nodes are in the cache or in the files already; removes the files of nodes that it does not
  /// have, all of them where `root` is `nil`.
  func replace(at path: RepositoryPath, root: Digest?) throws {
    let target = folder(of: path)
    try requireOwnFolders(through: target)
    guard let root else {
      try FileSystem.removeTree(target)
      try removeEmptyFolders(above: target)
      return
    }
    let nodes = try reader(of: path).nodes(of: root)
    let unsynced = Mutex<Set<AbsolutePath>>([])
    // The record of the operation, which would write the files once more, may be gone after a power
    // cut that takes them. Many would wait long for the disk; the data is still there to add again.
    let isSynced = nodes.count <= Self.syncedCount
    try parallelFor(chunks: nodes.count) { index in
      let (digest, location) = (nodes[index].digest, nodes[index].location)
      let file = target.appending(location)
      if let present = try FileSystem.contents(of: file), SHA256.digest(of: present.span) == digest
      {
        // Whoever wrote it may have died before it was safe.
        if isSynced {
          try OpenFile(file, .read).sync()
          unsynced.withLock { _ = $0.insert(file.parent) }
        }
        return
      }
      let bytes = try node(digest, location, of: path)
      try requireOwnFolders(through: file.parent)
      try FileSystem.makeDirectories(file.parent, synced: isSynced)
      try FileSystem.replaceContents(of: file, with: bytes, synced: isSynced, syncsName: false)
      unsynced.withLock { _ = $0.insert(file.parent) }
    }
    if isSynced {
      for folder in unsynced.withLock({ $0.sorted() }) { try FileSystem.syncDirectory(folder) }
    }
    try removeOthers(below: target, keeping: Set(nodes.map(\.location)))
  }

  private static let syncedCount = 8

  /// The places of the nodes whose files are missing or hold something else.
  ///
  /// - Throws: ``ManifestLookupError`` where a node is not to be found anywhere else either.
  func differingFiles(of path: RepositoryPath, root: Digest) throws -> [RepositoryPath] {
    let target = folder(of: path)
    return try reader(of: path).nodes(of: root).compactMap { found in
      let bytes = try FileSystem.contents(of: target.appending(found.location))
      if let bytes, SHA256.digest(of: bytes.span) == found.digest { return nil }
      _ = try node(found.digest, found.location, of: path)
      return found.location
    }
  }

  /// The files there are below the manifest folder of `path`, counted from the workspace's root.
  func presentFiles(of path: RepositoryPath) throws -> [RepositoryPath] {
    let target = folder(of: path)
    try requireOwnFolders(through: target)
    guard try FileSystem.exists(target) else { return [] }
    let found = try DirectoryWalk(target).run()
    let prefix = Self.gitPath(of: path, .root)
    return (0..<found.count).filter { found.kinds[$0] != .emptyDirectory }.map {
      prefix.appending(found.paths[$0])
    }
  }

  /// Refuses a folder that lies behind a link, which may have come with a repository: files
  /// somewhere else would be written and removed.
  private func requireOwnFolders(through last: AbsolutePath) throws {
    var folder = last
    while folder != workspace.dverFolder {
      if try FileSystem.status(of: folder)?.isLink == true {
        throw WorkspaceError.failed(
          "\(folder) is a symbolic link in the place of a folder of manifests",
          hint: "remove the link: dver makes the folder again")
      }
      folder = folder.parent
    }
  }

  private func removeOthers(below target: AbsolutePath, keeping: Set<RepositoryPath>) throws {
    let found = try DirectoryWalk(target).run()
    for index in 0..<found.count {
      let location = RepositoryPath(normalized: Array(found.paths[index]))
      guard !keeping.contains(location) else { continue }
      let file = target.appending(location)
      if found.kinds[index] == .emptyDirectory {
        try FileSystem.removeEmptyDirectory(file)
      } else {
        try FileSystem.removeFile(file)
      }
      try removeEmptyFolders(above: file)
    }
  }

  private func removeEmptyFolders(above path: AbsolutePath) throws {
    var folder = path.parent
    while folder != workspace.dverFolder, try FileSystem.removeEmptyDirectory(folder) {
      folder = folder.parent
    }
  }
}

/// A manifest node that is nowhere to be found.
struct ManifestLookupError: DverError {
  let path: RepositoryPath
  let digest: Digest

  var message: String { "the manifest of \(path) is incomplete: node \(digest) is missing" }
  var hint: String? {
    "run 'git checkout -- .dver/manifests' or 'dver fetch' to bring it back"
  }
  var exitStatus: ExitStatus { .damaged }
}
