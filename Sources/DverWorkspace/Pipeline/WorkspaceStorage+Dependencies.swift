import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverPipeline
import Synchronization

/// What a stage reads of a folder: all that commands see there, but no bookkeeping.
extension WorkspaceStorage {
  func dependencyRecord(of path: DependencyPath, isRecheck: Bool) throws -> OutputRecord? {
    let found = try found(at: path, isRecheck: isRecheck)
    guard var record = found.record else { return nil }
    if let summary = try summary(of: found.plain, at: path.insidePath) {
      record.name = ContentName(digest: summary.digest, isDirectory: true)
      (record.size, record.fileCount) = (summary.byteCount, summary.fileCount)
    }
    record.name = try record.name.map { try name($0, following: found.links, in: path) }
    return record
  }

  /// The name of a folder with what links lead to that leave it: what it is to a command goes on behind
  /// them.
  ///
  /// - Parameter name: That of the folder by itself.
  func name(
    _ name: ContentName, following links: [(path: [UInt8], target: [UInt8])],
    in folder: DependencyPath
  ) throws -> ContentName {
    let targets = try links.isEmpty ? [] : namesBehind(links, in: place(of: folder).0)
    guard !targets.isEmpty else { return name }
    let text = (["\(name)"] + targets.map { "\($0.name) \(PathQuoting.quoted($0.link))" })
      .map { $0 + "\n" }.joined()
    return ContentName(digest: SHA256.digest(of: Array(text.utf8).span), isDirectory: true)
  }

  /// What links lead to that leave their folder, in the order of their paths.
  private func namesBehind(
    _ links: [(path: [UInt8], target: [UInt8])], in folder: AbsolutePath
  ) throws -> [(link: [UInt8], name: ContentName)] {
    try links.sorted { $0.path.lexicographicallyPrecedes($1.path) }.compactMap { path, target in
      let link = folder.appending(path)
      guard AbsolutePath(target, relativeTo: link.parent).relative(to: folder) == nil,
        let status = try FileSystem.statusFollowingLinks(of: link), status.kind != .special
      else { return nil }
      let place = try link.resolvingLinks()
      // A folder around this one holds what the stage writes, too.
      if try folder.resolvingLinks().relative(to: place) != nil { return nil }
      let inside = place.relative(to: workspace.root)
      let content = try scanner.content(
        at: place, key: inside ?? RepositoryPath(normalized: place.bytes))
      guard let name = content.name else { return nil }
      guard case .directory(let directory) = content,
        let summary = try summary(of: directory.entries.withoutBookkeeping(), at: inside)
      else { return (path, name) }
      return (path, ContentName(digest: summary.digest, isDirectory: true))
    }
  }

  /// What a folder is without its bookkeeping: to dver a folder that it tracks is all that is in it.
  ///
  /// - Parameters:
  ///   - plain: `nil` where there is no bookkeeping.
  ///   - path: `nil` outside of the workspace.
  private func summary(
    of plain: EntryTable?, at path: RepositoryPath?
  ) throws -> ManifestSummary? {
    guard let plain, try path.map({ try !isTracked($0) }) ?? true else { return nil }
    return try ManifestBuilder().build(plain) { _ in }
  }

  /// Whether a path is what dver tracks, with all that is in it.
  private func isTracked(_ path: RepositoryPath) throws -> Bool {
    try knownCatalog().output(containing: path) != nil
  }

  func knownCatalog() throws -> Catalog {
    let catalog = try state.withLock(\.catalog) ?? workspace.catalog()
    state.withLock { $0.catalog = catalog }
    return catalog
  }
}
