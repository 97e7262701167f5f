import DverCore
import DverFileSystem
import DverGit

/// Whether a command can do without a work tree.
package enum BareAccess: Sendable {
  /// The command reads or changes the files of a work tree.
  case refused
  /// The command reads commits; one that it was given to read, if any.
  case allowed(revision: String?)
}

/// A git repository without a work tree: what a workspace is where there are only commits.
///
/// HEAD stands in for the workspace: its `.dver/config` is the configuration, as it would be in a
/// clone. Paths count from the project's folder in the commits, wherever the user is.
struct BareRepository: Sendable {
  let git: GitRepository
  /// HEAD; `nil` before its first commit.
  let head: GitRevision?
  /// The project's folder in the commits.
  let prefix: GitPathPrefix
  /// `.dver/config` of the project.
  let settings: [UInt8]

  /// How messages name the repository.
  var shown: String { PathQuoting.quoted(git.gitDirectory) }

  /// - Parameter revision: A revision that is to be read: it is asked where HEAD has no project.
  init(_ git: GitRepository, revision: String?) throws {
    self.git = git
    head = try git.head().commit.map { (id) throws(GitError) in try git.commit(id) }
    let other = try revision.flatMap { (name) throws(GitError) in try git.resolveIfPresent(name) }
    let commits = [head, other].compactMap(\.self)
    for commit in commits {
      guard let folder = try Self.project(in: commit, git) else { continue }
      prefix = GitPathPrefix(folder)
      let file = prefix.gitPath(RepositoryPath(normalized: Self.configuration))
      settings = try git.blob(at: file, in: commit.tree) ?? []
      return
    }
    let place = PathQuoting.quoted(git.gitDirectory)
    guard !commits.isEmpty else {
      throw Self.unborn(place)
    }
    throw WorkspaceError.failed(
      "HEAD of the bare repository \(place) is no dver workspace: it has no .dver/config",
      hint: "choose another branch with 'git symbolic-ref HEAD refs/heads/NAME'")
  }

  /// HEAD names a branch without commits.
  static func unborn(_ place: String) -> WorkspaceError {
    WorkspaceError.failed(
      "HEAD of the bare repository \(place) has no commits",
      hint: "choose its branch with 'git symbolic-ref HEAD refs/heads/NAME'")
  }

  private static let configuration = Array(".dver/config".utf8)

  /// The folder of the only project of a commit, or that at its root; `nil` where there is none.
  private static func project(in commit: GitRevision, _ git: GitRepository) throws -> [UInt8]? {
    if try git.entry(at: configuration, in: commit.tree) != nil { return [] }
    let suffix = [RepositoryPath.slash] + configuration
    let found = try git.files(in: commit.tree, where: { $0.suffix(suffix.count) == suffix[...] })
    let folders = (0..<found.count).map { Array(found.paths[$0].dropLast(suffix.count)) }
    guard folders.count > 1 else { return folders.first }
    let names = WorkspaceError.list(folders.map { PathQuoting.quoted($0) })
    throw WorkspaceError.failed(
      "the bare repository \(PathQuoting.quoted(git.gitDirectory)) holds several dver workspaces: "
        + names, hint: "clone it, and work in the folder of one of them")
  }

  // MARK: Finding it

  /// The bare repository that `folder` is, or whose `.git` it holds.
  static func git(at folder: AbsolutePath) throws -> GitRepository? {
    if try isGitDirectory(folder) {
      guard let git = try GitRepository.open(at: folder.bytes), git.isBare else { return nil }
      return git
    }
    guard try FileSystem.exists(folder.appending(".git")),
      let git = try? GitRepository.open(at: folder.bytes), git.isBare
    else { return nil }
    return git
  }

  /// Whether a folder looks like one of git's own, as git tells it.
  static func isGitDirectory(_ folder: AbsolutePath) throws -> Bool {
    guard try FileSystem.status(of: folder.appending("HEAD")) != nil else { return false }
    return try FileSystem.statusFollowingLinks(of: folder.appending("objects"))?.isDirectory == true
      && FileSystem.statusFollowingLinks(of: folder.appending("refs"))?.isDirectory == true
  }

  /// The bare repository that `GIT_DIR` names, as it does in git's hooks.
  static func gitOfEnvironment(relativeTo current: AbsolutePath) throws -> GitRepository? {
    guard let name = ConfigurationFiles.environmentBytes("GIT_DIR"), !name.isEmpty else {
      return nil
    }
    let folder = AbsolutePath(name, relativeTo: current)
    return try isGitDirectory(folder) ? git(at: folder) : nil
  }
}
