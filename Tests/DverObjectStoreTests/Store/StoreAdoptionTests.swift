import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import TestSupport
import Testing

/// Files of the user that become objects themselves.
struct StoreAdoptionTests {
  private let fixture: StoreFixture
  private var path: AbsolutePath { fixture.store.folder.parent.appending("data.csv") }

  init() throws { fixture = try StoreFixture() }

  private func write(_ text: String) throws {
    try FileSystem.replaceContents(of: path, with: Array(text.utf8))
  }

  /// Adopts a file in whose place `text`, if there is one, was put after it was opened.
  private func adopt(replacedBy text: String?) throws -> Digest? {
    let source = try OpenFile(path, .read, followsLinks: false)
    if let text { try write(text) }
    let transaction = StoreTransaction(fixture.store, packing: false)
    var hasher = FileHasher()
    let adopted = try transaction.adopt(source, using: &hasher)
    try transaction.finish()
    return adopted?.digest
  }

  @Test func theFileItselfBecomesTheObject() throws {
    try write("old\n")
    let digest = try #require(try adopt(replacedBy: nil))
    let object = try #require(try FileSystem.status(of: fixture.store.path(of: digest)))
    #expect(try FileSystem.status(of: path)?.inode == object.inode)
    #expect(object.mode & 0o222 == 0)
    #expect(try fixture.store.isIntact(digest))
  }

  @Test func aFileThatTookTheNameMeanwhileDoesNot() throws {
    try write("old\n")
    #expect(throws: ChangedFileError.self) { try adopt(replacedBy: "new content\n") }
    #expect(try fixture.store.looseObjects().isEmpty)
    #expect(try fixture.names("tmp").isEmpty)
    let status = try #require(try FileSystem.status(of: path))
    #expect(status.mode & 0o200 != 0)
    #expect(status.linkCount == 1)
    #expect(try FileSystem.contents(of: path) == Array("new content\n".utf8))
  }
}
