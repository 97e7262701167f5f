import DverCore
import DverFileSystem
import DverObjectStore

/// What must not be among data.
extension Workspace {
  /// Refuses ignore files, which would mean something else in each place, and object stores.
  ///
  /// - Parameter place: Where the content is, if not at `path`.
  func requireData(
    in entries: EntryTable, of path: RepositoryPath, at place: AbsolutePath? = nil
  ) throws {
    if let file = entries.files(named: ".dverignore").first {
      throw ContentError.ignoreFile(displayed(path.appending(file)))
    }
    let candidates = entries.storeCandidates
    if let store = try objectStore(among: candidates, in: place ?? root.appending(path)) {
      throw storeError(path, path.appending(store))
    }
  }

  /// The first of some folders, which count from `place`, that is an object store.
  func objectStore(
    among folders: [RepositoryPath], in place: AbsolutePath
  ) throws -> RepositoryPath? {
    try folders.first { try StoreDescriptor.isStore(place.appending($0)) }
  }

  /// Refuses a path that a remote or the cache is in, or will be: its objects would become data, and it
  /// would go where other data takes their place. So would a path that lies in any store.
  func refuseStores(in path: RepositoryPath) throws {
    for store in try storesInside() where store.place.isInside(path) {
      throw storeError(path, store.place, name: store.name)
    }
    var folder = path.parent
    while !folder.isRoot {
      if try StoreDescriptor.isStore(root.appending(folder)) { throw storeError(path, folder) }
      folder = folder.parent
    }
  }

  func storeError(
    _ path: RepositoryPath, _ store: RepositoryPath, name: String = "an object store"
  ) -> WorkspaceError {
    let place = displayed(store)
    let relation = path.isBelow(store) ? "lies in" : "holds"
    return .failed(
      path == store
        ? "\(place) is \(name), which is no data"
        : "\(displayed(path)) \(relation) \(name), which is no data: \(place)",
      hint: "choose another path, or keep the store outside of the workspace, best on another disk")
  }
}

extension EntryTable {
  /// The folders that may be object stores, by the name of a file; the root for the directory
  /// itself.
  var storeCandidates: [RepositoryPath] { files(named: StoreDescriptor.fileName).map(\.parent) }

  /// The paths whose last component is `name`.
  fileprivate func files(named name: String) -> [RepositoryPath] {
    paths.positions(endingIn: Array(name.utf8)).map {
      RepositoryPath(normalized: Array(paths[$0]))
    }.filter { $0.lastComponent.elementsEqual(name.utf8) }
  }
}
