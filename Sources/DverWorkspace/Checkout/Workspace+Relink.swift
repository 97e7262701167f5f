import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore

extension Workspace {
  /// Whether a file is another kind of link than `cache.type` asks for.
  func needsRelink(
    _ entries: EntryTable, _ index: Int, below folder: RepositoryPath, store: ObjectStore
  ) throws -> Bool {
    guard entries.kinds[index] == .file || entries.kinds[index] == .executable else { return false }
    let path = root.appending(folder).appending(entries.paths[index])
    guard let status = try FileSystem.status(of: path) else { return false }
    let object = try FileSystem.status(of: store.path(of: entries.digests[index]))
    guard try object != nil || store.contains(entries.digests[index]) else { return false }
    let mayBeLinked = entries.kinds[index] == .file && entries.sizes[index] > 0
    // An object that stands in a pack is no file yet.
    let isHardLink = status.inode == object?.inode && status.device == object?.device
    switch try configuration().linkTypes.first {
    case .hardlink where mayBeLinked: return !isHardLink
    case .symlink where mayBeLinked:
      // A link may lead into the cache of before.
      return try !status.isLink
        || FileSystem.destination(ofLink: path) != store.path(of: entries.digests[index]).bytes
    default: return status.isLink || isHardLink
    }
  }

  /// Replaces files that were added by the links that the configuration asks for, or single ones that
  /// are links by files of their own; of a directory to which members were added these alone.
  func relink(_ paths: [RepositoryPath], command: String) throws {
    let asksForLinks = try configuration().linkTypes.first?.isLink == true
    // To look for links in whole directories would cost as much as to add them.
    let paths = try asksForLinks ? paths : paths.filter(mayBeLinked)
    guard !paths.isEmpty else { return }
    let catalog = try catalog()
    var options = CheckoutOptions()
    options.relink = true
    let selections = paths.compactMap { path -> Selection? in
      guard let output = catalog.output(containing: path) else { return nil }
      let part = path == output.path ? nil : path.relative(to: output.path)
      return Selection(output: output, part: part)
    }
    _ = try withLease("checkout", command) { try checkout(selections, options: options) }
  }

  /// Whether a single file may be a link into the cache.
  private func mayBeLinked(_ path: RepositoryPath) throws -> Bool {
    guard let status = try FileSystem.status(of: root.appending(path)) else { return false }
    return status.isLink || status.isFile && status.linkCount > 1
  }
}
