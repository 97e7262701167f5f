import DverCore
package import DverFileSystem
import DverGit
import DverParallel

/// How `init` makes a workspace.
package struct InitOptions: Sendable {
  /// Whether to do without git.
  package var withoutGit = false
  /// Whether the folder may lie below the root of a git repository.
  package var isSubdirectory = false
  /// Whether to write the files of an existing workspace anew.
  package var force = false

  package init() {}
}

extension Workspace {
  /// What git must not see of `.dver`; manifests stay visible whatever the user's rules say.
  static let gitIgnore = """
    /cache/
    /tmp/
    /state/
    /config.local
    !/manifests/
    !/manifests/**

    """
  static let gitAttributes =
    "/manifests/** -text -filter -ident -working-tree-encoding merge=dver\n"

  /// Makes `folder` a workspace and stages its files in git.
  package static func create(
    at folder: AbsolutePath, options: InitOptions, progress: Progress = Progress(),
    notices: Notices = Notices()
  ) throws -> Workspace {
    let folder = try folder.resolvingLinks()
    let dver = folder.appending(".dver")
    let isPresent = try FileSystem.exists(dver.appending("config"))
    if isPresent, !options.force {
      let workspace = Workspace(
        root: folder, current: folder, progress: progress, cancellation: Cancellation(),
        notices: notices)
      // An `init` that died is finished by the next one.
      guard try workspace.operations.hasUnfinished() else {
        throw WorkspaceError.alreadyAWorkspace(folder.description)
      }
      try workspace.withLock("dver init") {}
      return workspace
    }
    if !options.withoutGit {
      guard let git = try GitRepository.open(at: folder.bytes) else {
        try GitEnvironment.refuseDirectory()
        throw WorkspaceError.notAGitRoot(folder.description)
      }
      guard let workTree = git.workTree else {
        throw WorkspaceError.bareRepository(PathQuoting.quoted(git.gitDirectory))
      }
      let isRoot = try AbsolutePath(normalized: workTree).resolvingLinks() == folder
      guard isRoot || options.isSubdirectory else {
        throw WorkspaceError.notAGitRoot(folder.description)
      }
    }
    // What is begun in the folder above must not outlive the record of it.
    for name in ["state", "tmp"] {
      try FileSystem.makeDirectories(dver.appending(name), synced: true)
    }
    let workspace = Workspace(
      root: folder, current: folder, progress: progress, cancellation: Cancellation(),
      notices: notices, indexFile: GitEnvironment.indexFile)
    try workspace.perform("dver init", isUndoable: false) {
      var changes = Changes()
      let config = options.withoutGit ? "[core]\n\tno-scm = true\n" : ""
      for (name, text) in [
        (".gitignore", gitIgnore), (".gitattributes", gitAttributes), ("config", config),
      ] {
        let path = RepositoryPath(normalized: Array(".dver/\(name)".utf8))
        let old = try FileSystem.contents(of: folder.appending(path))
        if name == "config", old != nil { continue }
        changes.texts.append(TextChange(path: path, old: old, new: Array(text.utf8)))
      }
      let ignore = RepositoryPath(normalized: Array(".dverignore".utf8))
      if try !FileSystem.exists(folder.appending(ignore)) {
        let text = "# Paths that dver leaves out, in the syntax of .gitignore\n"
        changes.texts.append(TextChange(path: ignore, old: nil, new: Array(text.utf8)))
      }
      return changes
    }
    return workspace
  }
}
