import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore

/// Stores in the `.dver` of another workspace, which says nowhere in them what it needs.
extension Workspace {
  /// The workspace whose `.dver/cache` a store is; `nil` where that is one of this repository, or
  /// where nothing around the store is a workspace.
  func host(of store: ObjectStore) throws -> AbsolutePath? {
    // Where the cache of the other one is a link, only the path as it is written leads there.
    for folder in [store.folder, try store.folder.resolvingLinks()] {
      let dverFolder = folder.parent
      guard folder.lastComponent.elementsEqual("cache".utf8),
        dverFolder.lastComponent.elementsEqual(".dver".utf8)
      else { continue }
      // A commit from before 'dver init' may be checked out there.
      let isUsed = try ["config", "config.local", "state"].contains { name in
        try FileSystem.exists(dverFolder.appending(name))
      }
      guard isUsed else { continue }
      let root = try dverFolder.parent.resolvingLinks()
      return try isOfRepository(root) ? nil : root
    }
    return nil
  }

  /// Whether a folder is this workspace, or the same one in another work tree of the repository.
  private func isOfRepository(_ folder: AbsolutePath) throws -> Bool {
    if folder == root { return true }
    guard let git = try git() else { return false }
    let prefix = gitPrefix(in: git)
    return try git.workTrees().contains { tree in
      try AbsolutePath(normalized: tree).resolvingLinks().appending(prefix.bytes) == folder
    }
  }

  /// All that the host of a store needs, also to take back what was done there; `nil` without one.
  ///
  /// - Throws: ``CollectError/unreadableHost(_:place:reason:)``.
  func hostRoots(of place: CollectPlace) throws -> CollectMarker? {
    guard let folder = place.host else { return nil }
    do {
      let host = try Workspace.open(
        from: folder, isUsers: false, progress: progress,
        cancellation: cancellation, notices: notices)
      if try host.git()?.isShallowOrPartial() == true {
        // What it lacks names objects that are in its store all the same.
        throw WorkspaceError.failed(
          "its clone is shallow or partial",
          hint: "in \(folder), run 'git fetch --unshallow' (shallow clone) or "
            + "'git fetch --refetch' (partial clone)")
      }
      var marker = CollectMarker()
      try host.addRootsOfProject(host.git() == nil ? CollectScope() : .everything, to: &marker)
      for workspace in try host.workspacesOfRepository() {
        workspace.addOperations(alsoFinished: true, to: &marker)
      }
      return marker
    } catch let error as Interrupted {
      throw error
    } catch let error as any DverError {
      throw CollectError.unreadableHost(folder.description, place: place.name, reason: error)
    }
  }
}
