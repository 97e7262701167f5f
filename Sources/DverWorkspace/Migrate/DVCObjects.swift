import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverParallel

/// The content that a DVC project names, taken over into an object store.
struct DVCObjects {
  struct Object: Sendable {
    let digest: Digest
    /// Bytes.
    let size: Int64
  }

  private let project: DVCProject
  private let workspace: Workspace
  private let transaction: StoreTransaction
  private var objects: [DVCHash: Object] = [:]
  private var listings: [DVCHash: DVCListing] = [:]

  init(_ project: DVCProject, _ workspace: Workspace, _ transaction: StoreTransaction) {
    self.project = project
    self.workspace = workspace
    self.transaction = transaction
  }

  subscript(hash: DVCHash) -> Object? { objects[hash] }
  func listing(_ hash: DVCHash) -> DVCListing? { listings[hash] }

  /// Takes over all that these records name and that can be found: in the cache, in the workspace,
  /// in remotes that are folders.
  ///
  /// - Parameter wanted: Each with the path in the workspace.
  mutating func take(_ wanted: [(hash: DVCHash, path: RepositoryPath)]) throws {
    var files: [DVCHash: RepositoryPath] = [:]
    for (hash, path) in wanted {
      if !hash.isDirectory {
        files[hash] = path
        continue
      }
      if listings[hash] == nil { listings[hash] = try readListing(hash) }
      for file in listings[hash]?.files ?? [] { files[file.hash] = path.appending(file.path) }
    }
    let missing = files.filter { objects[$0.key] == nil }.sorted { $0.value < $1.value }
    let (project, workspace, transaction) = (project, workspace, transaction)
    workspace.progress.begin("Taking over", itemCount: Int64(missing.count))
    let found = try parallelMap(count: missing.count, state: { FileHasher() }) { hasher, index in
      let object = try Self.object(
        missing[index].key, at: missing[index].value, project, transaction, &hasher)
      try workspace.progress.advance()
      return object
    }
    for (file, object) in zip(missing, found) { objects[file.key] = object }
  }

  private func readListing(_ hash: DVCHash) throws -> DVCListing? {
    for file in try project.files(of: hash) where try hash.isHash(ofFileAt: file) {
      let bytes = try FileSystem.contents(of: file) ?? []
      return try DVCListing(bytes, of: hash, source: file.description)
    }
    return nil
  }

  /// Only files that still have the MD5 that names them are taken.
  private static func object(
    _ hash: DVCHash, at path: RepositoryPath, _ project: DVCProject,
    _ transaction: StoreTransaction, _ hasher: inout FileHasher
  ) throws -> Object? {
    for file in try project.files(of: hash) where try hash.isHash(ofFileAt: file) {
      // A link that leads to the object cannot be linked to itself.
      let file = try file.resolvingLinks()
      let size = try FileSystem.status(of: file)?.size ?? 0
      // Only of its own cache the project may lose the right to change a file in place.
      if size > Int64(StoreTransaction.packedByteLimit),
        project.ownCache.map({ file.relative(to: $0) != nil }) == true,
        let adopted = try transaction.adopt(fileAt: file, using: &hasher)
      {
        return Object(digest: adopted.digest, size: adopted.status.size)
      }
      let stored = try transaction.store(fileAt: file, reflink: true, using: &hasher)
      return Object(digest: stored.digest, size: stored.status.size)
    }
    let file = project.root.appending(path)
    guard try FileSystem.status(of: file)?.isFile == true, try hash.isHash(ofFileAt: file) else {
      return nil
    }
    let stored = try transaction.store(fileAt: file, reflink: true, using: &hasher)
    return Object(digest: stored.digest, size: stored.status.size)
  }
}

extension DVCObjects {
  /// Removes from a cache what was taken over, then the folders that are empty.
  func removeTaken(from cache: AbsolutePath) throws {
    for hash in objects.keys { try FileSystem.removeFile(cache.appending(hash.objectPath)) }
    for hash in listings.keys {
      try FileSystem.removeFile(cache.appending(hash.objectPath))
    }
    try Self.removeEmptyFolders(in: cache)
  }

  private static func removeEmptyFolders(in folder: AbsolutePath) throws {
    for entry in try FileSystem.entries(in: folder) ?? [] where entry.isDirectory {
      try removeEmptyFolders(in: folder.appending(entry.name))
    }
    // One that is not empty stays.
    _ = try? FileSystem.removeEmptyDirectory(folder)
  }
}
