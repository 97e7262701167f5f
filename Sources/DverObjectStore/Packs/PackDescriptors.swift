import DverFileSystem
import Synchronization

/// A file that several threads read at offsets of their own.
final class SharedFile: Sendable {
  let value: OpenFile

  init(_ value: consuming OpenFile) { self.value = value }
}

/// The packs that are open, as many as a process may well have.
final class PackDescriptors: Sendable {
  private let open = Mutex<[Int: SharedFile]>([:])

  /// Far below the usual limit of a process.
  private static let limit = 128

  func file(of pack: Pack) throws -> SharedFile {
    if let known = open.withLock({ $0[pack.number] }) { return known }
    let opened = SharedFile(try OpenFile(pack.path, .read, followsLinks: false))
    open.withLock { files in
      // Whoever reads one keeps it open until then.
      if files.count >= Self.limit { files = [:] }
      files[pack.number] = opened
    }
    return opened
  }

  func forget(_ pack: Pack) { open.withLock { $0[pack.number] = nil } }
}
