import TestSupport
import Testing

/// Many small files, which the cache and remotes keep in packs.
@Suite struct PackTests {
  private static let cache = ".dver/cache"

  /// Tracks `many` with 300 small files and a large one, and `single.txt`.
  private func many(_ configure: (TemporaryRepository) throws -> Void = { _ in }) throws
    -> TemporaryRepository
  {
    let repository = try TemporaryRepository()
    try configure(repository)
    let script = """
      mkdir -p many/a many/b
      for n in $(seq 150); do echo "a $n" > many/a/$n; echo "b $n" > many/b/$n; done
      head -c 70000 /dev/zero > many/large; echo single > single.txt
      """
    try repository.shell(script).requireSuccess()
    try repository.dver("add", "many", "single.txt").requireSuccess()
    return repository
  }

  private func packs(_ repository: TemporaryRepository, in store: String = cache) throws -> [String]
  {
    guard repository.exists("\(store)/packs") else { return [] }
    return try repository.files("\(store)/packs").map { "\(store)/packs/\($0)" }
  }

  /// Replaces bytes of the pack that has `text`.
  private func damage(
    _ text: String, to other: String, in repository: TemporaryRepository, _ store: String = cache
  ) throws {
    for pack in try packs(repository, in: store) {
      try repository.shell(
        "chmod u+w \(pack) && LC_ALL=C sed -i 's/^\\(.*\\)\(text)$/\\1\(other)/' \(pack)"
      ).requireSuccess()
    }
  }

  private func cutTables(of repository: TemporaryRepository, in store: String = cache) throws {
    for pack in try packs(repository, in: store) {
      try repository.shell("chmod u+w \(pack) && truncate -s -70 \(pack)").requireSuccess()
    }
  }

  private func requireSame(_ one: TemporaryRepository, _ other: TemporaryRepository) throws {
    for folder in ["many/a", "many/b"] {
      #expect(try one.tree(folder).map(\.kind) == other.tree(folder).map(\.kind))
    }
    #expect(try one.read("many/large") == other.read("many/large"))
  }

  @Test func addMakesPacksOfManySmallFiles() throws {
    let repository = try many()
    #expect(try !packs(repository).isEmpty)
    #expect(try repository.files("\(Self.cache)/objects").count == 1)
    #expect(try repository.files("\(Self.cache)/tmp").isEmpty)
    try repository.dver("status").requireSuccess()
    try repository.dver("verify").requireSuccess()
    #expect(try repository.dver("cat", "many/a/7").standardOutput == "a 7\n")
    let doctor = try repository.dver("doctor").requireSuccess()
    #expect(doctor.transcript.contains("303 objects"))
    #expect(doctor.transcript.contains("pack"))
    let again = try repository.dver("add", "many").requireSuccess()
    #expect(!again.transcript.contains("new in the cache"))
    // A change of little stays loose.
    try repository.write("changed\n", to: "many/a/1")
    try repository.dver("add", "many").requireSuccess()
    #expect(try repository.files("\(Self.cache)/objects").count == 3)
    try repository.dver("verify").requireSuccess()
  }

  @Test func linksKeepObjectsLoose() throws {
    let repository = try many { try $0.dver("config", "cache.type", "hardlink").requireSuccess() }
    #expect(try packs(repository).isEmpty)
    #expect(try repository.files("\(Self.cache)/objects").count == 303)
  }

