import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import Glibc
import TestSupport
import Testing

/// Large objects are hashed once, then only when their file was touched.
@Suite struct SoundObjectsTests {
  private static let content = Array(repeating: UInt8(7), count: 2 << 20)

  private let directory: TemporaryDirectory
  private let digest = SHA256.digest(of: Self.content.span)

  init() throws { directory = try TemporaryDirectory() }

  private func path(_ name: String) -> AbsolutePath {
    AbsolutePath(normalized: Array("\(directory.path)/\(name)".utf8))
  }

  /// As a command of its own would open it.
  private func open() throws -> (store: ObjectStore, sound: SoundObjects) {
    let sound = SoundObjects(file: path("stat/objects"))
    return (try ObjectStore.openOrCreate(at: path("store"), soundObjects: sound), sound)
  }

  private func place(_ name: String, type: LinkType = .copy) throws {
    let (store, sound) = try open()
    var hasher = FileHasher()
    _ = try Placement(from: store, types: [type]).place(
      digest, byteCount: Int64(Self.content.count), isExecutable: false, at: path(name),
      using: &hasher)
    try sound.save()
  }

  /// Writes into the object's file, keeping its size.
  private func damage() throws {
    let object = try open().store.path(of: digest)
    try object.withWritableFile { try $0.write([1, 2, 3]) }
  }

  @Test func anObjectThatWasTouchedIsHashedAgain() throws {
    let (store, sound) = try open()
    let transaction = StoreTransaction(store)
    try transaction.store(Self.content)
    try transaction.finish()
    try sound.save()
    try place("first")
    try place("second")
    #expect(try FileSystem.contents(of: path("second")) == Self.content)
    try damage()
    for type in [LinkType.copy, .hardlink, .symlink] {
      #expect(throws: StoreError.self) { try place("third", type: type) }
      #expect(try !FileSystem.exists(path("third")))
    }
  }

  @Test func anObjectOfAKnownStatusIsNotHashedAgain() throws {
    // Nobody could see this damage from the outside; it tells whether the object is hashed.
    let store = try open().store
    let object = store.path(of: digest)
    try FileSystem.makeDirectories(object.parent)
    var wrong = Self.content
    wrong[0] = 8
    try OpenFile(object, .createNew(permissions: 0o644)).write(wrong)
    var index = StatIndex()
    index.entries.append(
      path: Array(digest.hex.utf8), kind: .file, digest: digest, size: Int64(wrong.count))
    index.stamps.append(FileStamp(try #require(try FileSystem.status(of: object))))
    try FileSystem.makeDirectories(path("stat"))
    try index.save(to: path("stat/objects"))
    try place("known")
    #expect(try FileSystem.contents(of: path("known")) == wrong)
    try FileSystem.removeFile(path("stat/objects"))
    #expect(throws: StoreError.self) { try place("unknown") }
  }

  @Test func aDamagedIndexOnlyCostsTime() throws {
    let (store, sound) = try open()
    let transaction = StoreTransaction(store)
    try transaction.store(Self.content)
    try transaction.finish()
    try sound.save()
    try FileSystem.makeDirectories(path("stat"))
    _ = try? FileSystem.removeFile(path("stat/objects"))
    try OpenFile(path("stat/objects"), .createNew(permissions: 0o644)).write([1, 2, 3])
    try place("copy")
    #expect(try FileSystem.contents(of: path("copy")) == Self.content)
  }
}

extension AbsolutePath {
  /// Opens a read-only file for writing.
  fileprivate func withWritableFile(_ body: (borrowing OpenFile) throws -> Void) throws {
    let file = try OpenFile(self, .read)
    try file.setMode(0o644)
    try body(try OpenFile(self, .update))
    try file.setMode(0o444)
  }
}
