package import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore

/// What `move` did.
package struct MoveSummary: Sendable {
  package let source: RepositoryPath
  package let target: RepositoryPath
  /// The pointer that tracks the target now.
  package let pointer: RepositoryPath
}

extension Workspace {
  /// Gives tracked data another place: the data, its pointer, its manifest and its ignore line.
  ///
  /// - Parameters:
  ///   - source: A path that a pointer tracks, or the pointer.
  ///   - destination: A new name, or a folder to move it into.
  package func move(_ source: [UInt8], to destination: [UInt8]) throws -> MoveSummary {
    let catalog = try catalog()
    let output = try movable(source, in: catalog)
    try refuseLinks(above: output.path, displayed(output.path))
    let target = try moveTarget(destination, for: output, source: source)
    try refuse(target, for: output, in: catalog)
    guard case .pointer(let pointer) = output.origin,
      let entry = catalog.pointers.first(where: { $0.path == pointer })
    else { throw WorkspaceError.noSuchTarget(displayed(output.path)) }
    let newPointer = Self.pointerPath(of: entry, after: output.path, becomes: target)
    if newPointer != pointer, try FileSystem.exists(root.appending(newPointer)) {
      throw WorkspaceError.occupied(displayed(newPointer))
    }
    if newPointer != pointer { try refuseIgnoredPointer(newPointer) }
    let edit = PointerMove(entry: entry, newPath: newPointer, from: output.path, to: target)
    try perform("dver move \(output.path) \(target)") {
      try moveChanges(output, target: target, edit: edit)
    }
    if output.name?.isDirectory == true {
      try moveDirectoryIndex(from: output.path, to: target)
    }
    try forgetTracked([output.path])
    if let name = output.name { try rememberTracked([(name, target)]) }
    warnOfReaders(of: output.path, in: catalog)
    return MoveSummary(source: output.path, target: target, pointer: newPointer)
  }

  private func moveChanges(
    _ output: TrackedOutput, target: RepositoryPath, edit: PointerMove
  ) throws -> Changes {
    var changes = Changes()
    let pointer = edit.entry.path
    guard let old = try FileSystem.contents(of: root.appending(pointer)) else {
      throw WorkspaceError.missing(displayed(pointer))
    }
    let new = try edit.text(from: old)
    if edit.newPath == pointer {
      changes.texts.append(TextChange(path: pointer, old: old, new: new))
    } else {
      changes.texts.append(TextChange(path: edit.newPath, old: nil, new: new))
      changes.texts.append(TextChange(path: pointer, old: old, new: nil))
    }
    if let name = output.name, name.isDirectory {
      // Reads the nodes at their old place before that is emptied.
      changes.manifests = [
        ManifestChange(path: target, old: nil, new: name.digest),
        ManifestChange(path: output.path, old: name.digest, new: nil),
      ]
      try keepNodes(of: output.path, root: name.digest)
    }
    var ignores = IgnoreLines(workspace: self)
    if output.isCached { try ignores.add(target) }
    try ignores.remove(output.path)
    // New lines first, so that git never sees the data.
    changes.texts = ignores.changes + changes.texts
    if let status = try FileSystem.status(of: root.appending(output.path)) {
      try refuseOtherDevice(status, source: output.path, target: target)
      changes.moves = [DataMove(source: output.path, target: target, inode: status.inode)]
    }
    return changes
  }

  /// Puts a manifest's nodes into the cache, where they are found under any path.
  func keepNodes(of path: RepositoryPath, root: Digest) throws {
    let transaction = try storing()
    for node in try manifests.reader(of: path).nodes(of: root) {
      try transaction.store(manifests.node(node.digest, node.location, of: path))
    }
    try transaction.finish()
    try transaction.store.settle()
  }

  // MARK: What cannot be moved

