import TestSupport
import Testing

@Suite struct PullTests {
  @Test func aFreshCloneGetsEverything() throws {
    let shared = try SharedData(push: false)
    let repository = shared.repository
    try repository.symlink("a", at: "data/link")
    try repository.makeDirectory("data/empty")
    try repository.dver("add", "data").requireSuccess()
    try repository.dver("push").requireSuccess()
    let clone = try shared.clone()
    let result = try clone.dver("pull").requireSuccess()
    #expect(result.standardError.contains("Fetched 3 objects from shared."))
    #expect(try clone.tree("data") == repository.tree("data"))
    #expect(try clone.readText("single.txt") == "single\n")
    #expect(try clone.dver("status", "--json").standardOutput == "{}\n")
    #expect(try clone.dver("status", "-c", "--json").standardOutput == "{}\n")
    #expect(try clone.git("status", "--porcelain").standardOutput == "")
    try clone.dver("verify").requireSuccess()
  }

  /// What was never here is no change of the user's.
  @Test func reproRecordsOnlyThePartThatIsRead() throws {
    let shared = try SharedData()
    let clone = try shared.clone()
    try clone.write(
      "stages: {s: {cmd: cat data/a > o, deps: [data/a], outs: [o]}}\n", to: "dver.yaml")
    try clone.dver("pull", "data/a").requireSuccess()
    try clone.dver("repro").requireSuccess()
    #expect(try clone.git("status", "--porcelain", "--", "data.dver", ".dver").lines == [])
    try clone.append("more\n", to: "data/a")
    let result = try clone.dver("repro").requireSuccess()
    #expect(result.standardError.contains("Recording changed data of 'data.dver'"))
    #expect(try clone.readText("data.dver").contains("nfiles: 2\n"))
    #expect(try clone.readText(".dver/manifests/data/+").contains(" sub/run\n"))
    #expect(try clone.readText("o") == "a\nmore\n")
  }

  @Test func reproNeedsAllOfTheDirectoryThatIsRead() throws {
    let shared = try SharedData()
    let clone = try shared.clone()
    try clone.write(
      "stages: {s: {cmd: find data -type f | wc -l > o, deps: [data], outs: [o]}}\n",
      to: "dver.yaml")
    try clone.dver("pull", "data/a").requireSuccess()
    let refused = try clone.dver("repro").requireStatus(4)
    #expect(refused.standardError.contains("1 path is missing: data/sub/run"))
    #expect(!clone.exists("o"))
    #expect(try clone.git("status", "--porcelain", "--", "data.dver", ".dver").lines == [])
    try clone.dver("pull").requireSuccess()
    // Whoever removes what the cache has means it.
    try clone.remove("data/sub")
    try clone.dver("repro").requireSuccess()
    #expect(try clone.readText("data.dver").contains("nfiles: 1\n"))
    #expect(try clone.readText("o") == "1\n")
  }

  @Test func addSaysWhatFallsOutOfADirectoryThatIsHereInPart() throws {
    let shared = try SharedData()
    let clone = try shared.clone()
    try clone.dver("pull", "data/a").requireSuccess()
    let result = try clone.dver("add", "data").requireSuccess()
    #expect(result.standardError.contains("data loses 1 file that is neither here nor"))
    try clone.dver("undo").requireSuccess()
    try clone.dver("pull").requireSuccess()
    try clone.remove("data/sub")
    let meant = try clone.dver("add", "data").requireSuccess()
    #expect(!meant.standardError.contains("loses"))
  }

