import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore
import DverPipeline

/// What is never collected, and what the scope of a collection adds to it.
extension Workspace {
  /// Adds all that a scope keeps, in this project and in those that the scope names.
  func addRoots(_ scope: CollectScope, to marker: inout CollectMarker) throws {
    try addRootsOfProject(scope, to: &marker)
    for project in scope.projects {
      let folder = AbsolutePath(project, relativeTo: current)
      guard try FileSystem.statusFollowingLinks(of: folder)?.isDirectory == true else {
        throw WorkspaceError.failed(
          "\(folder), which -p names, is no folder",
          hint: "name the folder of another project")
      }
      let other = try Workspace.open(
        from: folder, isUsers: false, progress: progress,
        cancellation: cancellation, notices: notices)
      try other.addRootsOfProject(scope, to: &marker)
    }
  }

  func addRootsOfProject(_ scope: CollectScope, to marker: inout CollectMarker) throws {
    let workspaces = try workspacesOfRepository()
    for workspace in workspaces {
      try progress.check()
      try workspace.addPresent(to: &marker)
    }
    if let git = try git() {
      for (revision, reason) in try keptRevisions(scope, in: git) {
        try progress.check()
        guard marker.note(revision, reason) else { continue }
        try add(revision, in: git, to: &marker)
      }
    } else if !scope.isWorkspaceOnly {
      _ = try requiredGit(for: "choosing revisions")
    }
    for workspace in workspaces { workspace.addOperations(to: &marker) }
  }

  private func add(
    _ revision: GitRevision, in git: GitRepository, to marker: inout CollectMarker
  ) throws {
    let place = "revision \(revision.commit.hex.prefix(7))"
    let catalog = try reporting(place) { try self.catalog(of: revision, in: git) }
    try marker.add(
      catalog, manifests: ManifestFiles(workspace: self, tree: revision.tree), place: place)
  }

  /// This workspace, and the same folder in the other work trees of the repository.
  ///
  /// - Throws: ``CollectError/absentWorkTree(_:)``: what its index needs, only its files tell.
  func workspacesOfRepository() throws -> [Workspace] {
    guard let git = try git() else { return [self] }
    if let absent = try git.absentWorkTrees().first {
      throw CollectError.absentWorkTree(PathQuoting.quoted(absent))
    }
    let prefix = gitPrefix(in: git)
    var workspaces = [self]
    // Another index in the environment does not take the place of the one that stays.
    if indexFile != nil {
      workspaces.append(
        Workspace(
          root: root, current: current, progress: progress, cancellation: cancellation,
          notices: notices))
    }
    for tree in try git.workTrees() {
      let folder = try AbsolutePath(normalized: tree).resolvingLinks().appending(prefix.bytes)
      guard folder != root, try FileSystem.exists(folder) else { continue }
      workspaces.append(
        Workspace(
          root: folder, current: folder, progress: progress, cancellation: cancellation,
          notices: notices))
    }
    return workspaces
  }

  // MARK: One work tree

  /// Adds what the files and the index of this work tree name.
  private func addPresent(to marker: inout CollectMarker) throws {
    if try FileSystem.exists(dverFolder) {
      let place = "the workspace \(root)"
      marker.note("workspace \(root)")
      let catalog = try reporting(place) { try self.overlappingCatalog(requiringAll: true) }
      try marker.add(catalog, manifests: manifests, place: place)
      let finished = try lockLog.entries() + orphanedLocks.entries()
      for name in finished.flatMap(\.lock.outputs).compactMap(\.name) {
        marker.addIfReadable(name, manifests: manifests)
      }
      marker.add(linked: try linkedObjects())
    }
    guard let git = try git(), !git.isBare else { return }
    let place = "the index of \(root)"
    marker.note("index of \(root)")
    let staged = try reporting(place) {
      try StagedManifests(workspace: self, git: git).catalog()
    }
    try marker.add(staged, manifests: manifests, place: place)
  }

  /// Adds what operations name that are being carried out, or will be finished.
  ///
  /// - Parameter alsoFinished: Whether those count, too, that `undo` may take back.
  func addOperations(alsoFinished: Bool = false, to marker: inout CollectMarker) {
    for name in (try? FileSystem.names(in: operations.folder)) ?? [] {
      guard alsoFinished || name.suffix(5).elementsEqual(".open".utf8),
        let bytes = try? FileSystem.contents(of: operations.folder.appending(name)),
        let record = OperationRecord(parsing: bytes)
      else { continue }
      let names =
        record.texts.flatMap { [$0.old, $0.new].compactMap(\.self).flatMap(Self.recordedNames) }
        + record.manifests.flatMap { [$0.old, $0.new].compactMap(\.self) }
        .map { ContentName(digest: $0, isDirectory: true) }
        + record.data.flatMap { [$0.old, $0.new] }.compactMap(\.record?.name)
      for name in names { marker.addIfReadable(name, manifests: manifests) }
    }
  }

  /// All names that stand in a pointer file or a lock file.
  static func recordedNames(in text: [UInt8]) -> [ContentName] {
    if let pointer = try? PointerFile.parse(bytes: text, source: "") {
      return pointer.outputs.compactMap(\.record.name)
    }
    guard let lock = try? LockFile.parse(bytes: text, source: "") else { return [] }
    return lock.entries.flatMap(\.lock.outputs).compactMap(\.name)
  }
}
