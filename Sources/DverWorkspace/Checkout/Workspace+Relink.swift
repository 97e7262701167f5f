import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore
import Glibc

extension Workspace {
  /// Whether a file is another kind of link than it would become: the first of `cache.type` that the
  /// file systems offer.
  func needsRelink(
    _ entries: EntryTable, _ index: Int, below folder: RepositoryPath, store: ObjectStore
  ) throws -> Bool {
    guard entries.kinds[index] == .file || entries.kinds[index] == .executable else { return false }
    let path = root.appending(folder).appending(entries.paths[index])
    guard let status = try FileSystem.status(of: path) else { return false }
    let place = store.path(of: entries.digests[index])
    let object = try FileSystem.status(of: place)
    guard try object != nil || store.contains(entries.digests[index]) else { return false }
    // Nobody can take the mode of an executable object from it but its owner.
    let isFree = object.map { $0.mode & 0o111 == 0 || Self.isOwn($0) } ?? true
    let mayBeLinked = entries.kinds[index] == .file && entries.sizes[index] > 0 && isFree
    // An object that stands in a pack is no file yet.
    let isHardLink = status.inode == object?.inode && status.device == object?.device
    let isLinked = status.isLink || isHardLink
    for type in try configuration().linkTypes {
      switch type {
      case .hardlink where mayBeLinked:
        if isHardLink { return false }
        if try offersHardLinks(to: place, object, from: path.parent, store) { return true }
      case .symlink where mayBeLinked:
        // A link may lead into the cache of before.
        return try !status.isLink || FileSystem.destination(ofLink: path) != place.bytes
      case .hardlink, .symlink: continue
      case .reflink:
        guard isLinked else { return false }
        if try offersReflinks(to: place) { return true }
      case .copy: return isLinked
      }
    }
    return isLinked
  }

  /// Whether a file of a folder can become a hard link to an object: both must lie in one mount, and
  /// many systems let nobody link to the files of others.
  ///
  /// - Parameter status: That of the object; `nil` where it gets its file first.
  private func offersHardLinks(
    to object: AbsolutePath, _ status: FileStatus?, from folder: AbsolutePath, _ store: ObjectStore
  ) throws -> Bool {
    // With all objects in packs, the folder of loose ones is yet to be made in that of the store.
    let objects = store.objectsFolder
    let place = try FileSystem.exists(objects) ? objects : store.folder
    guard try FileSystem.areInOneMount(folder, place) else { return false }
    guard let status, !Self.isOwn(status) else { return true }
    try FileSystem.makeDirectories(temporaryFolder)
    let probe = temporaryFolder.appending(FileSystem.temporaryName())
    do {
      try FileSystem.link(object, at: probe)
    } catch let error as FileSystemError {
      return ![EPERM, EMLINK, ENOTSUP].contains(error.code)
    }
    try FileSystem.removeFile(probe)
    return true
  }

  /// Whether the blocks of an object can be shared with another file.
  private func offersReflinks(to object: AbsolutePath) throws -> Bool {
    guard let source = try OpenFile.ifPresent(object, .read) else { return false }
    try FileSystem.makeDirectories(temporaryFolder)
    let probe = temporaryFolder.appending(FileSystem.temporaryName())
    defer { _ = try? FileSystem.removeFile(probe) }
    return try OpenFile(probe, .createNew(permissions: 0o600)).clone(source)
  }

  private static func isOwn(_ status: FileStatus) -> Bool {
    let user = geteuid()
    return user == 0 || status.owner == user
  }

  /// Replaces files that were added by the links that the configuration asks for, or single ones that
  /// are links by files of their own; of a directory to which members were added these alone. What a link
  /// of the user's leads to stays as it is.
  func relink(_ paths: [RepositoryPath], command: String) throws {
    let asksForLinks = try configuration().linkTypes.first?.isLink == true
    // To look for links in whole directories would cost as much as to add them.
    let paths = try asksForLinks ? paths : paths.filter(mayBeLinked)
    guard !paths.isEmpty else { return }
    let catalog = try catalog()
    var options = CheckoutOptions()
    options.relink = true
    let selections = try paths.compactMap { path -> Selection? in
      guard let output = catalog.output(containing: path), output.isCached,
        try place(behindLink: root.appending(path)) == root.appending(path)
      else { return nil }
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
