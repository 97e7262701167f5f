import DverCore
package import DverFileSystem
import DverGit
package import DverParallel

extension Workspace {
  /// Opens the workspace around `current`.
  ///
  /// - Parameters:
  ///   - access: Whether a bare repository will do, which is then read as its HEAD has it.
  ///   - isUsers: Whether it is the one that the user works in, whose index the environment may name.
  /// - Throws: ``WorkspaceError/notAWorkspace(_:)``, ``WorkspaceError/bareRepository(_:)``.
  package static func open(
    from current: AbsolutePath, bare access: BareAccess = .refused, isUsers: Bool = true,
    progress: Progress = Progress(), cancellation: Cancellation = Cancellation(),
    notices: Notices = Notices()
  ) throws -> Workspace {
    func open(_ git: GitRepository) throws -> Workspace {
      guard case .allowed(let revision) = access else {
        throw WorkspaceError.bareRepository(PathQuoting.quoted(git.gitDirectory))
      }
      let bare = try BareRepository(git, revision: revision)
      // Relative paths of the configuration count as in a clone in the repository's place.
      let root = AbsolutePath(normalized: git.gitDirectory)
        .appending(RepositoryPath(normalized: bare.prefix.bytes))
      return Workspace(
        root: root, current: root, progress: progress, cancellation: cancellation,
        notices: notices, bare: bare)
    }
    let current = try current.resolvingLinks()
    var folder = current
    while true {
      if try FileSystem.status(of: folder.appending(".dver"))?.isDirectory == true {
        try refuseLinks(in: folder.appending(".dver"))
        return Workspace(
          root: folder, current: current, progress: progress, cancellation: cancellation,
          notices: notices, indexFile: isUsers ? GitEnvironment.indexFile : nil)
      }
      // One that lies in another workspace is no part of it.
      if let git = try BareRepository.git(at: folder) { return try open(git) }
      guard folder.parent != folder else { break }
      folder = folder.parent
    }
    if let git = try BareRepository.gitOfEnvironment(relativeTo: current) { return try open(git) }
    try explainMissing(around: current)
    throw WorkspaceError.notAWorkspace(current.description)
  }

  /// Says where a workspace is that git has left out.
  private static func explainMissing(around folder: AbsolutePath) throws {
    guard let git = try? GitRepository.open(at: folder.bytes), let workTree = git.workTree else {
      return
    }
    if (try? git.isTracked(Array(".dver/config".utf8))) == true {
      throw WorkspaceError.failed(
        "\(PathQuoting.quoted(workTree)) is a dver workspace, but its .dver is not there",
        hint: "run 'git sparse-checkout add .dver' in a sparse checkout, else 'git checkout "
          + ".dver'; a cache that was in it is gone, so run 'dver pull' then")
    }
  }

  /// dver writes and cleans up in these: a repository from elsewhere must not lead it astray.
  private static func refuseLinks(in folder: AbsolutePath) throws {
    let folders = [
      "manifests", "state", "state/aside", "state/kept", "state/logs", "state/operations",
      "state/runs", "tmp", "tmp/failed", "tmp/staging", "tmp/stat",
    ]
    for name in folders {
      let path = folder.appending(name)
      guard try FileSystem.status(of: path)?.isLink == true else { continue }
      throw WorkspaceError.isLink(path.description)
    }
  }
}
