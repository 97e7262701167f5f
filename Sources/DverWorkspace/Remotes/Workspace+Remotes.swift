import DverCore
import DverFileSystem
import DverGit
import DverObjectStore
import DverParallel
import DverRemote
import Synchronization

extension Workspace {
  /// Opens the store of a remote; `nil` where the remote was never used and nothing is there.
  ///
  /// - Throws: ``WorkspaceError/wrongStore(remote:path:expected:found:)`` where another store is
  ///   there than the one that the remote was used with, or none: most often a share that is not
  ///   mounted; ``WorkspaceError/remoteIsCache(_:)``.
  func open(_ entry: RemoteEntry) throws -> (any Remote)? {
    try openStore(of: entry).map { DirectoryRemote($0) }
  }

  /// The folder that a remote is; see ``open(_:)``.
  func openStore(of entry: RemoteEntry) throws -> ObjectStore? {
    if let url = entry.unsupportedURL { try Configuration.refuseSchemes(url, remote: entry.name) }
    guard let store = try ObjectStore.open(at: entry.path, leases: configuration().leases) else {
      guard let expected = entry.storeID else { return nil }
      throw WorkspaceError.wrongStore(
        remote: entry.name, path: entry.path.description, expected: expected, found: nil)
    }
    if let expected = entry.storeID, store.descriptor.id != expected {
      throw WorkspaceError.wrongStore(
        remote: entry.name, path: entry.path.description, expected: expected,
        found: store.descriptor.id)
    }
    try refuseCache(store, as: entry)
    return store
  }

  /// Refuses a remote that is the cache, maybe by another path: it would count as a second copy.
  private func refuseCache(_ store: ObjectStore, as entry: RemoteEntry) throws {
    guard try cacheIfPresent()?.descriptor.id == store.descriptor.id else { return }
    throw WorkspaceError.remoteIsCache(entry.name)
  }

  /// As ``open(_:)``; makes the store of a remote that was never used, and takes its identifier
  /// down, so that another one in its place is noticed.
  func openForWriting(_ entry: RemoteEntry) throws -> any Remote {
    if let remote = try open(entry) {
      if entry.storeID == nil { try note(remote.storeID, of: entry) }
      return remote
    }
    try refuseReservedStore(at: entry.path)
    let store = try ObjectStore.openOrCreate(
      at: entry.path, leases: configuration().leases)
    try refuseCache(store, as: entry)
    try note(store.descriptor.id, of: entry)
    return DirectoryRemote(store)
  }

  private func note(_ storeID: String, of entry: RemoteEntry) throws {
    // The system's file is not the user's to change.
    let level = entry.level == .system ? .local : entry.level
    try editConfiguration("dver push", at: level, isUndoable: false) { file in
      try file.set(Array("remote.\(entry.name).id".utf8), Array(storeID.utf8))
    }
  }

  /// A node of a manifest from whichever remote has it; remotes that cannot be read are passed over.
  func nodeFromRemotes(_ digest: Digest, preferring name: String?) -> [UInt8]? {
    guard let configuration = try? configuration(), let remotes = try? configuration.remotes()
    else { return nil }
    let preferred = name ?? remotes.first { $0.isDefault }?.name
    for entry in remotes.filter({ $0.name == preferred }) + remotes.filter({ $0.name != preferred })
    {
      if let remote = openForNodes(entry), let bytes = try? remote.read(digest) { return bytes }
    }
    return nil
  }

  /// Whether a remote has an object, or cannot be asked.
  func mayBeInRemote(_ digest: Digest) throws -> Bool {
    let batch = ObjectBatch(digests: [digest], sizes: [-1])
    return try remotes().contains { entry in
      do {
        return try open(entry)?.defects(among: batch).isEmpty == true
      } catch {
        return true
      }
    }
  }

  /// Each remote is tried once, for there may be thousands of nodes.
  private func openForNodes(_ entry: RemoteEntry) -> (any Remote)? {
    if let known = nodeRemotes.withLock({ $0[entry.name] }) { return known }
    let remote = try? open(entry)
    nodeRemotes.withLock { $0[entry.name] = .some(remote) }
    return remote
  }

  /// How to copy to or from a remote, with progress.
  func settings(for entry: RemoteEntry, _ options: TransferOptions) throws -> TransferSettings {
    let progress = progress
    return TransferSettings(
      threads: try options.jobs ?? entry.jobs ?? Self.standardJobs(at: entry.path),
      onBytes: { try progress.advance(bytes: $0) }, onObject: { try progress.advance(items: 1) })
  }

  /// A disk serves as many threads as can hash; a network has answers to wait for.
  private static func standardJobs(at path: AbsolutePath) throws -> Int {
    guard try FileSystem.exists(path), try FileSystem.traits(of: path).isNetwork else {
      return processorCount
    }
    return processorCount * 4
  }
}
