import DverCore
import DverFileSystem
import DverGit
import DverIgnore

/// What `add` will do with a path.
enum AddTarget: Sendable {
  /// Track the path, or update the pointer beside it.
  case whole(RepositoryPath, isTracked: Bool)
  /// Update one path inside of a tracked directory, whose other files need not be there; or a tracked
  /// path itself, in a pointer that has another name or tracks other paths too.
  case member(RepositoryPath, of: TrackedOutput)

  var path: RepositoryPath {
    switch self {
    case .whole(let path, _), .member(let path, _): path
    }
  }
}

extension Workspace {
  /// Says what `add` does with a path, or why it refuses.
  ///
  /// - Parameter arriving: What will be there, if that is not what is there.
  func addTarget(
    _ path: RepositoryPath, catalog: Catalog, arriving: FileStatus? = nil
  ) throws -> AddTarget {
    let shown = displayed(path)
    try refuseOwnFiles(path, shown)
    try refuseStores(in: path)
    let tracked = catalog.output(containing: path)
    let directory = tracked.flatMap { $0.isPointedDirectory(around: path) ? $0 : nil }
    if arriving == nil, directory != nil {
      // Inside of a directory a link is recorded as what it is.
      try refuseLinks(above: path, shown)
    } else {
      try refuseLinks(path, shown)
    }
    guard let status = try arriving ?? FileSystem.status(of: root.appending(path)) else {
      // A member that is gone updates its directory; anything else must be there.
      if let directory { return .member(path, of: directory) }
      throw WorkspaceError.missing(shown)
    }
    if status.kind == .special { throw ContentError.special(shown) }
    if let ignored = try ignoringRule(of: path, isDirectory: status.isDirectory) {
      throw WorkspaceError.ignored(shown, by: ignored)
    }
    if let tracked { return try addTarget(path, in: tracked) }
    if let below = catalog.outputs(inside: path).first {
      throw WorkspaceError.overlaps(shown, with: displayed(below.path))
    }
    try refuseInGit(path, shown)
    try refuseIgnoredPointer(path.withSuffix(CatalogFiles.pointerSuffix))
    return .whole(path, isTracked: false)
  }

  /// Says how `add` updates a path at or inside of `tracked`, or why it refuses.
  private func addTarget(
    _ path: RepositoryPath, in tracked: TrackedOutput
  ) throws -> AddTarget {
    guard case .pointer(let pointer) = tracked.origin else {
      throw WorkspaceError.failed(
        "\(displayed(path)) is an output of stage '\(tracked.originText)'",
        hint: "run 'dver commit' to record it as it is")
    }
    if tracked.isCached { try refuseTrackedByGit(inside: path) }
    if tracked.path == path {
      let isOwn =
        pointer == path.withSuffix(CatalogFiles.pointerSuffix)
        && path.lastComponent.elementsEqual(tracked.record.path)
      return isOwn ? .whole(path, isTracked: true) : .member(path, of: tracked)
    }
    guard tracked.isPointedDirectory(around: path) else {
      throw WorkspaceError.overlaps(displayed(path), with: pointer.description)
    }
    return .member(path, of: tracked)
  }

  /// Refuses a new pointer that would never get into git: who does not let dver stage it, stages what
  /// git does not ignore.
  func refuseIgnoredPointer(_ pointer: RepositoryPath) throws {
    guard try !configuration().autostages, let git = try git() else { return }
    let path = gitPrefix(in: git).gitPath(pointer)
    guard try git.isIgnored(path, isDirectory: false), try !git.isTracked(path) else { return }
    let shown = displayed(pointer)
    throw WorkspaceError.failed(
      "git ignores \(shown), which it is to keep",
      hint: "run 'git check-ignore -v \(shown)' and change that rule")
  }

  /// Refuses a path that git tracks, or of which it tracks a part.
  func refuseInGit(_ path: RepositoryPath, _ shown: String) throws {
    guard let git = try git(), try git.isTracked(gitPrefix(in: git).gitPath(path)) else { return }
    throw WorkspaceError.trackedByGit(shown)
  }

