import DverCore
import DverFileSystem
import DverManifest
import Synchronization

/// The parameter files that templates of one folder's `dver.yaml` find in the workspace.
final class WorkspaceParameters: ParameterSource {
  private let workspace: Workspace
  private let folder: RepositoryPath
  /// The files that were asked for, as they were then.
  private(set) var used: [ParameterFileCache.Use] = []

  init(_ workspace: Workspace, folder: RepositoryPath) {
    self.workspace = workspace
    self.folder = folder
  }

  func parameterFile(at path: String) throws -> FoundParameterFile {
    let absolute = AbsolutePath(
      Array(path.utf8), relativeTo: workspace.root.appending(folder))
    let name = absolute.relative(to: workspace.root)?.description ?? absolute.description
    let (found, use) = try workspace.parameterFiles.file(at: absolute, name: name)
    used.append(use)
    return found
  }
}

/// Parameter files that were read, so that each is read once a run unless it changes.
final class ParameterFileCache: Sendable {
  /// A file and what its status was when it was read; `nil` where there was none.
  struct Use: Sendable {
    let path: AbsolutePath
    let status: FileStatus?

    /// Whether the file is still what it was.
    func isCurrent() throws -> Bool {
      let present = try FileSystem.statusFollowingLinks(of: path)
      guard let status, let present else { return status == nil && present == nil }
      return status.hasSameContent(as: present)
    }
  }

  private let known = Mutex<[AbsolutePath: (status: FileStatus, file: ParameterFile)]>([:])

  init() {}

  /// - Parameters:
  ///   - name: What messages call the file.
  ///   - isRecheck: Whether the file is read even if its status is what it was.
  func file(
    at path: AbsolutePath, name: String, isRecheck: Bool = false
  ) throws -> (FoundParameterFile, Use) {
    guard let status = try FileSystem.statusFollowingLinks(of: path) else {
      return (.missing, Use(path: path, status: nil))
    }
    let use = Use(path: path, status: status)
    if status.isDirectory { return (.directory, use) }
    if !isRecheck, let entry = known.withLock({ $0[path] }),
      entry.status.hasSameContent(as: status)
    {
      return (.file(entry.file), use)
    }
    guard let bytes = try FileSystem.contents(of: path) else {
      return (.missing, Use(path: path, status: nil))
    }
    let file = try ParameterFile(bytes: bytes, source: name)
    known.withLock { $0[path] = (status, file) }
    return (.file(file), use)
  }
}

/// Parameter files as a revision, or the index, of git has them.
final class StoredParameters: ParameterSource {
  private let folder: RepositoryPath
  private let contents: (RepositoryPath) throws -> [UInt8]?

  /// - Parameter contents: The bytes of a file of the workspace; `nil` where there is none.
  init(folder: RepositoryPath, contents: @escaping (RepositoryPath) throws -> [UInt8]?) {
    self.folder = folder
    self.contents = contents
  }

  func parameterFile(at path: String) throws -> FoundParameterFile {
    guard let place = folder.resolving(Array(path.utf8)), let bytes = try contents(place) else {
      return .missing
    }
    return .file(try ParameterFile(bytes: bytes, source: place.description))
  }
}
