package import DverCore
import DverFileSystem
import DverIgnore

extension Workspace {
  /// The path of the workspace that a user's argument names.
  ///
  /// - Throws: ``WorkspaceError/outside(_:)``.
  func path(of argument: [UInt8]) throws -> RepositoryPath {
    let absolute = AbsolutePath(argument, relativeTo: current)
    if let path = absolute.relative(to: root) { return path }
    // The user may have come here through a link.
    if let parent = try? absolute.parent.resolvingLinks(),
      let path = parent.appending(absolute.lastComponent).relative(to: root)
    {
      return path
    }
    throw WorkspaceError.outside(PathQuoting.quoted(argument))
  }

  /// A workspace path as the user would type it where they are.
  package func displayed(_ path: RepositoryPath) -> String {
    PathQuoting.quoted(relativeToCurrent(path))
  }

  /// A workspace path, counted from where the user is.
  func relativeToCurrent(_ path: RepositoryPath) -> [UInt8] {
    guard let folder = current.relative(to: root) else { return root.appending(path).bytes }
    return path.written(from: folder)
  }

  /// A path that is written from the file system's root, as one counted from `folder`; others, and those
  /// that lie outside of the workspace, as they are.
  func relative(_ written: [UInt8], to folder: RepositoryPath) -> [UInt8] {
    guard written.first == RepositoryPath.slash, let path = try? path(of: written) else {
      return written
    }
    return path.written(from: folder)
  }

  /// The paths that a glob names, sorted.
  func expand(glob argument: [UInt8]) throws -> [RepositoryPath] {
    let pattern = try path(of: argument)
    guard let wildcard = WildcardPattern(pattern.bytes), wildcard.hasWildcards else {
      return [pattern]
    }
    let folder = RepositoryPath(normalized: Array(wildcard.fixedFolder))
    var found: [RepositoryPath] = []
    try collect(matching: wildcard, in: folder, into: &found)
    guard !found.isEmpty else {
      throw WorkspaceError.failed(
        "no path matches \(PathQuoting.quoted(argument))",
        hint: "patterns take *, ?, [..] and **, and count from the current folder")
    }
    return found.sorted()
  }

  /// A folder that matches is taken as a whole.
  private func collect(
    matching pattern: WildcardPattern, in folder: RepositoryPath,
    into found: inout [RepositoryPath]
  ) throws {
    for entry in try FileSystem.entries(in: root.appending(folder)) ?? [] {
      let path = folder.appending(entry.name)
      if entry.name.elementsEqual(".git".utf8) || entry.name.elementsEqual(".dver".utf8) {
        continue
      }
      if pattern.matches(path.bytes), !CatalogFiles.isOwn(path) {
        found.append(path)
      } else if entry.isDirectory {
        try collect(matching: pattern, in: path, into: &found)
      }
    }
  }
}

extension Workspace {
  /// How the user is told a path that may have a slash behind it.
  package func shown(_ path: [UInt8]) -> String {
    let slash = path.last == RepositoryPath.slash ? [RepositoryPath.slash] : []
    let plain = RepositoryPath(normalized: Array(path.dropLast(slash.count)))
    return PathQuoting.quoted(relativeToCurrent(plain) + slash)
  }
}
