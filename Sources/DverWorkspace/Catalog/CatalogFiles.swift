import DverCore
import DverFileSystem
import DverGit
import DverIgnore
import DverManifest
import DverParallel
import Synchronization

/// The text files that say what is tracked.
struct CatalogFiles: Sendable {
  struct Pipeline: Sendable {
    let folder: RepositoryPath
    let file: PipelineFile
    let lock: LockFile

    init(folder: RepositoryPath, file: PipelineFile, lock: LockFile) {
      self.folder = folder
      self.file = file
      self.lock = lock
    }

    init(folder: RepositoryPath, file: PipelineFile, lock: [UInt8]?) throws {
      self.folder = folder
      self.file = file
      let lockName = folder.appending(CatalogFiles.lockName.utf8)
      self.lock =
        try lock.map { try LockFile.parse(bytes: $0, source: lockName.description) } ?? LockFile()
    }

    /// Up to here both are read before a second thread would have begun.
    private static let smallByteCount = 256 * 1024

    /// Reads a definition and, of large files at the same time, its lock.
    ///
    /// - Throws: What is wrong with the definition, else what is wrong with the lock.
    init(
      folder: RepositoryPath, lock: [UInt8]?, definition: @Sendable () throws -> PipelineFile
    ) throws {
      guard let lock, lock.count > Self.smallByteCount, processorCount > 1 else {
        try self.init(folder: folder, file: try definition(), lock: lock)
        return
      }
      let lockName = folder.appending(CatalogFiles.lockName.utf8).description
      let parsing = Mutex<Result<LockFile, any Error>>(.success(LockFile()))
      let parse: @Sendable () -> Void = {
        let result = Result { try LockFile.parse(bytes: lock, source: lockName) }
        parsing.withLock { $0 = result }
      }
      let thread = WorkerThread(ifPossible: parse)
      let file = Result { try definition() }
      if let thread { thread.join() } else { parse() }
      self.init(
        folder: folder, file: try file.get(), lock: try parsing.withLock(\.self).get())
    }
  }

  struct Pointer: Sendable {
    let path: RepositoryPath
    let file: PointerFile

    init(path: RepositoryPath, bytes: [UInt8]) throws {
      self.path = path
      file = try PointerFile.parse(bytes: bytes, source: path.description)
    }
  }

  var pointers: [Pointer] = []
  var pipelines: [Pipeline] = []
  /// Folders that could not be looked into.
  var closedFolders: [RepositoryPath] = []

  static let pointerSuffix = ".dver"
  static let pipelineName = "dver.yaml"
  static let lockName = "dver.lock"

  /// Whether a path is one of dver's own text files.
  static func isOwn(_ path: RepositoryPath) -> Bool {
    let name = path.lastComponent
    return path.hasSuffix(pointerSuffix) || name.elementsEqual(pipelineName.utf8)
      || name.elementsEqual(lockName.utf8) || name.elementsEqual(IgnoreRules.fileName.utf8)
      || name.elementsEqual(".gitignore".utf8)
  }
}

/// Looks for pointer and pipeline files in the workspace, without looking into tracked data.
struct CatalogSearch {
  private let workspace: Workspace
  private var files = CatalogFiles()
  /// Tracked paths met so far, which are not looked into.
  private var tracked: Set<RepositoryPath> = []
  /// Folders in which a file that only has the name of a pointer or a pipeline is data.
  private let data: [RepositoryPath]
  /// Gets why a pipeline cannot be read, which is an error where there is none.
  private let onBrokenPipeline: ((any DverError) -> Void)?
  /// Whether a folder that cannot be looked into is an error, not passed over with a warning.
  private let requiresAll: Bool

  private init(
    _ workspace: Workspace, data: [RepositoryPath], requiresAll: Bool,
    onBrokenPipeline: ((any DverError) -> Void)?
  ) {
    self.workspace = workspace
    self.data = data
    self.requiresAll = requiresAll
    self.onBrokenPipeline = onBrokenPipeline
  }

  static func run(
    in workspace: Workspace, data: [RepositoryPath] = [], requiresAll: Bool = false,
    onBrokenPipeline: ((any DverError) -> Void)? = nil
  ) throws -> CatalogFiles {
    var search = CatalogSearch(
      workspace, data: data, requiresAll: requiresAll, onBrokenPipeline: onBrokenPipeline)
    try search.visit(.root, ignore: IgnoreStack())
    search.files.pointers.sort { $0.path < $1.path }
    return search.files
  }

  private mutating func visit(_ folder: RepositoryPath, ignore outer: IgnoreStack) throws {
    // One with a `.dver` is a workspace of its own.
    let found = try workspace.entries(in: folder, unlessHolding: ".dver") { closed in
      if requiresAll { throw closed }
      workspace.warn(of: closed)
      files.closedFolders.append(closed.path)
    }
    guard let entries = found else { return }
    var ignore = outer
    if entries.contains(where: { $0.name.elementsEqual(IgnoreRules.fileName.utf8) }),
      let rules = try workspace.ignoreRules(in: folder)
    {
      ignore.push(rules)
    }
    try readFiles(entries, in: folder, ignore: ignore)
    for entry in entries where entry.isDirectory {
      let child = folder.appending(entry.name)
      if tracked.contains(child) { continue }
      if ignore.decision(forPath: child.bytes.span, isDirectory: true).isIgnored { continue }
      try visit(child, ignore: ignore)
    }
  }

  private mutating func readFiles(
    _ entries: [DirectoryEntry], in folder: RepositoryPath, ignore: IgnoreStack
  ) throws {
    for entry in entries where !entry.isDirectory {
      let path = folder.appending(entry.name)
      let isPipeline = entry.name.elementsEqual(CatalogFiles.pipelineName.utf8)
      guard isPipeline || path.hasSuffix(CatalogFiles.pointerSuffix),
        !ignore.decision(forPath: path.bytes.span, isDirectory: false).isIgnored,
        let bytes = try FileSystem.contents(of: workspace.root.appending(path))
      else { continue }
      do {
        try read(bytes, at: path, isPipeline: isPipeline)
      } catch  where data.contains(where: { path.isBelow($0) }) && !(error is FileSystemError) {
        continue
      } catch let error as any DverError
        where isPipeline && onBrokenPipeline != nil && !(error is FileSystemError)
      {
        onBrokenPipeline?(error)
      }
    }
  }

  private mutating func read(
    _ bytes: [UInt8], at path: RepositoryPath, isPipeline: Bool
  ) throws {
    if isPipeline {
      let folder = path.parent
      let lockPath = folder.appending(CatalogFiles.lockName.utf8)
      let lock = try FileSystem.contents(of: workspace.root.appending(lockPath))
      let pipeline = try CatalogFiles.Pipeline(folder: folder, lock: lock) { [workspace] in
        try workspace.definition(at: path, bytes: bytes)
      }
      for output in try Catalog.outputs(of: pipeline) { tracked.insert(output.path) }
      files.pipelines.append(pipeline)
    } else {
      let pointer = try CatalogFiles.Pointer(path: path, bytes: bytes)
      for output in try Catalog.outputs(of: pointer.file, at: path) { tracked.insert(output.path) }
      files.pointers.append(pointer)
    }
  }
}

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
      return try CatalogFiles.Pipeline(folder: folder, file: file, lock: locks[folder])
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
