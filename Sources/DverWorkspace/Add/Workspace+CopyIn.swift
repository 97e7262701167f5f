import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import DverPipeline

extension Workspace {
  /// Copies data from anywhere to a new path of the workspace, where `add` then finds it.
  func copyIn(
    _ targets: [[UInt8]], to output: [UInt8], options: AddOptions
  ) throws -> RepositoryPath {
    let (source, status) = try copySource(targets)
    let path = try place(of: source, status, named: output)
    let destination = root.appending(path)
    if status.isDirectory, try destination.relative(to: source.resolvingLinks()) != nil {
      throw WorkspaceError.inside(displayed(path), of: PathQuoting.quoted(targets[0]))
    }
    _ = try refuseCopy(of: status, to: path, options: options)
    let isReplacing = try FileSystem.exists(destination)
    try FileSystem.makeDirectories(destination.parent)
    // Complete under a hidden name first, so that an interrupted copy is not taken for the data.
    let staged = destination.parent.appending(FileSystem.temporaryName())
    var holdsOldData = false
    var before = DataState.missing
    do {
      try copy(source, status: status, to: staged)
      if isReplacing {
        before = DataState(try saveContent(of: path))
        try cache().settle()
        // The old data stays in its place until the new one is whole.
        guard try FileSystem.exchange(staged, destination) else {
          throw WorkspaceError.failed(
            "\(displayed(path)) cannot be replaced on this file system", hint: "move it away first")
        }
        holdsOldData = true
        do {
          try hiddenFiles.keep(from: staged, of: path)
        } catch {
          // What no store has goes back with the rest.
          if try FileSystem.exchange(staged, destination) { holdsOldData = false }
          throw error
        }
        try FileSystem.removeTree(staged)
      } else if try !FileSystem.renameWithoutReplacing(staged, to: destination) {
        throw WorkspaceError.exists(displayed(path))
      }
    } catch {
      if !holdsOldData { try? FileSystem.removeTree(staged) }
      throw error
    }
    // `add` finds out what it is that came.
    noteData(path, from: before, to: .unknown, command: "dver add")
    return path
  }

  /// The single target of `-o`, which may lie anywhere.
  func copySource(_ targets: [[UInt8]]) throws -> (source: AbsolutePath, status: FileStatus) {
    guard targets.count == 1, let target = targets.first else {
      throw WorkspaceError.failed(
        "-o takes a single target", hint: "add them one by one")
    }
    let source = AbsolutePath(target, relativeTo: current)
    guard let status = try FileSystem.statusFollowingLinks(of: source) else {
      throw WorkspaceError.missing(PathQuoting.quoted(target))
    }
    return (source, status)
  }

  /// Where a copy goes: into a folder that is named for a file, or with a slash; else to the path.
  func place(
    of source: AbsolutePath, _ status: FileStatus, named output: [UInt8]
  ) throws -> RepositoryPath {
    let path = try path(of: output)
    let isFolder =
      try output.last == RepositoryPath.slash
      || !status.isDirectory && FileSystem.status(of: root.appending(path))?.isDirectory == true
    return isFolder ? path.appending(source.lastComponent) : path
  }

  /// All that speaks against a copy, before anything is touched.
  ///
  /// - Returns: What `add` is to do with the path then.
  func refuseCopy(
    of status: FileStatus, to path: RepositoryPath, options: AddOptions
  ) throws -> AddTarget {
    let destination = root.appending(path)
    let catalog = try catalog(takingAsData: [path])
    try refuseHiddenPointers(catalog)
    let target = try addTarget(path, catalog: catalog, arriving: status)
    guard try FileSystem.exists(destination) else { return target }
    guard options.force else { throw WorkspaceError.exists(displayed(path)) }
    for name in [".git", ".dver"] where try FileSystem.exists(destination.appending(name)) {
      throw WorkspaceError.failed(
        "\(displayed(path)) is a repository or a workspace of its own", hint: "choose another path")
    }
    return target
  }

  private func copy(
    _ source: AbsolutePath, status: FileStatus, to target: AbsolutePath
  ) throws {
    guard status.isDirectory else {
      try copyFile(source, to: target)
      return
    }
    try FileSystem.makeDirectory(target)
    try copyTree(try DirectoryWalk(source).run(), from: source, to: target)
  }

  /// Copies what a walk found; files that are there already stay.
  func copyTree(_ found: FileTable, from source: AbsolutePath, to target: AbsolutePath) throws {
    progress.begin("Copying", itemCount: Int64(found.count))
    for index in 0..<found.count {
      let (from, to) = (source.appending(found.paths[index]), target.appending(found.paths[index]))
      try FileSystem.makeDirectories(to.parent)
      switch found.kinds[index] {
      case .special: throw ContentError.special(from.description)
      case .emptyDirectory: try FileSystem.makeDirectories(to)
      case _ where try FileSystem.exists(to): break
      case .link:
        try FileSystem.makeSymbolicLink(to: FileSystem.destination(ofLink: from), at: to)
      case .file, .executable: try copyFile(from, to: to)
      }
      try progress.advance()
    }
  }

  /// Copies a file to a place where nothing is, with its owner's right to execute it.
  func copyFile(_ source: AbsolutePath, to target: AbsolutePath) throws {
    let input = try OpenFile(source, .read)
    let status = try input.status()
    guard status.isFile else { throw ContentError.special(source.description) }
    let output = try OpenFile(
      target, .createNew(permissions: status.isExecutable ? 0o777 : 0o666))
    if try !output.clone(input) {
      var hasher = FileHasher()
      let progress = progress
      _ = try hasher.copy(input, to: output, expectedByteCount: status.size) {
        try progress.advance(bytes: $0)
      }
    }
    try output.finish()
  }
}
