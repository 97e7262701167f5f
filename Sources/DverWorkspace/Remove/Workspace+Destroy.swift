import DverCore
import DverFileSystem
import DverGit
import DverObjectStore
import DverPipeline

extension Workspace {
  /// What `destroy` would take away, in sentences for the one who is asked.
  package func destructionWarning() throws -> String {
    let pointers = try CatalogSearch.run(in: self).pointers.count
    let folder = try cacheFolder()
    let cache =
      folder.relative(to: dverFolder) == nil
      ? "the cache at \(folder) stays" : "the cache with all versions of the data goes"
    return "\(pointers) pointer\(pointers == 1 ? "" : "s"), all pipelines and .dver go; \(cache)"
  }

  /// Takes dver out of the workspace; the data that is in place stays, as files of its own.
  ///
  /// - Parameter force: Whether a cache goes that other work trees use.
  package func destroy(force: Bool) throws {
    // May be gone already where an earlier attempt was interrupted.
    try FileSystem.makeDirectories(stateFolder)
    try refuseSharedCache(force: force)
    try refuseKeptFiles()
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
    try FileSystem.removeTree(dverFolder)
  }

  /// What was kept from old outputs is nowhere else.
  private func refuseKeptFiles() throws {
    let folder = asideLayout.kept
    guard try FileSystem.names(in: folder)?.isEmpty == false else { return }
    throw WorkspaceError.failed(
      "\(folder) holds files that are nowhere else", hint: "move them away, then run it again")
  }

  private func ownFiles() throws -> [RepositoryPath] {
    let files = try CatalogSearch.run(in: self)
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

  private func refuseSharedCache(force: Bool) throws {
    guard !force, let git = try git(), try cacheFolder().relative(to: dverFolder) != nil else {
      return
    }
    let prefix = gitPrefix(in: git)
    for folder in try git.workTrees() {
      let other = AbsolutePath(normalized: folder).appending(prefix.bytes)
      guard try other.resolvingLinks() != root,
        try FileSystem.exists(other.appending(".dver"))
      else { continue }
      throw WorkspaceError.failed(
        "the work tree \(other) uses the cache of this one",
        hint: "remove it with 'git worktree remove', or use -f")
    }
  }
}
