import DverCore
import DverFileSystem
import DverGit
import DverObjectStore
import Glibc

/// A store that is collected in.
struct CollectPlace: Sendable {
  /// `the cache`, or a remote.
  let name: String
  let store: ObjectStore
  /// Whether others than the work trees of this repository may use it.
  let isShared: Bool
  /// Whether it is where the workspace takes its files from.
  let isCache: Bool
  /// The root of the other workspace whose `.dver` it lies in; `nil` where there is none.
  let host: AbsolutePath?
  /// As what this project has its lists there; `nil` where it has none.
  let project: String?

  /// Files in the trash, and their bytes.
  func trashContent() throws -> CollectSummary.Amount {
    let content = try store.trashContent()
    return CollectSummary.Amount(count: content.fileCount, byteCount: content.byteCount)
  }

  /// Holds the right to collect, as long as it lives.
  func lease(_ command: String, for workspace: Workspace) throws -> Lease {
    let folder = store.folder.appending("leases")
    try FileSystem.makeSharedDirectories(folder)
    let file = folder.appending("collect")
    let lease = try Lease(
      file, purpose: command, settings: store.leases, scratch: store.scratchFolder,
      timeout: workspace.configuration().lockTimeout,
      check: { try workspace.requireNoInterruption() }
    ) { workspace.notices.status("Waiting for \($0)") }
    if try FileSystem.status(of: folder)?.isSharedFolder == true {
      // The first one decides; to the others the file does not belong.
      try? FileSystem.setMode(0o664, of: file)
    }
    return lease
  }
}

extension Workspace {
  /// The cache, and with `-c` a remote; where none is named, also those that outputs name.
  func collectPlaces(cloud: Bool, remote: String?) throws -> [CollectPlace] {
    var places: [CollectPlace] = []
    // First, so that a share that is not mounted is noticed before anything is done.
    if cloud {
      let entry = try configuration().remote(remote)
      guard let place = try collectPlace(entry) else {
        throw CollectError.noRemoteStore(entry.name)
      }
      places.append(place)
      if remote == nil {
        // What cannot be read is told by what reads all that is kept.
        let outputs = (try? overlappingCatalog().outputs) ?? []
        let names = Set(outputs.compactMap(\.remote)).subtracting([entry.name])
        for name in names.sorted() {
          guard let entry = try remotes().first(where: { $0.name == name }) else {
            notices.warning(
              "outputs name remote '\(name)', which is not configured: it is left alone")
            continue
          }
          // Nothing may have been pushed there yet.
          if let place = try collectPlace(entry) { places.append(place) }
        }
      }
    }
    if let store = try cacheIfPresent() {
      places.insert(
        CollectPlace(
          name: "the cache", store: store,
          isShared: try isCacheShared() || hasGuests(store), isCache: true,
          host: try host(of: store), project: try cacheProject(creating: false)), at: 0)
    }
    for place in places {
      // This version knows no feature, so any could matter.
      if let feature = place.store.descriptor.uses.first {
        let file = place.store.folder.appending(StoreDescriptor.fileName)
        throw StoreError.unknownUse(file.description, feature: feature)
      }
    }
    return places
  }

  private func collectPlace(_ entry: RemoteEntry) throws -> CollectPlace? {
    guard try open(entry) != nil,
      let store = try ObjectStore.open(at: entry.path, leases: configuration().leases)
    else { return nil }
    return CollectPlace(
      name: "remote '\(entry.name)'", store: store, isShared: true, isCache: false,
      host: try host(of: store), project: try configuration().layers.string("core.project"))
  }

  /// The name of a remote; of the default one where `name` is `nil`.
  package func nameOfRemote(_ name: String?) throws -> String {
    try configuration().remote(name).name
  }

  /// Whether others than the work trees of this repository may use the cache.
  func isCacheShared() throws -> Bool { try configuration().cacheFolder != nil }

  /// Whether other workspaces have said what they need in the cache of this one.
  private func hasGuests(_ store: ObjectStore) throws -> Bool {
    try !CollectNames(store, place: "the cache").projects().isEmpty
  }

  /// Under which name this workspace says in a shared cache what it needs; `nil` where it has none.
  func cacheProject(creating: Bool) throws -> String? {
    guard try isCacheShared() else { return nil }
    let identity = CacheIdentity(at: stateFolder.appending("cache-id"))
    if let name = try identity.name() { return name }
    guard creating else { return nil }
    let original = try identity.foreignName()
    return try identity.make { name in
      guard let original, let store = try cacheIfPresent() else { return }
      // What the copy holds is listed under the name of the original, which may go on without it.
      // A list that cannot be read keeps everything.
      let names = CollectNames(store, place: "the cache")
      for list in (try? names.lists(of: original)) ?? [] {
        try names.write(list.bytes(), project: name)
      }
    }
  }

  /// Says in a shared cache what this workspace needs, so that a collection on behalf of another one
  /// keeps it.
  ///
  /// - Parameter items: Not asked for where the cache is this workspace's alone.
  func noteInSharedCache(
    _ items: @autoclosure () -> [(name: ContentName, path: RepositoryPath)]
  ) throws {
    guard try isCacheShared(), let store = try cacheIfPresent() else { return }
    let items = items()
    if !items.isEmpty { try list(items, in: store) }
  }

  /// As ``noteInSharedCache(_:)``, of all that this workspace has in a cache in which it has said nothing.
  func noteHistoryInSharedCache() throws {
    guard try isCacheShared(), let store = try cacheIfPresent() else { return }
    try list([], in: store)
  }

  private func list(
    _ items: [(name: ContentName, path: RepositoryPath)], in store: ObjectStore
  ) throws {
    let names = CollectNames(store, place: "the cache")
    do {
      guard let project = try cacheProject(creating: true) else { return }
      if try !names.isKnown(project) {
        try names.write(historyNames(in: store), project: project)
      }
      // A list of what nobody can read keeps everybody from collecting: of an output that is in no
      // cache there are no nodes.
      let readable = try items.filter { item in
        try !item.name.isDirectory || store.contains(item.name.digest)
          || storeNodes(of: item.name.digest, at: item.path)
      }
      try names.write(readable, project: project)
    } catch let error as FileSystemError where [EACCES, EPERM, EROFS].contains(error.code) {
      // Whoever may only read the cache cannot add to it either.
      return
    }
  }
}
