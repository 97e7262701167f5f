import TestSupport
import Testing

@Suite struct PushTests {
  @Test func pushCopiesOnlyMissingObjects() throws {
    let repository = try TemporaryRepository()
    try repository.write("id,price\n1,9.5\n", to: "data/prices.csv")
    try repository.write("id,city\n1,Oslo\n", to: "data/cities.csv")
    try repository.dver("add", "data").requireSuccess()
    try repository.dver("remote", "add", "shared", repository.outside("remote")).requireSuccess()
    #expect(try repository.dver("push").standardError == "Pushed 2 objects to shared.\n")
    #expect(try repository.dver("push").standardError == "Pushed 0 objects to shared.\n")
    try repository.write("id,city\n1,Rome\n", to: "data/cities.csv")
    try repository.dver("add", "data").requireSuccess()
    #expect(try repository.dver("push").standardError == "Pushed 1 object to shared.\n")
  }

  @Test func anObjectThatTheRemoteLostIsSentAgain() throws {
    let shared = try SharedData()
    let object = try shared.object("a\n")
    try shared.repository.remove(object)
    #expect(try shared.repository.dver("status", "-c").standardOutput.contains("data/a"))
    let pushed = try shared.repository.dver("push").requireSuccess()
    #expect(pushed.standardError == "Pushed 1 object to shared.\n")
    #expect(shared.repository.exists(object))
  }

