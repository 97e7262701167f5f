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

  private func isWarned(_ repository: TemporaryRepository, _ targets: String...) throws -> Bool {
    let arguments = ["status"] + targets
    let told = try repository.dverCommand(arguments).run().requireSuccess().standardError
    return told.contains("WARNING: .dver/manifests/data/+ is not of the manifest")
  }

  @Test func statusNamesThem() throws {
    let repository = try tracked()
    try repository.shell("sed -i 's/ a$/ b/' .dver/manifests/data/+").requireSuccess()
    for _ in 1...2 { #expect(try isWarned(repository)) }
    #expect(try isWarned(repository, "data"))
    try repository.dver("doctor", "-q", "--upgrade").requireSuccess()
    #expect(try !isWarned(repository))
    #expect(try repository.git("status", "--porcelain").lines == [])
  }

  /// The nodes of the pointer are found in the cache or in git.
  @Test func aPointerOfAnotherCommitCanBeUsed() throws {
    let repository = try tracked()
    let first = try repository.git("rev-parse", "HEAD").lines[0]
    try repository.write("3\n", to: "data/d")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", first, "--", "data.dver").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.shell("ls data").requireSuccess().lines == ["a", "c"])
    try repository.requireClean()
    #expect(try isWarned(repository))
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
