import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore

/// One version of the files of a workspace: those that are there now, or those of a revision, in git
/// or in the cache.
struct FileVersion {
  let workspace: Workspace
  let catalog: Catalog
  /// `nil` for the workspace itself.
  let revision: GitRevision?
  private let recorded: DataVersion

  /// The workspace as it is.
  init(of workspace: Workspace) throws {
    self.workspace = workspace
    revision = nil
    catalog = try workspace.catalog()
    recorded = workspace.recordedVersion(catalog)
  }

  init(of revision: GitRevision, in git: GitRepository, workspace: Workspace) throws {
    self.workspace = workspace
    self.revision = revision
    catalog = try workspace.catalog(of: revision, in: git)
    recorded = workspace.version(catalog.outputs, of: revision, in: git)
  }

  // MARK: Content

  /// The content of a file; of one that is tracked and not in the workspace, what is recorded.
  ///
  /// - Throws: ``WorkspaceError/missing(_:)``, ``WorkspaceError/missingData(_:)`` and what reading
  ///   throws.
  func contents(of path: RepositoryPath) throws -> [UInt8] {
    if revision == nil {
      let place = workspace.root.appending(path)
      if try FileSystem.statusFollowingLinks(of: place)?.isFile == true,
        let bytes = try FileSystem.contents(of: place)
      {
        return bytes
      }
    }
    var bytes: [UInt8] = []
    try workspace.cat(path, in: recorded, at: revision) { bytes += $0 }
    return bytes
  }

  func isFile(_ path: RepositoryPath) throws -> Bool {
    try files(at: path) == [path]
  }

  // MARK: Names

  /// `path` itself if it is a file, the files below it if it is a folder, in the order of their
  /// bytes; empty where there is nothing.
  func files(at path: RepositoryPath) throws -> [RepositoryPath] {
    var found = Set(try plainFiles(at: path))
    if let output = recorded.output(containing: path) {
      found.formUnion(try members(of: output, at: path))
    } else if found != [path] {
      // What dver keeps in a folder beside its data is none.
      found = found.filter { !CatalogFiles.isOwn($0) && !$0.isReserved }
      for output in recorded.outputs(below: path) {
        found.formUnion(try members(of: output, at: output.path))
      }
    }
    return found.sorted()
  }

  /// What a tracked output records at and below a path; nothing where its manifest is lost, or the
  /// workspace has its own.
  private func members(
    of output: TrackedOutput, at path: RepositoryPath
  ) throws -> [RepositoryPath] {
    if revision == nil, try FileSystem.exists(workspace.root.appending(output.path)) { return [] }
    guard let name = output.name else { return [] }
    guard name.isDirectory else { return path == output.path ? [path] : [] }
    guard let part = path.relative(to: output.path) else { return [] }
    let reader = recorded.reader(of: output.path)
    let table =
      try part.isRoot
      ? reader.entries(of: name.digest) : reader.entries(of: name.digest, at: part)
    return (0..<table.count).compactMap { index in
      let isFile = table.kinds[index] == .file || table.kinds[index] == .executable
      return isFile ? output.path.appending(table.paths[index]) : nil
    }
  }

  /// The files in the workspace, or in git.
  private func plainFiles(at path: RepositoryPath) throws -> [RepositoryPath] {
    guard let revision else { return try presentFiles(at: path) }
    guard let git = try workspace.git() else { return [] }
    let prefix = workspace.gitPrefix(in: git)
    guard let entry = try git.entry(at: prefix.gitPath(path), in: revision.tree) else { return [] }
    if entry.mode.isFile { return [path] }
    guard entry.mode == .directory else { return [] }
    let table = try git.files(in: entry.id)
    return (0..<table.count).map { path.appending(table.paths[$0]) }
  }

  private func presentFiles(at path: RepositoryPath) throws -> [RepositoryPath] {
    let place = workspace.root.appending(path)
    guard let status = try FileSystem.statusFollowingLinks(of: place) else { return [] }
    if status.isFile { return [path] }
    guard status.isDirectory else { return [] }
    let table = try DirectoryWalk(place.resolvingLinks()).run()
    return (0..<table.count).compactMap { index in
      switch table.kinds[index] {
      case .file, .executable, .link: path.appending(table.paths[index])
      case .emptyDirectory, .special: nil
      }
    }
  }
}
