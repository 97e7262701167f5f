import DverCore
import DverFileSystem
import DverGit

/// What the user wants resolved, and which side is to count there.
struct ResolveSelection {
  private struct Target {
    let text: [UInt8]
    /// `nil` for what can only be the name of a stage.
    let path: RepositoryPath?
    let stage: (folder: RepositoryPath, name: String)
    var isUsed = false
  }

  private let side: ResolveSide?
  private var targets: [Target]
  private(set) var decisions: ResolveDecisions

  init(
    _ targets: [[UInt8]], side: ResolveSide?, decisions: ResolveDecisions, in workspace: Workspace
  ) {
    self.side = side
    self.decisions = decisions
    self.targets = targets.map { text in
      var (folder, name) = (workspace.currentFolder, text[...])
      if let colon = text.lastIndex(of: UInt8(ascii: ":")),
        let file = try? workspace.path(of: Array(text[..<colon])),
        file.lastComponent.elementsEqual(CatalogFiles.pipelineName.utf8)
      {
        (folder, name) = (file.parent, text[(colon + 1)...])
      }
      return Target(
        text: text, path: try? workspace.path(of: text),
        stage: (folder, String(decoding: name, as: UTF8.self)))
    }
  }

  var hasTargets: Bool { !targets.isEmpty }

  /// Whether a pointer, which tracks `data` in one version or another, is to be resolved.
  mutating func covers(pointer: RepositoryPath, data: [RepositoryPath]) -> Bool {
    use { target in
      guard let path = target.path else { return false }
      return pointer.isInside(path) || data.contains { path.isInside($0) || $0.isInside(path) }
    }
  }

  /// Whether a lock, which has `stages` in one version or another, is to be resolved.
  mutating func covers(lock: RepositoryPath, stages: [String]) -> Bool {
    use { target in
      Self.isFile(lock, target)
        || target.stage.folder == lock.parent
          && stages.contains { Self.isStage($0, target.stage.name) }
    }
  }

  /// Whether a file that belongs to no data is to be resolved.
  mutating func covers(file: RepositoryPath) -> Bool {
    use { $0.path.map { file.isInside($0) } ?? false }
  }

  private mutating func use(_ matches: (Target) -> Bool) -> Bool {
    guard hasTargets else { return true }
    var isCovered = false
    for index in targets.indices where matches(targets[index]) {
      targets[index].isUsed = true
      isCovered = true
    }
    return isCovered
  }

  /// The targets that named nothing.
  var unused: [[UInt8]] { targets.filter { !$0.isUsed }.map(\.text) }

  // MARK: Sides

  /// Which side counts for data of a pointer.
  mutating func side(
    of data: RepositoryPath, in pointer: RepositoryPath, _ conflict: GitConflict
  ) -> ResolveSide? {
    let isMeant =
      !hasTargets
      || targets.contains { target in
        target.path.map { data.isInside($0) || pointer.isInside($0) } ?? false
      }
    return decide(pointer, data.bytes, conflict, isMeant: isMeant)
  }

  /// Which side counts for a stage of a lock.
  mutating func side(
    ofStage name: String, in lock: RepositoryPath, _ conflict: GitConflict
  ) -> ResolveSide? {
    let isMeant =
      !hasTargets
      || targets.contains { target in
        Self.isFile(lock, target)
          || target.stage.folder == lock.parent && Self.isStage(name, target.stage.name)
      }
    return decide(lock, Array(name.utf8), conflict, isMeant: isMeant)
  }

  private mutating func decide(
    _ file: RepositoryPath, _ part: [UInt8], _ conflict: GitConflict, isMeant: Bool
  ) -> ResolveSide? {
    let item = ResolveDecisions.Item(file: file, part: part, versions: conflict.versions)
    // What was decided by name stays when all the rest is decided at once.
    if isMeant, let side, hasTargets || decisions[item] == nil { decisions[item] = side }
    return decisions[item]
  }

  /// Whether a target names a lock: itself, its pipeline, or a folder around it.
  private static func isFile(_ lock: RepositoryPath, _ target: Target) -> Bool {
    guard let path = target.path else { return false }
    return lock.isInside(path) || lock.parent.appending(CatalogFiles.pipelineName.utf8) == path
  }

  private static func isStage(_ name: String, _ target: String) -> Bool {
    name == target || name.hasPrefix(target + "@")
  }
}
