import TestSupport
import Testing

/// Manifest files that are not what the pointer beside them says, as after a bad merge by hand.
@Suite struct ForeignManifestTests {
  private func tracked() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.write("2\n", to: "data/c")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll()
    try repository.requireClean()
    return repository
  }

  @Test func statusRefusesThem() throws {
    let repository = try tracked()
    try repository.shell("sed -i 's/ a$/ b/' .dver/manifests/data/+").requireSuccess()
    for _ in 1...2 {
      let refused = try repository.dver("status").requireStatus(4)
      #expect(refused.standardError.contains(".dver/manifests/data/+"))
      #expect(refused.standardError.contains("hint: "))
    }
    try repository.dver("status", "data").requireStatus(4)
    try repository.dver("doctor", "-q", "--upgrade").requireSuccess()
    try repository.requireClean()
    #expect(try repository.git("status", "--porcelain").lines == [])
  }

  /// The pointer alone decides, and the node is in the cache.
  @Test func missingOnesAreFoundElsewhere() throws {
    let repository = try tracked()
    try repository.remove(".dver/manifests")
    try repository.requireClean()
  }

  @Test func thoseOfTheNextVersionAreItsOwn() throws {
    let repository = try tracked()
    try repository.write("3\n", to: "data/d")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.requireClean()
    try repository.git("stash", "-q").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    try repository.requireClean()
  }
}