  @Test func anObjectOfTheWrongSizeIsReplaced() throws {
    let shared = try SharedData()
    let object = try shared.object("single\n")
    try shared.damage(object, to: "")
    #expect(
      try shared.repository.dver("push").standardError == "Pushed 1 object to shared.\n")
    #expect(try shared.repository.readText(object) == "single\n")
  }

  @Test func forceReplacesWhatIsDamaged() throws {
    let shared = try SharedData()
    let object = try shared.object("single\n")
    try shared.damage(object, to: "SINGLE\n")
    #expect(try shared.repository.dver("push").standardError == "Pushed 0 objects to shared.\n")
    #expect(
      try shared.repository.dver("push", "-f").standardError == "Pushed 1 object to shared.\n")
    #expect(try shared.repository.readText(object) == "single\n")
  }

  @Test func aDamagedCacheObjectIsNotPushed() throws {
    let shared = try SharedData(push: false)
    try shared.damage(shared.object("a\n", in: shared.cache), to: "b\n")
    let result = try shared.repository.dver("push").requireStatus(4)
    #expect(result.standardError.contains("Pushed 2 objects to shared."))
    #expect(result.standardError.contains("damaged in the cache, and not copied: data/a"))
    #expect(try !shared.repository.exists(shared.object("a\n")))
  }

  @Test func aDamagedManifestInTheCacheIsReplacedByItsFile() throws {
    let shared = try SharedData(push: false)
    let node = try shared.repository.readText(".dver/manifests/data/+")
    try shared.damage(
      shared.object(node, in: shared.cache), to: String(repeating: "#", count: node.utf8.count))
    try shared.repository.dver("push").requireSuccess()
    #expect(try shared.repository.readText(shared.object(node)) == node)
    let clone = try shared.clone()
    try clone.dver("pull").requireSuccess()
  }

  @Test func aRunWhoseOutputIsDamagedIsNotPushed() throws {
    let shared = try SharedData()
    let repository = shared.repository
    try repository.write(
      "stages: {s: {cmd: 'cat in > out', deps: [in], outs: [out]}}\n", to: "dver.yaml")
    for text in ["1\n", "2\n"] {
      try repository.write(text, to: "in")
      try repository.dver("repro").requireSuccess()
    }
    try shared.damage(shared.object("1\n", in: shared.cache), to: "3\n")
    let result = try repository.dver("push", "--run-cache").requireStatus(4)
    #expect(result.standardError.contains("what these remembered runs wrote is damaged"))
    #expect(try repository.files("\(shared.remote)/runs").count == 1)
    #expect(try repository.exists(shared.object("2\n")))
  }

  @Test func whatTheCacheLacksIsNamedAndTheRestPushed() throws {
    let shared = try SharedData(push: false)
    try shared.repository.remove(shared.object("a\n", in: shared.cache))
    let result = try shared.repository.dver("push").requireStatus(4)
    #expect(result.standardError.contains("missing in the cache: data/a"))
    #expect(try shared.repository.exists(shared.object("run\n")))
    try shared.repository.dver("push", "--allow-missing").requireSuccess()
    let json = try shared.repository.dver("push", "--json").requireStatus(4)
    #expect(json.standardOutput.isEmpty)
    #expect(json.standardError.hasPrefix("{\"error\""))
  }

  @Test func anEqualListIsMadeYoung() throws {
    let shared = try SharedData()
    let list = try #require(try shared.repository.files("\(shared.remote)/names").first)
    let path = "\(shared.remote)/names/\(list)"
    let text = try shared.repository.readText(path)
    try shared.repository.shell("touch -d '2 days ago' \(path)").requireSuccess()
    let before = try #require(shared.repository.modified(path))
    try shared.repository.dver("push").requireSuccess()
    let after = try #require(shared.repository.modified(path))
    #expect(after > before)
    #expect(try shared.repository.readText(path) == text)
  }

  @Test func aPartOfADirectoryIsPushedAlone() throws {
    let shared = try SharedData(push: false)
    let result = try shared.repository.dver("push", "data/sub", "--json").requireSuccess()
    #expect(result.standardOutput.contains("\"objects\": 1, \"bytes\": 4"))
    #expect(try !shared.repository.exists(shared.object("a\n")))
    let status = try shared.repository.dver("status", "-c", "--json").requireSuccess()
    #expect(status.standardOutput == "{\"data/a\": \"new\", \"single.txt\": \"new\"}\n")
  }

  @Test func theStoreIsRememberedAndStaged() throws {
    let shared = try SharedData()
    let config = try shared.repository.git("show", ":.dver/config").requireSuccess()
    #expect(config.standardOutput.contains("id = "))
    #expect(config.standardOutput.contains("project = "))
  }

  @Test func anUnmountedShareIsNoNewStore() throws {
    let shared = try SharedData()
    try shared.repository.move(shared.remote, to: shared.repository.outside("away"))
    for make in [false, true] {
      if make { try shared.repository.makeDirectory(shared.remote) }
      for command in ["push", "fetch", "pull"] {
        let result = try shared.repository.dver(command).requireStatus(2)
        #expect(result.standardError.contains("holds no object store"))
      }
      try shared.repository.dver("status", "-c").requireStatus(2)
    }
    #expect(try shared.repository.files(shared.remote).isEmpty)
  }

  @Test func anotherStoreIsRefused() throws {
    let shared = try SharedData()
    let other = try SharedData()
    try shared.repository.remove(shared.remote)
    try shared.repository.move(other.remote, to: shared.remote)
    let result = try shared.repository.dver("push").requireStatus(2)
    #expect(result.standardError.contains("holds the store"))
    try shared.repository.dver("remote", "modify", "shared", "id", "--unset").requireSuccess()
    try shared.repository.dver("push").requireSuccess()
  }

  @Test func outputsGoWhereTheyBelong() throws {
    let shared = try SharedData(push: false)
    let repository = shared.repository
    try repository.dver("remote", "add", "other", repository.outside("other")).requireSuccess()
    try repository.write("secret\n", to: "secret.txt")
    try repository.write("here\n", to: "here.txt")
    try repository.dver("add", "secret.txt", "here.txt").requireSuccess()
    try repository.append("  remote: other\n", to: "secret.txt.dver")
    try repository.append("  push: false\n", to: "here.txt.dver")
    let pushed = try repository.dver("push").requireSuccess()
    #expect(
      pushed.standardError == "Pushed 3 objects to shared.\nPushed 1 object to other.\n")
    #expect(try !repository.exists(shared.object("secret\n")))
    #expect(try repository.exists(shared.object("secret\n", in: repository.outside("other"))))
    #expect(try !repository.exists(shared.object("here\n")))
    let named = try repository.dver("push", "-r", "shared").requireSuccess()
    #expect(named.standardError == "Pushed 0 objects to shared.\n")
    let clone = try shared.clone()
    try clone.dver("pull").requireSuccess()
    #expect(try clone.readText("secret.txt") == "secret\n")
    #expect(!clone.exists("here.txt"))
  }

  @Test func otherRevisionsArePushedOnDemand() throws {
    let shared = try SharedData(push: false)
    let repository = shared.repository
    try repository.commitAll()
    try repository.git("tag", "v1").requireSuccess()
    try repository.write("second\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    try repository.commitAll()
    try repository.dver("push").requireSuccess()
    #expect(try !repository.exists(shared.object("a\n")))
    let tags = try repository.dver("push", "--all-tags").requireSuccess()
    #expect(tags.standardError == "Pushed 1 object to shared.\n")
    #expect(try repository.exists(shared.object("a\n")))
    try repository.remove(shared.object("a\n"))
    try repository.dver("push", "-a").requireSuccess()
    #expect(try !repository.exists(shared.object("a\n")))
    try repository.dver("push", "-A").requireSuccess()
    #expect(try repository.exists(shared.object("a\n")))
  }

  @Test func aRemoteThatMayOnlyBeReadIsOneClearLine() throws {
    let shared = try SharedData(push: false)
    try shared.repository.dver("remote", "modify", "shared", "url", "/sys/dver").requireSuccess()
    let result = try shared.repository.dver("push").requireStatus(2)
    #expect(result.standardError.contains("dver: error: cannot create /sys/dver: "))
    #expect(result.standardError.split(separator: "\n").count == 2)
  }

  @Test func withoutARemoteThereIsAHint() throws {
    let repository = try TemporaryRepository()
    let result = try repository.dver("push").requireStatus(2)
    #expect(result.standardError.contains("dver remote add -d NAME PATH"))
    for name in ["one", "two"] {
      try repository.dver("remote", "add", name, repository.outside(name)).requireSuccess()
    }
    let ambiguous = try repository.dver("push").requireStatus(2)
    #expect(ambiguous.standardError.contains("none is the default"))
    let unknown = try repository.dver("push", "-r", "three").requireStatus(2)
    #expect(unknown.standardError.contains("there is no remote 'three'"))
  }

  @Test func interruptedPushesLeaveNoFilesForLong() throws {
    try forEachFault(
      actions: [.kill],
      // Every second operation: a push makes some eighty, and each costs four commands.
      stride: 2,
      prepare: {
        let repository = try TemporaryRepository()
        try repository.write("a\n", to: "a")
        try repository.dver("add", "a").requireSuccess()
        try repository.dver("remote", "add", "shared", repository.outside("remote"))
          .requireSuccess()
        return repository
      },
      command: { try $0.dverCommand(["push"]) },
      check: { repository, result, _ in
        try result.requireKilled()
        try repository.dver("push").requireSuccess()
        // One that died while it began may be one that begins: it is taken for dead after a minute.
        let left = try repository.files(repository.outside("remote/tmp"))
        #expect(left.allSatisfy { $0.hasSuffix("/pending") }, "\(left)")
        try repository.dver("verify", "-r", "shared").requireSuccess()
      })
  }

  @Test func twoPushesAtOnceAgree() throws {
    let shared = try SharedData(push: false)
    let repository = shared.repository
    for number in 0..<300 { try repository.write("\(number)\n", to: "many/\(number)") }
    try repository.dver("add", "many").requireSuccess()
    let first = try repository.dverCommand(["push"]).start()
    let second = try repository.dverCommand(["push"]).start()
    try first.wait().requireSuccess()
    try second.wait().requireSuccess()
    try repository.dver("verify", "-r", "shared").requireSuccess()
    #expect(
      try repository.dver("status", "-c").standardOutput == "Cache and remote are in sync.\n")
    #expect(try repository.files("\(shared.remote)/tmp").isEmpty)
    #expect(try repository.files("\(shared.remote)/pending").isEmpty)
  }

  @Test func whatIsNoRunStaysBehind() throws {
    let shared = try SharedData()
    let entry = "runs/ab/abcd/ef01"
    try shared.repository.write("entry\n", to: "\(shared.cache)/\(entry)")
    try shared.repository.dver("push", "--run-cache").requireSuccess()
    #expect(!shared.repository.exists("\(shared.remote)/\(entry)"))
    try shared.repository.write("entry\n", to: "\(shared.remote)/\(entry)")
    let clone = try shared.clone()
    try clone.dver("fetch", "--run-cache").requireSuccess()
    #expect(!clone.exists(".dver/cache/\(entry)"))
  }
}