  /// Refuses tracked data of which git tracks a part too, except for what dver ignores.
  ///
  /// Costs one look into the index where there is no such part.
  func refuseTrackedByGit(inside path: RepositoryPath) throws {
    guard let git = try git(), !git.isBare else { return }
    let prefix = gitPrefix(in: git)
    let gitPath = prefix.gitPath(path)
    guard try git.isTracked(gitPath) else { return }
    let members = try git.trackedPaths(below: gitPath)
    let found =
      members.isEmpty
      ? [path] : (0..<members.count).compactMap { prefix.workspacePath(members[$0]) }
    for member in found where try !isLeftOut(member) {
      throw WorkspaceError.trackedByGit(displayed(member))
    }
  }

  /// Whether ignore rules cover a file or a folder around it.
  private func isLeftOut(_ file: RepositoryPath) throws -> Bool {
    if try ignoringRule(of: file, isDirectory: false) != nil { return true }
    var folder = file.parent
    while !folder.isRoot {
      if try ignoringRule(of: folder, isDirectory: true) != nil { return true }
      folder = folder.parent
    }
    return false
  }

  func refuseOwnFiles(_ path: RepositoryPath, _ shown: String) throws {
    if path.isRoot {
      throw WorkspaceError.failed(
        "\(shown) is the workspace itself, which cannot be tracked",
        hint: "name the files and folders in it that are data, or use --glob '*'")
    }
    if path.isReserved { throw WorkspaceError.isInternal(shown) }
    if CatalogFiles.isOwn(path) { throw WorkspaceError.isPointer(shown) }
    try refuseOtherWorkspaces(around: path, shown)
  }

  /// Refuses a path whose pointer no command here would find.
  private func refuseOtherWorkspaces(around path: RepositoryPath, _ shown: String) throws {
    var folder = path.parent
    while !folder.isRoot {
      if try FileSystem.status(of: root.appending(folder).appending(".dver"))?.isDirectory == true {
        throw WorkspaceError.failed(
          "\(shown) belongs to another workspace, \(displayed(folder))",
          hint: "run the command in that folder")
      }
      folder = folder.parent
    }
  }

  func refuseLinks(_ path: RepositoryPath, _ shown: String) throws {
    let absolute = root.appending(path)
    if try FileSystem.status(of: absolute)?.isLink == true,
      try object(behindLink: absolute) == nil
    {
      throw WorkspaceError.isLink(shown)
    }
    try refuseLinks(above: path, shown)
  }

  /// Refuses a path that lies below a link: what is written there lands somewhere else.
  func refuseLinks(above path: RepositoryPath, _ shown: String) throws {
    if let link = try linkAbove(path) {
      throw WorkspaceError.belowLink(shown, link: displayed(link))
    }
  }

  func isBelowLink(_ path: RepositoryPath) throws -> Bool { try linkAbove(path) != nil }

  private func linkAbove(_ path: RepositoryPath) throws -> RepositoryPath? {
    var folder = path.parent
    while !folder.isRoot {
      if try FileSystem.status(of: root.appending(folder))?.isLink == true { return folder }
      folder = folder.parent
    }
    return nil
  }

  /// The ignore rule that leaves a path out, as `FILE:LINE:PATTERN`.
  func ignoringRule(of path: RepositoryPath, isDirectory: Bool) throws -> String? {
    try Self.ignoringRule(of: path, isDirectory: isDirectory, in: ignoreStack(around: path))
  }

  /// As ``ignoringRule(of:isDirectory:)``, of a path in the folder of `stack`.
  static func ignoringRule(
    of path: RepositoryPath, isDirectory: Bool, in stack: IgnoreStack
  ) -> String? {
    let decision = stack.decision(forPath: path.bytes.span, isDirectory: isDirectory)
    guard decision.isIgnored else { return nil }
    guard let rule = decision.rule else { return "dver itself" }
    let pattern = String(decoding: stack.pattern(of: rule), as: UTF8.self)
    return "\(stack.file(of: rule)):\(stack.line(of: rule)):\(pattern)"
  }
}

extension TrackedOutput {
  /// Whether it is the directory of a pointer, and `path` lies inside of it.
  fileprivate func isPointedDirectory(around path: RepositoryPath) -> Bool {
    guard case .pointer = origin else { return false }
    return name?.isDirectory == true && path.isBelow(self.path)
  }
}
