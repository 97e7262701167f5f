import DverCore
import DverFileSystem
import DverObjectStore

/// What must not be among data.
extension Workspace {
  /// Refuses ignore files, which would mean something else in each place, and object stores.
  func requireData(in entries: EntryTable, of path: RepositoryPath) throws {
    if let file = entries.files(named: ".dverignore").first {
      throw ContentError.ignoreFile(displayed(path.appending(file)))
    }
    if let store = entries.objectStore { throw storeError(path, path.appending(store)) }
  }

  /// Refuses a path that a remote or the cache is in, or will be: its objects would become data, and it
  /// would go where other data takes their place.
  func refuseStores(in path: RepositoryPath) throws {
    for remote in try remotes() where remote.unsupportedURL == nil {
      guard let place = insidePath(of: remote.path, in: path) else { continue }
      throw storeError(path, place, name: "remote '\(remote.name)'")
    }
    if let place = insidePath(of: try cacheFolder(), in: path) {
      throw storeError(path, place, name: "the cache")
    }
  }

  private func insidePath(of place: AbsolutePath, in path: RepositoryPath) -> RepositoryPath? {
    for candidate in [place, (try? place.resolvingLinks()) ?? place] {
      if let inside = candidate.relative(to: root), inside.isInside(path) { return inside }
    }
    return nil
  }

  func storeError(
    _ path: RepositoryPath, _ store: RepositoryPath, name: String = "an object store"
  ) -> WorkspaceError {
    let place = displayed(store)
    return .failed(
      path == store
        ? "\(place) is \(name), which is no data"
        : "\(displayed(path)) holds \(name), which is no data: \(place)",
      hint: "choose another path, or keep the store outside of the workspace, best on another disk")
  }
}

extension EntryTable {
  /// A folder that is an object store; the root for the directory itself.
  var objectStore: RepositoryPath? { files(named: StoreDescriptor.fileName).first?.parent }

  /// The paths whose last component is `name`.
  fileprivate func files(named name: String) -> [RepositoryPath] {
    paths.positions(endingIn: Array(name.utf8)).map {
      RepositoryPath(normalized: Array(paths[$0]))
    }.filter { $0.lastComponent.elementsEqual(name.utf8) }
  }
}
