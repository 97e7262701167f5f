import DverCore
import DverFileSystem

/// The folder that `migrate` began with, to be had again where it refuses.
struct MigrationStart {
  private let workspace: Workspace
  private let project: DVCProject
  /// Whether there was no workspace.
  private let isNew: Bool
  /// What stood in `.dver` already: a branch without it leaves the cache.
  private let present: Set<[UInt8]>
  /// What `.dverignore` files held; `nil` for one that there was not.
  private let ignoreFiles: [(path: RepositoryPath, old: [UInt8]?)]

  init(_ workspace: Workspace, _ project: DVCProject) throws {
    self.workspace = workspace
    self.project = project
    isNew = try !FileSystem.exists(workspace.dverFolder.appending("config"))
    present = Set(try FileSystem.names(in: workspace.dverFolder) ?? [])
    let folders = Set([.root] + project.ignoreFiles.map(\.parent)).sorted()
    ignoreFiles = try folders.map { folder in
      let path = folder.appending(".dverignore".utf8)
      return (path, try FileSystem.contents(of: workspace.root.appending(path)))
    }
  }

  /// Makes the workspace that there is not.
  func makeWorkspace() throws {
    guard isNew else { return }
    var creation = InitOptions()
    creation.withoutGit = project.configuration.withoutGit
    creation.isSubdirectory = true
    _ = try Workspace.create(
      at: workspace.root, options: creation, notices: workspace.notices)
    // What was read when there was none.
    workspace.reloadConfiguration()
  }

  /// Removes the workspace again, if it was made; what its cache took over is in DVC's places still.
  func takeBack() throws {
    guard isNew, try FileSystem.exists(workspace.dverFolder) else { return }
    try workspace.perform("dver migrate", isUndoable: false) {
      let own = [".gitattributes", ".gitignore", "config"].filter {
        !self.present.contains(Array($0.utf8))
      }.map {
        (path: RepositoryPath(normalized: Array(".dver/\($0)".utf8)), old: [UInt8]?.none)
      }
      var changes = Workspace.Changes()
      for (path, old) in ignoreFiles + own {
        let present = try FileSystem.contents(of: workspace.root.appending(path))
        guard present != old else { continue }
        changes.texts.append(TextChange(path: path, old: present, new: old))
      }
      return changes
    }
    for name in try FileSystem.names(in: workspace.dverFolder) ?? [] where !present.contains(name) {
      try FileSystem.removeTree(workspace.dverFolder.appending(name))
    }
    if present.isEmpty { try FileSystem.removeTree(workspace.dverFolder) }
  }
}
