import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverObjectStore

extension Workspace {
  /// The content of a tracked file: from the cache, from the workspace if it holds that content, or
  /// from git, for a bare repository also from remotes. It is hashed before anybody sees it.
  ///
  /// - Parameter revision: Where git may have the file; HEAD if `nil`.
  /// - Throws: ``WorkspaceError/missingData(_:)`` or ``WorkspaceError/damaged(_:)``.
  func soundContent(
    _ digest: Digest, of path: RepositoryPath, at revision: GitRevision?
  ) throws -> SoundContent {
    var stores: [ObjectStore] = []
    var absence: (any Error)?
    for open in try storesToRead() {
      // A remote that is away matters only where nobody else has the content.
      let store: ObjectStore
      do {
        guard let opened = try open() else { continue }
        store = opened
      } catch {
        absence = absence ?? error
        continue
      }
      stores.append(store)
      if let file = try store.openLoose(digest),
        let content = try SoundContent.checked(file, digest, progress: progress)
      {
        return content
      }
      if let content = try packedContent(digest, in: store) { return content }
    }
    if let file = try openPresent(path),
      let content = try SoundContent.checked(file, digest, progress: progress)
    {
      return content
    }
    if let git = try git(), let tree = try (revision ?? headRevision(in: git))?.tree,
      let bytes = try git.blob(at: gitPrefix(in: git).gitPath(path), in: tree),
      SHA256.digest(of: bytes.span) == digest
    {
      return SoundContent(bytes)
    }
    let shown = displayed(path)
    if try stores.contains(where: { try $0.contains(digest) }) {
      throw WorkspaceError.damaged([shown])
    }
    if let absence { throw absence }
    if let bare { throw CatError.nowhere(shown, repository: bare.shown) }
    throw WorkspaceError.missingData([shown])
  }

  /// The cache; for a bare repository, into which nothing can be fetched, its remotes too.
  private func storesToRead() throws -> [() throws -> ObjectStore?] {
    let cache = try cacheIfPresent()
    guard bare != nil else { return [{ cache }] }
    let remotes = try configuration().remotes().filter { $0.unsupportedURL == nil }
    return [{ cache }] + remotes.map { remote in { try self.openStore(of: remote) } }
  }

  /// An object that stands in a pack; `nil` where none has it, or it is damaged.
  private func packedContent(_ digest: Digest, in store: ObjectStore) throws -> SoundContent? {
    var hasher = FileHasher()
    do {
      return try store.withPacked(digest, using: &hasher) { content in
        SoundContent(unsafe content.withUnsafeBufferPointer { unsafe Array($0) })
      }
    } catch StoreError.damaged {
      return nil
    }
  }

  /// The regular file at a path of the workspace.
  private func openPresent(_ path: RepositoryPath) throws -> OpenFile? {
    let absolute = root.appending(path)
    guard bare == nil, try FileSystem.status(of: absolute)?.isFile == true else { return nil }
    return try OpenFile.ifPresent(absolute, .read, followsLinks: false)
  }
}