  @Test func checkoutTakesFilesOutOfPacks() throws {
    let repository = try many()
    let before = try repository.tree("many")
    try repository.remove("many")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.tree("many").map(\.kind) == before.map(\.kind))
    try repository.dver("status").requireSuccess()
    try repository.remove("many/a/3")
    try repository.write("edited\n", to: "many/b/4")
    try repository.dver("checkout", "-f").requireSuccess()
    #expect(try repository.readText("many/a/3") == "a 3\n")
    #expect(try repository.readText("many/b/4") == "b 4\n")
  }

  @Test(arguments: ["hardlink", "symlink"])
  func aLinkTypeThatIsChosenLaterUnpacks(_ type: String) throws {
    let repository = try many()
    try repository.dver("config", "cache.type", type).requireSuccess()
    try repository.dver("checkout", "--relink").requireSuccess()
    #expect(try repository.files("\(Self.cache)/objects").count >= 301)
    let links =
      type == "symlink" ? "find many/a -type l | wc -l" : "find many/a -links +1 -type f | wc -l"
    #expect(try repository.shell(links).standardOutput.contains("150"))
    #expect(try repository.readText("many/a/9") == "a 9\n")
    try repository.dver("status").requireSuccess()
    try repository.dver("unprotect", "many").requireSuccess()
    #expect(try !repository.shell(links).standardOutput.contains("150"))
  }

  @Test func hardLinksAreOfferedWhereAllObjectsAreInPacks() throws {
    let repository = try TemporaryRepository()
    let script = "mkdir many; for n in $(seq 300); do echo $n > many/$n; done"
    try repository.shell(script).requireSuccess()
    try repository.dver("add", "many").requireSuccess()
    #expect(!repository.exists("\(Self.cache)/objects"))
    try repository.dver("config", "cache.type", "hardlink").requireSuccess()
    try repository.dver("checkout", "--relink").requireSuccess()
    let links = try repository.shell("find many -links +1 -type f").requireSuccess().lines
    #expect(links.count == 300)
  }

  @Test func remotesGetPacksToo() throws {
    let repository = try many()
    let remote = repository.outside("remote")
    try repository.dver("remote", "add", "-d", "shared", remote).requireSuccess()
    #expect(try repository.dver("push").standardError == "Pushed 302 objects to shared.\n")
    #expect(try repository.dver("push").standardError == "Pushed 0 objects to shared.\n")
    #expect(try !packs(repository, in: remote).isEmpty)
    try repository.dver("status", "-c").requireSuccess()
    try repository.dver("verify", "-r", "shared").requireSuccess()
    try repository.commitAll()
    let clone = try repository.clone("clone")
    try clone.dver("pull").requireSuccess()
    try requireSame(repository, clone)
    #expect(try !packs(clone).isEmpty)
    try clone.dver("verify").requireSuccess()
    for pack in try packs(repository, in: remote) { try repository.remove(pack) }
    #expect(try repository.dver("status", "-c").standardOutput.contains("many/a/1"))
    #expect(try repository.dver("push").standardError.contains("to shared."))
    try repository.dver("verify", "-r", "shared").requireSuccess()
  }

  @Test func aPartOfAPackIsFetched() throws {
    let repository = try many()
    let remote = repository.outside("remote")
    try repository.dver("remote", "add", "-d", "shared", remote).requireSuccess()
    try repository.dver("push").requireSuccess()
    try repository.commitAll()
    let clone = try repository.clone("clone")
    try clone.dver("pull", "many/a/7").requireSuccess()
    #expect(try clone.readText("many/a/7") == "a 7\n")
    #expect(try packs(clone).isEmpty)
    try clone.dver("pull").requireSuccess()
    try requireSame(repository, clone)
  }

  @Test func aDamagedObjectIsSetAsideAndMended() throws {
    let repository = try many()
    try damage("a 77", to: "a 7x", in: repository)
    try repository.remove("many")
    let found = try repository.dver("verify").requireStatus(4)
    #expect(found.standardOutput.hasPrefix("damaged\t"))
    #expect(found.standardOutput.hasSuffix("\tmany/a/77\n"))
    #expect(try repository.files("\(Self.cache)/quarantine").count == 1)
    try repository.dver("checkout").requireStatus(4)
    #expect(!repository.exists("many/a/77"))
    #expect(try repository.readText("many/a/78") == "a 78\n")
    try repository.write("a 77\n", to: "many/a/77")
    try repository.dver("add", "many").requireSuccess()
    try repository.dver("verify").requireSuccess()
    try repository.dver("status").requireSuccess()
  }

  @Test func damageInAPackReachesNobody() throws {
    let repository = try many()
    let remote = repository.outside("remote")
    try repository.dver("remote", "add", "-d", "shared", remote).requireSuccess()
    try repository.dver("push").requireSuccess()
    try damage("b 42", to: "b 4x", in: repository, remote)
    try repository.commitAll()
    let clone = try repository.clone("clone")
    try clone.dver("pull").requireStatus(4)
    #expect(!clone.exists("many/b/42"))
    #expect(try clone.readText("many/b/43") == "b 43\n")
    #expect(try repository.dver("push").standardError == "Pushed 1 object to shared.\n")
    try clone.dver("pull").requireSuccess()
    try requireSame(repository, clone)
  }

  @Test func aLostTableLosesNothing() throws {
    let repository = try many()
    try cutTables(of: repository)
    try repository.remove("many")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("many/b/150") == "b 150\n")
    #expect(try repository.dver("doctor").requireStatus(4).transcript.contains("damaged"))
    let pack = try #require(packs(repository).first?.split(separator: "/").last?.prefix(64))
    let found = try repository.dver("verify").requireStatus(4)
    #expect(found.standardOutput == "pack\t\(pack)\ttable, mended\n")
    #expect(!found.standardError.contains("Everything is sound"))
    #expect(try !repository.files("\(Self.cache)/quarantine").isEmpty)
    try repository.dver("verify").requireSuccess()
    try cutTables(of: repository)
    let document = try repository.dver("verify", "--json").requireStatus(4).standardOutput
    #expect(document.contains("\"damaged\": [], \"missing\": []"))
    #expect(document.contains("\"damage\": \"table\", \"mended\": true"))
    try repository.dver("verify", "--json").requireSuccess()
    try repository.dver("status").requireSuccess()
  }

  @Test func aPackThatIsGoneIsNoticed() throws {
    let repository = try many()
    try repository.dver("status").requireSuccess()
    for pack in try packs(repository) { try repository.remove(pack) }
    #expect(try repository.dver("status").requireSuccess().standardOutput.contains("not in cache"))
    try repository.dver("add", "many").requireSuccess()
    try repository.dver("status").requireSuccess()
    try repository.dver("verify", "many").requireSuccess()
  }
}
