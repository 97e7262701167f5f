import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import TestSupport

/// A store in a folder of its own.
struct StoreFixture {
  let directory: TemporaryDirectory
  /// Opened once; ``reopened()`` is another process' view.
  let store: ObjectStore

  init() throws {
    directory = try TemporaryDirectory()
    store = try ObjectStore.openOrCreate(at: Self.folder(directory))
  }

  private static func folder(_ directory: TemporaryDirectory) -> AbsolutePath {
    AbsolutePath("\(directory.path)/store", relativeTo: AbsolutePath(normalized: [0x2f]))
  }

  func reopened() throws -> ObjectStore {
    guard let store = try ObjectStore.open(at: Self.folder(directory)) else {
      throw SupportError("no store")
    }
    return store
  }

  /// Different small contents.
  static func contents(_ count: Int, from first: Int = 0) -> [[UInt8]] {
    (first..<first + count).map { Array("object \($0)\n".utf8) }
  }

  /// Stores contents in one transaction and makes them durable.
  @discardableResult
  func add(_ contents: [[UInt8]], packing: Bool = true) throws -> [Digest] {
    let transaction = StoreTransaction(store, packing: packing)
    let digests = try contents.map { try transaction.store($0) }
    try transaction.barrier()
    return digests
  }

  func path(_ name: String) -> AbsolutePath { store.folder.appending(name) }

  func names(_ folder: String) throws -> [String] {
    try (FileSystem.names(in: path(folder)) ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  var packs: [AbsolutePath] {
    get throws { try names("packs").map { path("packs").appending($0) } }
  }

  func bytes(_ path: AbsolutePath) throws -> [UInt8] {
    guard let bytes = try FileSystem.contents(of: path) else { throw SupportError("no \(path)") }
    return bytes
  }

  /// Puts another file in the place of one.
  func replace(_ path: AbsolutePath, with bytes: [UInt8]) throws {
    try FileSystem.removeFile(path)
    let file = try OpenFile(path, .createNew(permissions: 0o444))
    try file.write(bytes)
    try file.finish()
  }

  /// Turns a bit of the first byte of an object in the only pack that has it.
  func damage(_ content: [UInt8], inPack path: AbsolutePath? = nil) throws {
    for pack in try path.map({ [$0] }) ?? packs {
      var bytes = try bytes(pack)
      guard let place = bytes.firstIndex(ofSequence: content) else { continue }
      bytes[place] ^= 1
      return try replace(pack, with: bytes)
    }
    throw SupportError("no pack has the object")
  }
}

extension [UInt8] {
  /// Where `other` first stands.
  func firstIndex(ofSequence other: [UInt8]) -> Int? {
    guard count >= other.count else { return nil }
    return (0...count - other.count).first { self[$0...].starts(with: other) }
  }
}
