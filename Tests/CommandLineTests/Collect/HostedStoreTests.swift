import TestSupport
import Testing

/// `dver gc` in a store that is the `.dver/cache` of another workspace.
@Suite struct HostedStoreTests {
  /// The host has versions in branches and in its history, and one in its index alone.
  private func host() throws -> Versions {
    let versions = try Versions()
    try versions.repository.write("staged\n", to: "f")
    try versions.repository.dver("add", "-q", "f").requireSuccess()
    return versions
  }

  private func cache(of versions: Versions) -> String { versions.repository.path + "/.dver/cache" }

  @Test(arguments: ["-A", "-w"]) func aCacheKeepsWhatItsHostHas(_ scope: String) throws {
    let versions = try host()
    let store = cache(of: versions)
    let guest = try TemporaryRepository()
    try guest.dver("cache", "dir", store).requireSuccess()
    for text in ["guest 1\n", "guest 2\n"] {
      try guest.write(text, to: "q")
      try guest.dver("add", "-q", "q").requireSuccess()
    }
    try guest.commitAll()
    let dry = try guest.dver("gc", scope, "--dry").requireSuccess()
    #expect(dry.lines.contains { $0.hasPrefix("kept\t-\tall of \(versions.repository.path), ") })
    #expect(dry.lines.count { $0.hasPrefix("unused\t") } == 1)
    try guest.dver("gc", "-q", scope, "-f").requireSuccess()
    #expect(try guest.shell("cat \(store)/trash/*/*").requireSuccess().lines.contains("guest 1"))
    try guest.shell("touch -d '2 days ago' \(store)/trash/*/about \(store)/trash/*")
      .requireSuccess()
    try guest.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try guest.files("\(store)/trash").isEmpty)
    #expect(try versions.present() == Set(Versions.contents))
    try versions.repository.dver("verify", "-q").requireSuccess()
    // What was replaced there before it was committed can still be brought back.
    try versions.repository.dver("undo").requireSuccess()
    try versions.repository.dver("verify", "-q").requireSuccess()
  }

  @Test func aRemoteKeepsWhatItsHostHas() throws {
    let versions = try host()
    let store = cache(of: versions)
    let clone = try versions.repository.clone()
    try clone.dver("remote", "add", "-q", "-d", "origin", store).requireSuccess()
    try clone.dver("pull", "-q").requireSuccess()
    try clone.write("clone\n", to: "f")
    try clone.dver("add", "-q", "f").requireSuccess()
    try clone.dver("push", "-q").requireSuccess()
    try clone.dver("undo").requireSuccess()
    try clone.dver("gc", "-q", "-w", "-c", "-f").requireSuccess()
    #expect(try versions.present() == Set(Versions.contents))
    try versions.repository.dver("verify", "-q").requireSuccess()
    try versions.repository.git("checkout", "-q", "-f", "one").requireSuccess()
    try versions.repository.dver("checkout", "-q", "-f").requireSuccess()
    #expect(try versions.repository.readText("f") == "f1\n")
  }

  @Test func aHostThatCannotBeReadKeepsEverything() throws {
    let versions = try host()
    let guest = try TemporaryRepository()
    try guest.dver("cache", "dir", cache(of: versions)).requireSuccess()
    try guest.write("guest\n", to: "q")
    try guest.dver("add", "-q", "q").requireSuccess()
    try versions.repository.write("outs: [\n", to: "data.dver")
    let result = try guest.dver("gc", "-w", "-f").requireStatus(2)
    #expect(result.standardError.contains("the cache is that of \(versions.repository.path)"))
    #expect(result.standardError.contains("data.dver"))
    #expect(try versions.present() == Set(Versions.contents))
    #expect(!versions.repository.exists(".dver/cache/trash"))
  }

  /// Its store has versions of the history that its clone does not tell of.
  @Test func aShallowHostKeepsEverything() throws {
    let versions = try Versions()
    let host = versions.repository.outside("host")
    try versions.repository.git(
      "clone", "-q", "--depth", "1", "file://\(versions.repository.path)", host
    ).requireSuccess()
    try versions.repository.shell("cp -R .dver/cache \(host)/.dver/cache").requireSuccess()
    let guest = try TemporaryRepository()
    try guest.dver("cache", "dir", host + "/.dver/cache").requireSuccess()
    try guest.write("guest\n", to: "q")
    try guest.dver("add", "-q", "q").requireSuccess()
    let result = try guest.dver("gc", "-w", "-f").requireStatus(2)
    #expect(result.standardError.contains("the cache is that of \(host)"))
    #expect(result.standardError.contains("its clone is shallow or partial"))
    #expect(result.standardError.contains("git fetch --unshallow"))
    #expect(try versions.present(in: host + "/.dver/cache").isSuperset(of: Versions.contents))
    #expect(!guest.exists(host + "/.dver/cache/trash"))
  }

  @Test func aWorkTreeIsNoGuest() throws {
    let versions = try Versions()
    let repository = versions.repository
    let tree = repository.outside("tree")
    try repository.git("worktree", "add", "-q", tree, "side").requireSuccess()
    try repository.dver("--cd", tree, "gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "side"]))
  }
}
