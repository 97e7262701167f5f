import DverCore
import DverFileSystem
import DverIgnore
import DverManifest

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
  /// The same for pointer files.
  private let onBrokenPointer: ((any DverError) -> Void)?
  /// Whether a folder that cannot be looked into is an error, not passed over with a warning.
  private let requiresAll: Bool

  private init(
    _ workspace: Workspace, data: [RepositoryPath], requiresAll: Bool,
    onBrokenPipeline: ((any DverError) -> Void)?, onBrokenPointer: ((any DverError) -> Void)?
  ) {
    self.workspace = workspace
    self.data = data
    self.requiresAll = requiresAll
    self.onBrokenPipeline = onBrokenPipeline
    self.onBrokenPointer = onBrokenPointer
  }

  static func run(
    in workspace: Workspace, data: [RepositoryPath] = [], requiresAll: Bool = false,
    onBrokenPipeline: ((any DverError) -> Void)? = nil,
    onBrokenPointer: ((any DverError) -> Void)? = nil
  ) throws -> CatalogFiles {
    var search = CatalogSearch(
      workspace, data: data, requiresAll: requiresAll, onBrokenPipeline: onBrokenPipeline,
      onBrokenPointer: onBrokenPointer)
    try search.visit(.root, ignore: IgnoreStack())
    search.files.pointers.sort { $0.path < $1.path }
    return search.files
  }

  private mutating func visit(_ folder: RepositoryPath, ignore outer: IgnoreStack) throws {
    // One with a `.dver` is a workspace of its own.
    let found = try workspace.entries(
      in: folder, unlessHolding: ".dver", where: Self.mayMatter
    ) { closed in
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
    if requiresAll, files.pipelines.last?.folder != folder { try readLooseLock(in: folder) }
    for entry in entries where entry.isDirectory {
      let child = folder.appending(entry.name)
      if tracked.contains(child) { continue }
      if ignore.decision(forPath: child.bytes.span, isDirectory: true).isIgnored { continue }
      try visit(child, ignore: ignore)
    }
  }

  /// Whether a file of this name says something about tracking: most files are data.
  private static func mayMatter(_ name: [UInt8]) -> Bool {
    let suffix = CatalogFiles.pointerSuffix.utf8
    return name.suffix(suffix.count).elementsEqual(suffix)
      || name.elementsEqual(CatalogFiles.pipelineName.utf8)
      || name.elementsEqual(IgnoreRules.fileName.utf8)
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
      } catch let error as any DverError where !(error is FileSystemError) {
        guard let report = isPipeline ? onBrokenPipeline : onBrokenPointer else { throw error }
        report(error)
      }
    }
  }

  private mutating func readLooseLock(in folder: RepositoryPath) throws {
    let path = folder.appending(CatalogFiles.lockName.utf8)
    guard let bytes = try FileSystem.contents(of: workspace.root.appending(path)) else { return }
    files.looseLocks.append((path, bytes))
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
