import DverCore
import DverFileSystem
import DverGit
import DverIgnore

/// Git's ignore rules for a walk of the workspace. libgit2 is asked a path at a time and looks at all
/// folders above it each time.
extension Workspace {
  /// What git ignores in the workspace's own folder, without the `.gitignore` in it. Paths count from
  /// the work tree.
  func gitIgnoreStack(_ git: GitRepository) throws -> IgnoreStack {
    var stack = IgnoreStack()
    // The weakest first.
    let common = AbsolutePath(normalized: git.commonDirectory)
    for file in [try gitExcludesFile(git), common.appending("info/exclude")] {
      if let file, let rules = try gitIgnoreRules(file, folder: .root) { stack.push(rules) }
    }
    let prefix = gitPrefix(in: git)
    guard !prefix.bytes.isEmpty, let workTree = git.workTree else { return stack }
    let top = AbsolutePath(normalized: workTree)
    func outerRules(in folder: RepositoryPath) throws -> IgnoreRules? {
      try gitIgnoreRules(top.appending(folder).appending(".gitignore"), folder: folder)
    }
    if let rules = try outerRules(in: .root) { stack.push(rules) }
    var folder = RepositoryPath.root
    let workspace = RepositoryPath(normalized: prefix.bytes)
    for component in workspace.components {
      let next = folder.appending(component)
      try stack.descend(into: next.bytes.span) {
        next == workspace ? nil : try outerRules(in: next)
      }
      folder = next
    }
    return stack
  }

  /// The rules of the `.gitignore` in a folder of the workspace.
  func gitIgnoreRules(
    in folder: RepositoryPath, _ prefix: GitPathPrefix
  ) throws -> IgnoreRules? {
    try gitIgnoreRules(
      root.appending(folder).appending(".gitignore"),
      folder: RepositoryPath(normalized: prefix.gitPath(folder)))
  }

  private func gitIgnoreRules(
    _ file: AbsolutePath, folder: RepositoryPath
  ) throws -> IgnoreRules? {
    guard try FileSystem.statusFollowingLinks(of: file)?.isFile == true,
      let contents = try FileSystem.contents(of: file)
    else { return nil }
    return IgnoreRules(folder: folder, contents: contents, fileName: ".gitignore")
  }

  /// The user's own ignore file; it need not exist.
  private func gitExcludesFile(_ git: GitRepository) throws -> AbsolutePath? {
    if let path = try git.configurationPath("core.excludesfile") {
      return path.isEmpty ? nil : AbsolutePath(path, relativeTo: root)
    }
    return ConfigurationFiles.ofUser("git/ignore")
  }
}
