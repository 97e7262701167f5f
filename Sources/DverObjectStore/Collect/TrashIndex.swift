import DverCore
import DverFileSystem
import DverHashing
import Synchronization

/// What lies in the trash of a store, listed when somebody misses an object.
///
/// A folder whose time has not changed since is not listed again.
final class TrashIndex: Sendable {
  /// One folder of the trash.
  struct Content: Sendable {
    fileprivate let stamp: FileStamp?
    /// Sorted.
    let loose: [Digest]
    let packs: PackFolder
    let hasPacks: Bool
  }

  private let folder: AbsolutePath
  private let distrustedSince: Int64?
  private let known = Mutex<[[UInt8]: Content]>([:])

  init(_ folder: AbsolutePath, distrustedSince: Int64?) {
    (self.folder, self.distrustedSince) = (folder, distrustedSince)
  }

  /// The folders that there are now; empty at the cost of one look where there is no trash.
  func contents() throws -> [(folder: AbsolutePath, content: Content)] {
    guard let names = try FileSystem.names(in: folder), !names.isEmpty else { return [] }
    let isNetwork = try FileSystem.traits(of: folder).isNetwork
    return try names.compactMap { name in
      let path = folder.appending(name)
      guard let status = try FileSystem.status(of: path), status.isDirectory else { return nil }
      let stamp = FileStamp(status)
      if let content = known.withLock({ $0[name] }), content.stamp == stamp {
        return (path, content)
      }
      let clock = FileClock.now(
        in: folder.parent.appending("tmp"), isNetwork: isNetwork)
      let content = try list(
        path, stamp: clock.vouches(for: stamp, onNetwork: isNetwork) ? stamp : nil)
      known.withLock { $0[name] = content }
      return (path, content)
    }
  }

  private func list(_ path: AbsolutePath, stamp: FileStamp?) throws -> Content {
    var (loose, hasPacks): ([Digest], Bool) = ([], false)
    for name in try FileSystem.names(in: path) ?? [] {
      switch TrashedFile(name: name) {
      case .object(let digest): loose.append(digest)
      case .pack: hasPacks = true
      case nil: continue
      }
    }
    return Content(
      stamp: stamp, loose: loose, packs: PackFolder(path, distrustedSince: distrustedSince),
      hasPacks: hasPacks)
  }
}