  private func movable(_ source: [UInt8], in catalog: Catalog) throws -> TrackedOutput {
    let selections = try select([source], in: catalog)
    guard selections.count == 1, let selection = selections.first else {
      throw WorkspaceError.failed(
        "'\(PathQuoting.quoted(source))' stands for \(selections.count) tracked paths",
        hint: "name one of them")
    }
    let output = selection.output
    if case .stage = output.origin {
      throw WorkspaceError.failed(
        "\(displayed(output.path)) is an output of stage '\(output.originText)'",
        hint: "change the path in dver.yaml and run 'dver repro'")
    }
    if let part = selection.part {
      throw WorkspaceError.failed(
        "\(displayed(output.path.appending(part))) is a part of \(displayed(output.path))",
        hint: "move it with mv, then run 'dver add \(displayed(output.path))'")
    }
    return output
  }

  /// The new path: inside of the destination where that is a folder, as with mv.
  private func moveTarget(
    _ destination: [UInt8], for output: TrackedOutput, source: [UInt8]
  ) throws -> RepositoryPath {
    let path = try path(of: destination)
    if try FileSystem.statusFollowingLinks(of: root.appending(path))?.isDirectory == true {
      return path.appending(output.path.lastComponent)
    }
    if destination.last == RepositoryPath.slash {
      throw WorkspaceError.missing(PathQuoting.quoted(destination))
    }
    let suffix = CatalogFiles.pointerSuffix
    guard try self.path(of: source).hasSuffix(suffix), path.hasSuffix(suffix) else { return path }
    return RepositoryPath(normalized: path.bytes.dropLast(suffix.utf8.count))
  }

  private func refuse(
    _ target: RepositoryPath, for output: TrackedOutput, in catalog: Catalog
  ) throws {
    let shown = displayed(target)
    try refuseOwnFiles(target, shown)
    if target.isBelow(output.path) {
      throw WorkspaceError.inside(shown, of: displayed(output.path))
    }
    if try FileSystem.exists(root.appending(target)) { throw WorkspaceError.occupied(shown) }
    try refuseLinks(target, shown)
    try refuseStores(in: target)
    let isDirectory = output.name?.isDirectory == true
    if let rule = try ignoringRule(of: target, isDirectory: isDirectory) {
      throw WorkspaceError.ignored(shown, by: rule)
    }
    for other in [catalog.output(containing: target), catalog.outputs(inside: target).first] {
      if let other, other.path != output.path || target != output.path {
        throw WorkspaceError.overlaps(shown, with: displayed(other.path))
      }
    }
    try refuseInGit(target, shown)
  }

  private func refuseOtherDevice(
    _ status: FileStatus, source: RepositoryPath, target: RepositoryPath
  ) throws {
    var folder = target.parent
    while try !FileSystem.exists(root.appending(folder)) { folder = folder.parent }
    guard try FileSystem.status(of: root.appending(folder))?.device == status.device else {
      throw WorkspaceError.otherFileSystem(displayed(target), from: displayed(source))
    }
  }

  private func warnOfReaders(of path: RepositoryPath, in catalog: Catalog) {
    for pipeline in catalog.pipelines {
      for stage in pipeline.file.stages {
        let folder = pipeline.folder.resolving(Array((stage.workingDirectory ?? ".").utf8))
        let reads = stage.dependencies.contains {
          folder?.resolving($0)?.isInside(path) == true
        }
        guard reads else { continue }
        notices.warning(
          "stage '\(stage.name)' depends on \(displayed(path)): change its deps in dver.yaml")
      }
    }
  }

  /// Where the pointer belongs after the move: beside its data, if it was there and tracks nothing
  /// else.
  private static func pointerPath(
    of entry: Catalog.PointerEntry, after source: RepositoryPath, becomes target: RepositoryPath
  ) -> RepositoryPath {
    let follows =
      entry.file.outputs.count == 1 && entry.file.workingDirectory == nil
      && entry.path == source.withSuffix(CatalogFiles.pointerSuffix)
    return follows ? target.withSuffix(CatalogFiles.pointerSuffix) : entry.path
  }
}
