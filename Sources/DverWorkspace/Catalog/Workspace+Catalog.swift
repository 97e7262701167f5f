import DverCore
import DverGit
import DverManifest

extension Workspace {
  /// What is tracked in the workspace.
  ///
  /// - Parameter data: Paths that are about to be tracked: a file below one that only has the name
  ///   of a pointer or a pipeline is data.
  /// - Throws: ``OverlapError``, among others.
  func catalog(takingAsData data: [RepositoryPath] = []) throws -> Catalog {
    if let bare { return try bare.catalog(in: self) }
    let catalog = try Catalog(CatalogSearch.run(in: self, data: data))
    try catalog.refuseOverlaps()
    return catalog
  }

  /// What is tracked in the workspace, also where a path lies inside another: for what keeps all
  /// that anything names, and for what helps to remove one of both.
  ///
  /// - Parameter requiresAll: Whether a folder that cannot be looked into is an error.
  func overlappingCatalog(requiringAll requiresAll: Bool = false) throws -> Catalog {
    if let bare { return try bare.catalog(in: self) }
    return try Catalog(CatalogSearch.run(in: self, requiresAll: requiresAll))
  }

  /// What is tracked in a revision.
  func catalog(of revision: GitRevision, in git: GitRepository) throws -> Catalog {
    let prefix = gitPrefix(in: git)
    let table = try git.files(
      in: revision.tree, below: prefix.bytes,
      descend: { path in Self.isLookedInto(path, prefix) },
      where: { path in Self.isCatalogFile(path) })
    var folders = RevisionFolders(git, tree: revision.tree, prefix: prefix)
    let found = try (0..<table.count).filter { index in
      guard let path = prefix.workspacePath(table.paths[index]) else { return false }
      return try folders.holds(path)
    }
    let files = try catalogFiles(
      found.map { (Array(table.paths[$0]), table.ids[$0]) }, in: git,
      contents: { try git.blob(at: $0, in: revision.tree) })
    return try Catalog(files)
  }

  /// Sorts files of a revision into pointers and pipelines.
  ///
  /// - Parameter contents: The file at a path of git, where templates look for parameters.
  func catalogFiles(
    _ found: [(path: [UInt8], id: GitObjectID)], in git: GitRepository,
    contents: @escaping ([UInt8]) throws -> [UInt8]?
  ) throws -> CatalogFiles {
    let prefix = gitPrefix(in: git)
    var files = CatalogFiles()
    var locks: [RepositoryPath: [UInt8]] = [:]
    var definitions: [(folder: RepositoryPath, bytes: [UInt8])] = []
    for (gitPath, id) in found {
      guard let path = prefix.workspacePath(gitPath) else { continue }
      let bytes = try git.blob(id)
      let name = path.lastComponent
      if name.elementsEqual(CatalogFiles.pipelineName.utf8) {
        definitions.append((path.parent, bytes))
      } else if name.elementsEqual(CatalogFiles.lockName.utf8) {
        locks[path.parent] = bytes
      } else {
        files.pointers.append(try CatalogFiles.Pointer(path: path, bytes: bytes))
      }
    }
    let options = try configuration().templateOptions
    files.pipelines = try definitions.map { folder, bytes in
      let parameters = StoredParameters(folder: folder) { try contents(prefix.gitPath($0)) }
      let file = try PipelineFile(
        bytes: bytes, source: folder.appending(CatalogFiles.pipelineName.utf8).description,
        parameters: parameters, options: options)
      return try CatalogFiles.Pipeline(
        folder: folder, file: file, lock: locks.removeValue(forKey: folder))
    }
    files.looseLocks = locks.sorted { $0.key < $1.key }.map { folder, bytes in
      (folder.appending(CatalogFiles.lockName.utf8), bytes)
    }
    return files
  }

  static func isCatalogFile(_ path: ArraySlice<UInt8>) -> Bool {
    let repositoryPath = RepositoryPath(normalized: Array(path))
    let name = repositoryPath.lastComponent
    return repositoryPath.hasSuffix(CatalogFiles.pointerSuffix)
      || name.elementsEqual(CatalogFiles.pipelineName.utf8)
      || name.elementsEqual(CatalogFiles.lockName.utf8)
  }

  static func isLookedInto(_ path: ArraySlice<UInt8>, _ prefix: GitPathPrefix) -> Bool {
    !path.elementsEqual(prefix.gitPath(RepositoryPath(normalized: Array(".dver".utf8))))
  }
}
