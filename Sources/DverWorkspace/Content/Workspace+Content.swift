import DverCore
import DverFileSystem
import DverHashing
import DverIgnore
import DverObjectStore
import Glibc

extension Workspace {
  /// The object that a symbolic link into a store stands for; `nil` for any other link.
  ///
  /// What counts is the shape of the target, `…/objects/HH/` and 62 digits in a folder with
  /// `dver-store`, present or former, so that a cache that moved does not turn data into links.
  ///
  /// - Returns: The status is that of the object's file; `nil` where the link leads nowhere.
  func object(behindLink link: AbsolutePath) throws -> (digest: Digest, status: FileStatus?)? {
    let target = try FileSystem.destination(ofLink: link)
    let parts = target.split(separator: RepositoryPath.slash)
    guard target.first == RepositoryPath.slash, parts.count >= 3,
      parts[parts.count - 3].elementsEqual("objects".utf8), parts[parts.count - 2].count == 2
    else { return nil }
    let hex = Array(parts[parts.count - 2]) + parts[parts.count - 1]
    guard let digest = Digest(hex: hex.span) else { return nil }
    let object = AbsolutePath(target, relativeTo: link.parent)
    let status = try FileSystem.status(of: object)
    return (digest, status?.isFile == true ? status : nil)
  }

  /// The length of an object that the cache has; `nil` where it has not.
  func byteCountInCache(of digest: Digest) throws -> Int64? {
    try cacheIfPresent()?.byteCount(of: digest)
  }

  /// Whether a path is a link into a cache of before, whose object the present one has.
  func isLinkIntoFormerCache(_ path: RepositoryPath) throws -> Bool {
    let place = root.appending(path)
    guard try FileSystem.status(of: place)?.isLink == true,
      let object = try self.object(behindLink: place), object.status == nil
    else { return false }
    return try byteCountInCache(of: object.digest) != nil
  }

  /// What a path that stages read or write is: where it is a link, the link's target, unless it leads
  /// into a store, or nowhere.
  func place(behindLink path: AbsolutePath) throws -> AbsolutePath {
    guard try FileSystem.status(of: path)?.isLink == true, try object(behindLink: path) == nil,
      try FileSystem.statusFollowingLinks(of: path) != nil
    else { return path }
    return try path.resolvingLinks()
  }

  /// By what it shows that the content at a path is another one: behind a link into a store the object
  /// can be written to.
  func contentStamp(at path: AbsolutePath) throws -> FileStamp? {
    guard let status = try FileSystem.status(of: path) else { return nil }
    let object = status.isLink ? try object(behindLink: path)?.status : nil
    return FileStamp(object ?? status)
  }

  // MARK: Stat indexes

  private func temporaryPath(_ kind: String, of directory: RepositoryPath) -> AbsolutePath {
    let digest = SHA256.digest(of: directory.bytes.span)
    return temporaryFolder.appending("stat").appending("\(kind)-\(digest.hex.prefix(32))")
  }

  private func indexPath(of directory: RepositoryPath) -> AbsolutePath {
    temporaryPath("d", of: directory)
  }

  /// Where it is noted that the cache has all objects of a directory.
  func presencePath(of directory: RepositoryPath) -> AbsolutePath {
    temporaryPath("p", of: directory)
  }

  func directoryIndex(of directory: RepositoryPath) throws -> StatIndex? {
    try StatIndex.load(from: indexPath(of: directory))
  }

  /// What is known of the files of a directory's manifest.
  func nodeIndex(of directory: RepositoryPath) throws -> StatIndex? {
    try StatIndex.load(from: temporaryPath("m", of: directory))
  }

  func saveNodeIndex(_ index: StatIndex, of directory: RepositoryPath) throws {
    let path = temporaryPath("m", of: directory)
    try saveDisposable(at: path) { try index.save(to: path) }
  }

  func saveDirectoryIndex(_ index: StatIndex, of directory: RepositoryPath) throws {
    let path = indexPath(of: directory)
    try saveDisposable(at: path) { try index.save(to: path) }
  }

  /// Writes what only saves time, which whoever may only read, or has a full disk, can do without.
  func saveDisposable(at path: AbsolutePath, _ save: () throws -> Void) throws {
    do {
      try FileSystem.makeDirectories(path.parent)
      try save()
    } catch let error as FileSystemError
      where error.isFullDisk || [EROFS, EACCES].contains(error.code)
    {
      return
    }
  }

  /// Keeps what is known of a directory's files when the directory gets another name.
  func moveDirectoryIndex(from source: RepositoryPath, to target: RepositoryPath) throws {
    let index = indexPath(of: source)
    guard try FileSystem.exists(index) else { return }
    try FileSystem.rename(index, to: indexPath(of: target))
  }

  // MARK: Ignore files

  /// The rules of the folders around `path`.
  func ignoreStack(around path: RepositoryPath) throws -> IgnoreStack {
    try IgnoreStack.around(path) { folder in try self.ignoreRules(in: folder) }
  }

  func ignoreRules(in folder: RepositoryPath) throws -> IgnoreRules? {
    let file = root.appending(folder).appending(IgnoreRules.fileName)
    return try FileSystem.contents(of: file).map { IgnoreRules(folder: folder, contents: $0) }
  }

  /// What leaves ignored entries out of a walk of `directory`; `nil` where no rule can match.
  ///
  /// Ignore files inside of tracked data are refused elsewhere, so the outer ones are all there are.
  func ignoreFilter(below directory: RepositoryPath) throws -> DirectoryWalk.Filter? {
    var stack = try ignoreStack(around: directory)
    stack.descend(into: directory.bytes.span) { nil }
    guard stack.hasRules else { return nil }
    let prefix = directory.bytes + [RepositoryPath.slash]
    let rules = stack
    return { path, isDirectory in
      var full = prefix
      full.reserveCapacity(prefix.count + path.count)
      for index in path.indices { full.append(path[index]) }
      return rules.decision(forPath: full.span, isDirectory: isDirectory).isIgnored
    }
  }
}
