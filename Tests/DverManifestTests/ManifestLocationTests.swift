import DverCore
import DverHashing
import DverManifest
import Testing

@Suite struct ManifestLocationTests {
  private func name(_ component: [UInt8]) -> String {
    String(decoding: ManifestLocation.folderName(of: component), as: UTF8.self)
  }

  @Test(arguments: [
    "cats", "a b", "\u{e9}t\u{e9}", "-", ".hidden", "gitignore", "a+b", "git", "%41",
    String(repeating: "x", count: 200),
  ])
  func plainNamesStay(component: String) {
    #expect(name(Array(component.utf8)) == component)
  }

  @Test(arguments: [
    "+", "+x", ".git", ".GIT", ".gitignore", ".GitModules", "git~1", "GIT~2", "end.", "end ",
    "a\\b", "a:b", "a*", "a?", "\"a\"", "<a", "a>", "a|b", "a\nb", "a\u{7f}",
    String(repeating: "x", count: 201),
  ])
  func awkwardNamesAreHashed(component: String) {
    let bytes = Array(component.utf8)
    #expect(name(bytes) == "+x" + SHA256.digest(of: bytes.span).hex.prefix(32))
  }

  @Test func invalidUTF8IsHashed() {
    let bytes: [UInt8] = [0x61, 0xff]
    #expect(name(bytes) == "+x" + SHA256.digest(of: bytes.span).hex.prefix(32))
  }

  @Test func placesOfDirectories() throws {
    let path = try #require(RepositoryPath("data/images"))
    #expect(ManifestLocation.directoryNode(of: path).text == "data/images/+")
    #expect(ManifestLocation.directoryNode(of: .root).text == "+")
    let awkward = try #require(RepositoryPath("data/a:b/c"))
    let hashed = SHA256.digest(of: Array("a:b".utf8).span).hex.prefix(32)
    #expect(ManifestLocation.folder(of: awkward).text == "data/+x\(hashed)/c")
  }
}
