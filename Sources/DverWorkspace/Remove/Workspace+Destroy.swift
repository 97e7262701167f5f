import DverCore
import DverFileSystem
import DverGit
import DverObjectStore
import DverPipeline

extension Workspace {
  /// What `destroy` would take away, in sentences for the one who is asked.
  ///
  /// - Throws: Where it would be refused because others use the cache.
  package func destructionWarning() throws -> String {
    try refuseSharedCache()
    let pointers = try CatalogSearch.run(in: self).pointers.count
    let folder = try cacheFolder()
    let cache =
      folder.relative(to: dverFolder) == nil
      ? "the cache at \(folder) stays" : "the cache with all versions of the data goes"
    return "\(CountText.text(pointers, "pointer")), all pipelines and .dver go; \(cache)"
  }

  /// Takes dver out of the workspace; the data that is in place stays, as files of its own.
  package func destroy() throws {
    // May be gone already where an earlier attempt was interrupted.
    try FileSystem.makeDirectories(stateFolder)
    try refuseSharedCache()
    try refuseOldOutputs()
    let catalog = try catalog()
    let linked = catalog.outputs.map { Selection(output: $0, part: nil) }
    // Links that lead nowhere already hold nothing to be lost.
    _ = try unprotect(linked)
    progress.end()
    try perform("dver destroy", isUndoable: false) {
      var changes = Changes()
      for path in try ownFiles() {
        let old = try FileSystem.contents(of: root.appending(path))
        if old != nil { changes.texts.append(TextChange(path: path, old: old, new: nil)) }
      }
      changes.manifests = catalog.outputs.compactMap { output in
        guard let name = output.name, name.isDirectory else { return nil }
        return ManifestChange(path: output.path, old: name.digest, new: nil)
      }
      return changes
    }
    try removeFolder()
  }

  /// Removes `.dver`. Whoever looks for stages finds none by now, but a run that had looked before may
  /// just begin: what it sets aside goes last, and not while it is there.
  private func removeFolder() throws {
    try refuseOldOutputs()
    let last = [stateFolder, temporaryFolder]
    for name in try FileSystem.names(in: dverFolder) ?? [] {
      let path = dverFolder.appending(name)
      if last.contains(path) { continue }
      // Whoever finishes this has to know the store for what it is. A link's target stays.
      if try FileSystem.status(of: path)?.isDirectory == true {
        for part in try FileSystem.names(in: path) ?? []
        where !part.elementsEqual(StoreDescriptor.fileName.utf8) {
          try FileSystem.removeTree(path.appending(part))
        }
      }
      try FileSystem.removeTree(path)
    }
    try refuseOldOutputs()
    try FileSystem.removeTree(dverFolder)
  }

  /// Waits until no stage runs, and refuses where old outputs, or what was in them, are nowhere but in
  /// the folders that go.
  private func refuseOldOutputs() throws {
    let layout = try sharedAsideLayout()
    repeat {
      try waitForRuns()
      try recoverOutputs()
    } while try AsideRecovery.runner(layout) != nil
    guard try FileSystem.names(in: layout.aside)?.isEmpty ?? true else {
      throw WorkspaceError.failed(
        "\(layout.aside) holds previous outputs of stages",
        hint: "put right what keeps them from coming back, or move them away, then run it again")
    }
    guard try FileSystem.names(in: layout.kept)?.isEmpty ?? true else {
      throw WorkspaceError.failed(
        "\(layout.kept) holds files that are nowhere else",
        hint: "move them away, then run it again")
    }
  }

  private func ownFiles() throws -> [RepositoryPath] {
    let files = try CatalogSearch.run(in: self, requiresAll: true)
    var paths = files.pointers.map(\.path)
    for pipeline in files.pipelines {
      paths.append(pipeline.folder.appending(CatalogFiles.pipelineName.utf8))
      paths.append(pipeline.folder.appending(CatalogFiles.lockName.utf8))
    }
    // The configuration goes last: as long as it is there, so is the workspace.
    return paths
      + [".gitattributes", ".gitignore", "config"].map {
        RepositoryPath(normalized: Array(".dver/\($0)".utf8))
      }
  }

  /// A cache that goes with the workspace may hold the only copy of what others have.
  private func refuseSharedCache() throws {
    let own = RepositoryPath(normalized: Array(".dver".utf8))
    for store in try storesInside() where store.name != "the cache" && store.place.isInside(own) {
      throw WorkspaceError.failed(
        "\(store.name) lies in \(displayed(store.place)), which would go",
        hint: "move it to another place, and say so with 'dver remote modify'")
    }
    guard try cacheFolder().relative(to: dverFolder) != nil else { return }
    try refuseGuests()
    guard let git = try git() else { return }
    let prefix = gitPrefix(in: git)
    for folder in try git.workTrees() {
      let other = AbsolutePath(normalized: folder).appending(prefix.bytes)
      guard try other.resolvingLinks() != root,
        try FileSystem.exists(other.appending(".dver"))
      else { continue }
      throw WorkspaceError.failed(
        "the work tree \(other) uses the cache of this one",
        hint: "remove it with 'git worktree remove' first")
    }
  }

  /// Refuses where other projects have said what they have in the cache.
  private func refuseGuests() throws {
    guard let store = try cacheIfPresent() else { return }
    let names = CollectNames(store, place: "the cache")
    let own = try cacheProject(creating: false)
    let guests = try names.projects().filter { $0 != own }
    guard !guests.isEmpty else { return }
    let shown = guests.map { project in
      let lists = (try? names.lists(of: project)) ?? []
      let paths = Set(lists.flatMap(\.paths)).sorted()
      return paths.isEmpty ? project : "\(project) (with \(WorkspaceError.list(paths)))"
    }
    throw WorkspaceError.failed(
      "the cache at \(store.folder) is used by other projects: "
        + shown.joined(separator: ", "),
      hint: "give them another cache first, or, if they are gone, use 'dver gc --forget PROJECT'")
  }
}
