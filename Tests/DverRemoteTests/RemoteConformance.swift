import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import DverRemote
import TestSupport

/// A remote under test, and a cache to exchange objects with.
///
/// Whoever adds a kind of remote adds a case to ``RemoteKind``; all tests of the suite then run on
/// it.
struct RemoteFixture {
  let directory: TemporaryDirectory
  let cache: ObjectStore
  let kind: RemoteKind

  init(_ kind: RemoteKind) throws {
    directory = try TemporaryDirectory()
    self.kind = kind
    cache = try ObjectStore.openOrCreate(at: Self.path(directory, "cache"))
  }

  private static func path(_ directory: TemporaryDirectory, _ name: String) -> AbsolutePath {
    AbsolutePath("\(directory.path)/\(name)", relativeTo: AbsolutePath(normalized: [0x2f]))
  }

  func path(_ name: String) -> AbsolutePath { Self.path(directory, name) }

  /// The remote, opened anew, as by another command.
  func remote() throws -> any Remote {
    switch kind {
    case .directory: DirectoryRemote(try ObjectStore.openOrCreate(at: path("remote")))
    }
  }

  /// Puts contents into the cache.
  func store(_ contents: [[UInt8]]) throws -> ObjectBatch {
    let transaction = StoreTransaction(cache)
    var batch = ObjectBatch()
    for bytes in contents {
      batch.append(try transaction.store(bytes), size: Int64(bytes.count))
    }
    try transaction.barrier()
    return batch
  }

  /// Puts other bytes in the place of an object's.
  func damage(_ digest: Digest, inRemote: Bool, bytes: [UInt8]) throws {
    let folder = inRemote ? path("remote") : cache.folder
    guard let store = try ObjectStore.open(at: folder) else { throw SupportError("no store") }
    let object = store.path(of: digest)
    try FileSystem.removeFile(object)
    let file = try OpenFile(object, .createNew(permissions: 0o444))
    try file.write(bytes)
    try file.finish()
  }

  func remove(_ digest: Digest, inRemote: Bool) throws {
    let folder = inRemote ? path("remote") : cache.folder
    guard let store = try ObjectStore.open(at: folder) else { throw SupportError("no store") }
    try FileSystem.removeFile(store.path(of: digest))
  }

  /// The files below the remote's staging folder.
  func staged() throws -> Int {
    try (FileSystem.names(in: path("remote").appending("tmp")) ?? []).count
  }
}

/// The kinds of remote that there are.
enum RemoteKind: CaseIterable, Sendable {
  case directory
}
