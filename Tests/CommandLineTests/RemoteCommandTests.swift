import TestSupport
import Testing

@Suite struct RemoteCommandTests {
  @Test func relativePathsCountFromTheCurrentDirectory() throws {
    let repository = try TemporaryRepository()
    try repository.makeDirectory("sub")
    try repository.dver("remote", "add", "near", "../../outside/r", in: "sub").requireSuccess()
    #expect(try repository.readText(".dver/config").contains("url = ../../outside/r\n"))
    #expect(
      try repository.dver("remote", "list").standardOutput
        == "near\t\(repository.outside("r"))\n")
  }

  @Test func aRemoteIsNotAmongTheData() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    let inside = try repository.dver("remote", "add", "r", "data/rem").requireStatus(2)
    #expect(inside.standardError.contains("data/rem lies in data, which is tracked"))
    let root = try repository.dver("remote", "add", "r", "..", in: "data").requireStatus(2)
    #expect(root.standardError.contains(".. is the workspace itself"))
    try repository.dver("remote", "add", "r", "box").requireSuccess()
    try repository.dver("remote", "modify", "r", "url", "data").requireStatus(2)
    #expect(try repository.readText(".dver/config").contains("url = ../box\n"))
  }

  @Test func theCacheIsNotAmongTheData() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    try repository.commitAll()
    for command in [["cache", "dir", "data/c"], ["config", "cache.dir", "data/c"]] {
      let refused = try repository.dverCommand(command).run().requireStatus(2)
      #expect(refused.standardError.contains("data/c lies in data, which is tracked"))
    }
    // A cache that is there all the same is not taken for data that may go.
    try repository.write("[cache]\n\tdir = ../data/c\n", to: ".dver/config.local")
    try repository.shell("mv .dver/cache data/c").requireSuccess()
    let cache = try repository.tree("data/c")
    let kept = try repository.dver("checkout").requireStatus(2)
    #expect(kept.standardError.contains("data holds the cache, which is no data: data/c"))
    try repository.dver("checkout", "-f").requireStatus(2)
    #expect(try repository.tree("data/c") == cache)
  }

  @Test func whatHoldsARemoteBecomesNoData() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "f")
    try repository.dver("add", "f").requireSuccess()
    try repository.dver("remote", "add", "-d", "r", "out/st").requireSuccess()
    try repository.dver("push").requireSuccess()
    try repository.write("2\n", to: "src/x")
    let store = try repository.tree("out")
    let message = "out holds remote 'r', which is no data: out/st"
    let stage = ["stage", "add", "-n", "s", "-o", "out", "mkdir -p out; echo 1 > out/1"]
    for command in [["add", "out"], ["add", "out/st"], ["add", "-f", "-o", "out", "src"], stage] {
      let refused = try repository.dverCommand(command).run().requireStatus(2)
      #expect(refused.standardError.contains("remote 'r', which is no data"), "\(command)")
    }
    try repository.write(
      "stages: {s: {cmd: 'mkdir -p out; echo 1 > out/1', outs: [out]}}\n", to: "dver.yaml")
    let run = try repository.dver("repro").requireStatus(3)
    #expect(run.standardError.contains(message))
    try repository.dver("commit", "-f").requireStatus(3)
    #expect(try repository.tree("out") == store)
  }

  @Test func aStoreOfSomebodyElsesIsNoDataEither() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "f")
    try repository.dver("add", "f").requireSuccess()
    try repository.shell("mkdir -p data/x && cp .dver/cache/dver-store data/x").requireSuccess()
    let refused = try repository.dver("add", "data").requireStatus(2)
    #expect(refused.standardError.contains("data holds an object store, which is no data: data/x"))
    // Nor does it become data by its files.
    let file = try repository.dver("add", "data/x/dver-store").requireStatus(2)
    #expect(file.standardError.contains("lies in an object store, which is no data: data/x"))
    try repository.write(
      "stages: {s: {cmd: 'mkdir -p data; echo 1 > data/1', outs: [data]}}\n", to: "dver.yaml")
    try repository.dver("repro").requireStatus(3)
    #expect(repository.exists("data/x/dver-store") && !repository.exists("data/1"))
  }

  @Test func storesDoNotBecomeMembers() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "t/a")
    try repository.dver("add", "t").requireSuccess()
    try repository.shell("mkdir t/x && cp .dver/cache/dver-store t/x").requireSuccess()
    // One of a later version is one as well.
    try repository.shell(
      "mkdir t/y && sed 's/^version: 1/version: 2/' t/x/dver-store > t/y/dver-store"
    ).requireSuccess()
    for target in ["t", "t/x", "t/x/dver-store", "t/y", "t/y/dver-store"] {
      let refused = try repository.dver("add", target).requireStatus(2)
      #expect(refused.standardError.contains("an object store, which is no data"), "\(target)")
    }
    try repository.dver("commit", "-f", "t").requireStatus(2)
  }

  @Test func aNameAloneMakesNoStore() throws {
    let repository = try TemporaryRepository()
    try repository.write("hi\n", to: "t/dver-store")
    try repository.dver("add", "t").requireSuccess()
    try repository.write("id: 7\n", to: "t/dver-store")
    try repository.dver("add", "t/dver-store").requireSuccess()
    try repository.write("", to: "t/dver-store")
    try repository.dver("commit", "-f", "t").requireSuccess()
    try repository.write(
      "stages: {s: {cmd: 'mkdir -p o; echo 1 > o/dver-store', outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    try repository.dver("repro", "-f").requireSuccess()
    try repository.requireClean()
  }

  @Test func theDefaultIsMarkedAndFollowsARename() throws {
    let repository = try TemporaryRepository()
    try repository.dver("remote", "default").requireStatus(1)
    try repository.dver("remote", "add", "-d", "a", "/somewhere").requireSuccess()
    try repository.dver("remote", "add", "b", "/elsewhere").requireSuccess()
    #expect(
      try repository.dver("remote", "list").standardOutput
        == "a\t/somewhere (default)\nb\t/elsewhere\n")
    try repository.dver("remote", "rename", "a", "c").requireSuccess()
    #expect(try repository.dver("remote", "default").standardOutput == "c\n")
    try repository.dver("remote", "default", "b").requireSuccess()
    #expect(try repository.dver("remote", "default").standardOutput == "b\n")
    try repository.dver("remote", "default", "a").requireStatus(2)
    try repository.dver("remote", "default", "-u").requireSuccess()
    try repository.dver("remote", "default").requireStatus(1)
    try repository.dver("remote", "rename", "b", "c").requireStatus(2)
    try repository.dver("remote", "rename", "no", "d").requireStatus(2)
  }

  @Test func removingTheDefaultLeavesNone() throws {
    let repository = try TemporaryRepository()
    try repository.dver("remote", "add", "-d", "a", "/somewhere").requireSuccess()
    try repository.dver("remote", "remove", "a").requireSuccess()
    #expect(try repository.dver("remote", "list").standardOutput == "")
    try repository.dver("remote", "default").requireStatus(1)
    let result = try repository.dver("remote", "remove", "a").requireStatus(2)
    #expect(result.standardError.contains("there is no remote 'a'"))
  }

  @Test(arguments: ["a.b", "with blank", "\"quoted\"", "back\\slash", "größe", "-dash", "a/b"])
  func namesMayBeOdd(_ name: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("x\n", to: "x")
    try repository.dver("add", "x").requireSuccess()
    try repository.dver("remote", "add", "-d", "--", name, repository.outside("r"))
      .requireSuccess()
    try repository.dver("push").requireSuccess()
    try repository.dver("remote", "modify", "--", name, "jobs", "2").requireSuccess()
    let list = try repository.dver("remote", "list").requireSuccess()
    #expect(list.standardOutput == "\(name)\t\(repository.outside("r")) (default)\n")
    try repository.dver("remote", "rename", "--", name, "plain").requireSuccess()
    try repository.dver("fetch", "-r", "plain").requireSuccess()
    try repository.dver("remote", "remove", "plain").requireSuccess()
    #expect(try !repository.readText(".dver/config").contains("jobs"))
  }

  @Test func anExistingNameIsReplacedByForceOnly() throws {
    let shared = try SharedData()
    let repository = shared.repository
    try repository.dver("remote", "add", "shared", "/x").requireStatus(2)
    try repository.dver("remote", "add", "-f", "shared", repository.outside("new"))
      .requireSuccess()
    // Another folder, so another store is no surprise.
    #expect(try repository.dver("push").standardError == "Pushed 3 objects to shared.\n")
  }

  @Test func onlyFoldersAreRemotes() throws {
    let repository = try TemporaryRepository()
    let result = try repository.dver("remote", "add", "s", "s3://bucket/x").requireStatus(2)
    #expect(result.standardError.contains("s3 is not supported"))
    #expect(result.standardError.contains("hint: mount it"))
    try repository.dver("remote", "add", "f", "file:///somewhere").requireSuccess()
    #expect(try repository.dver("remote", "list").standardOutput == "f\t/somewhere\n")
    try repository.append("[remote \"old\"]\n\turl = ssh://host/x\n", to: ".dver/config")
    #expect(
      try repository.dver("remote", "list").standardOutput
        == "f\t/somewhere\nold\tssh://host/x\n")
    try repository.dver("push", "-r", "old").requireStatus(2)
    try repository.dver("remote", "remove", "old").requireSuccess()
  }

  @Test func localRemotesStayOutOfGit() throws {
    let repository = try TemporaryRepository()
    try repository.dver("remote", "add", "--local", "-d", "mine", "/x").requireSuccess()
    #expect(try repository.readText(".dver/config") == "")
    #expect(try repository.readText(".dver/config.local").contains("url = /x"))
    let list = try repository.dver("remote", "list", "--json").requireSuccess()
    #expect(
      list.standardOutput
        == "[{\"name\": \"mine\", \"path\": \"/x\", \"default\": true, \"id\": null}]\n")
    #expect(try repository.dver("remote", "list", "--project").standardOutput == "")
    try repository.dver("remote", "remove", "mine").requireSuccess()
  }

  @Test func modifyKnowsItsOptions() throws {
    let repository = try TemporaryRepository()
    try repository.dver("remote", "add", "a", "/x").requireSuccess()
    let unknown = try repository.dver("remote", "modify", "a", "job", "2").requireStatus(2)
    #expect(unknown.standardError.contains("did you mean 'remote.a.jobs'?"))
    try repository.dver("remote", "modify", "a", "jobs", "many").requireStatus(2)
    try repository.dver("remote", "modify", "no", "jobs", "2").requireStatus(2)
    try repository.dver("remote", "modify", "a", "jobs").requireStatus(64)
    try repository.dver("remote", "modify", "a", "jobs", "-u").requireStatus(1)
    try repository.dver("remote", "modify", "a", "url", "s3://x").requireStatus(2)
    try repository.dver("remote", "modify", "a", "url", "../r").requireSuccess()
    #expect(try repository.dver("remote", "list").standardOutput == "a\t\(repository.root)/r\n")
  }
}