  @Test func damageNeverReachesTheWorkspace() throws {
    let shared = try SharedData()
    try shared.damage(shared.object("single\n"), to: "")
    try shared.damage(shared.object("a\n"), to: "b\n")
    let clone = try shared.clone()
    let result = try clone.dver("pull").requireStatus(4)
    #expect(
      result.standardError.contains(
        "damaged in remote 'shared', and not copied: data/a, single.txt"))
    #expect(!clone.exists("single.txt"))
    #expect(!clone.exists("data/a"))
    #expect(try clone.readText("data/sub/run") == "run\n")
    // Whoever has the data mends the remote.
    try shared.repository.dver("push").requireSuccess()
    try clone.dver("pull").requireSuccess()
    #expect(try clone.readText("data/a") == "a\n")
  }

  @Test func whatTheRemoteLacksIsNamedAndTheRestComes() throws {
    let shared = try SharedData()
    try shared.repository.remove(shared.object("a\n"))
    let clone = try shared.clone()
    let result = try clone.dver("fetch").requireStatus(4)
    #expect(result.standardError.contains("missing in the cache and the remote: data/a"))
    try clone.dver("fetch", "--allow-missing").requireSuccess()
    try clone.dver("pull").requireStatus(4)
    #expect(try clone.files("data") == ["sub/run"])
    let status = try clone.dver("status", "-c", "--json").requireSuccess()
    #expect(status.standardOutput == "{\"data/a\": \"missing\"}\n")
  }

  @Test func severalPartsOfADirectoryComeTogether() throws {
    let repository = try TemporaryRepository()
    let paths = ["d/a.b", "d/a/x", "d/e/f/g", "d/e/h", "d/z"]
    for path in paths { try repository.write("\(path)\n", to: path) }
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.remove("d")
    try repository.dver("checkout", "d/z", "d/e", "d/e/f/g", "d/a/x").requireSuccess()
    #expect(try repository.files("d") == ["a/x", "e/f/g", "e/h", "z"])
    try repository.write("mine\n", to: "d/new")
    try repository.append("more\n", to: "d/z")
    try repository.dver("checkout", "-f", "d/a.b", "d/e/h").requireSuccess()
    #expect(try repository.readText("d/z") == "d/z\nmore\n")
    try repository.dver("checkout", "-f", "d/z", "d.dver").requireSuccess()
    #expect(!repository.exists("d/new"))
    try repository.requireClean()
  }

  @Test func aPartOfADirectoryComesAlone() throws {
    let shared = try SharedData()
    let clone = try shared.clone()
    let result = try clone.dver("pull", "data/sub/run").requireSuccess()
    #expect(result.standardError.contains("Fetched 1 object from shared."))
    #expect(try clone.files("data") == ["sub/run"])
    #expect(!clone.exists("single.txt"))
    try clone.dver("pull", "data/no").requireStatus(2)
    try clone.dver("pull", "no").requireStatus(2)
  }

  @Test func manifestsComeFromTheRemoteIfGitHasThemNot() throws {
    let shared = try SharedData()
    let clone = try shared.clone()
    try clone.git("rm", "-r", "--quiet", ".dver/manifests").requireSuccess()
    try clone.commitAll("Lost")
    try clone.dver("pull").requireSuccess()
    #expect(try clone.readText("data/a") == "a\n")
  }

  @Test func fetchLeavesTheWorkspaceAlone() throws {
    let shared = try SharedData()
    let clone = try shared.clone()
    let result = try clone.dver("fetch", "--json").requireSuccess()
    #expect(result.standardOutput.contains("\"objects\": 3"))
    #expect(!clone.exists("data"))
    try shared.repository.remove(shared.remote)
    try clone.dver("checkout").requireSuccess()
    #expect(try clone.readText("data/a") == "a\n")
  }

  @Test func changesAreOverwrittenOnlyByForce() throws {
    let shared = try SharedData()
    let clone = try shared.clone()
    try clone.write("mine\n", to: "single.txt")
    let result = try clone.dver("pull").requireStatus(2)
    #expect(result.standardError.contains("single.txt"))
    #expect(try clone.readText("single.txt") == "mine\n")
    #expect(try clone.readText("data/a") == "a\n")
    try clone.dver("pull", "-f").requireSuccess()
    #expect(try clone.readText("single.txt") == "single\n")
  }

  @Test func forcedFetchMendsTheCache() throws {
    let shared = try SharedData()
    let object = try shared.object("a\n", in: shared.cache)
    try shared.damage(object, to: "b\n")
    let plain = try shared.repository.dver("fetch").requireSuccess()
    #expect(plain.standardError == "Fetched 0 objects from shared.\n")
    let forced = try shared.repository.dver("fetch", "--force").requireSuccess()
    #expect(forced.standardError == "Fetched 1 object from shared.\n")
    #expect(try shared.repository.readText(object) == "a\n")
  }

  @Test func aRemoteThatWasNeverPushedToLacksEverything() throws {
    let shared = try SharedData(push: false)
    #expect(
      try shared.repository.dver("status", "-c", "--json").standardOutput
        == "{\"data\": \"new\", \"data/a\": \"new\", \"data/sub/run\": \"new\", "
        + "\"single.txt\": \"new\"}\n")
    #expect(try shared.repository.dver("status", "-c", "-q").status == .exited(1))
    try shared.repository.dver("fetch").requireSuccess()
    let clone = try shared.clone()
    try clone.dver("fetch").requireStatus(4)
    #expect(!clone.exists(shared.remote))
  }

  @Test func statusNamesARemote() throws {
    let shared = try SharedData()
    let other = shared.repository.outside("other")
    try shared.repository.dver("remote", "add", "other", other).requireSuccess()
    let status = try shared.repository.dver("status", "-r", "other", "data", "--json")
    #expect(status.standardOutput.contains("\"data/a\": \"new\""))
    #expect(!status.standardOutput.contains("single"))
  }

  @Test func jobsMustBePositive() throws {
    let shared = try SharedData()
    try shared.repository.dver("pull", "-j", "0").requireStatus(64)
    try shared.repository.dver("pull", "-j", "1").requireSuccess()
  }

  @Test func aStageComesWithWhatItReads() throws {
    let shared = try SharedData(push: false)
    let repository = shared.repository
    try repository.write(
      """
      stages:
        one: {cmd: cp single.txt middle, deps: [single.txt], outs: [middle]}
        two: {cmd: echo 2 >> last; cat middle >> last, deps: [middle], outs: [last]}

      """, to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    #expect(
      try repository.dver("push", "--glob", "data/nothing*").requireStatus(2).standardError
        .contains("nothing that is tracked matches data/nothing*"))
    #expect(
      try repository.dver("push", "--glob", "t*").requireSuccess().standardError
        == "Pushed 1 object to shared.\n")
    try repository.dver("push", "-d", "--no-run-cache", "two").requireSuccess()
    let clone = try shared.clone()
    try clone.dver("fetch", "-d", "two").requireSuccess()
    try clone.dver("checkout", "-d", "two").requireSuccess()
    for path in ["single.txt", "middle", "last"] { #expect(clone.exists(path)) }
    #expect(!clone.exists("data"))
    try clone.dver("status", "-q", "-d", "two").requireSuccess()
    try clone.write("3\n", to: "single.txt")
    #expect(
      try clone.dver("status", "--json", "-d", "two").requireSuccess().standardOutput
        .contains("single.txt.dver"))
    try clone.dver("commit", "-f", "--no-relink", "single.txt").requireSuccess()
  }

  @Test func statusLooksAtAllBranches() throws {
    let shared = try SharedData(push: false)
    let repository = shared.repository
    try repository.commitAll()
    try repository.write("newer, longer\n", to: "single.txt")
    try repository.dver("add", "single.txt").requireSuccess()
    try repository.dver("push").requireSuccess()
    #expect(
      try repository.dver("status", "-c", "--json").requireSuccess().standardOutput == "{}\n")
    #expect(
      try repository.dver("status", "-c", "-a", "--json").requireSuccess().standardOutput
        == "{\"single.txt\": \"new\"}\n")
    try repository.dver("status", "-a").requireStatus(64)
  }
}
