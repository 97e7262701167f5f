import DverCore
import DverFileSystem
import TestSupport
import Testing

struct CheckoutSafetyTests {
  @Test func anotherFormWaitsForWhatTakesItsPlace() throws {
    let repository = try TemporaryRepository()
    try repository.write("file\n", to: "x")
    try repository.dver("add", "x").requireSuccess()
    try repository.commitAll()
    try repository.shell("rm x x.dver .gitignore").requireSuccess()
    try repository.write("inside\n", to: "x/f")
    try repository.dver("add", "x").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    let sum = try repository.shell("printf 'file\\n' | sha256sum").standardOutput.prefix(64)
    let object = ".dver/cache/objects/\(sum.prefix(2))/\(sum.dropFirst(2))"
    try repository.remove(object)
    try repository.dver("checkout").requireStatus(4)
    #expect(try repository.readText("x/f") == "inside\n")
  }

  @Test func twoAtOnceBothSucceed() throws {
    let repository = try TemporaryRepository()
    for number in 0..<300 { try repository.write("\(number)\n", to: "d/\(number)") }
    try repository.dver("add", "-q", "d").requireSuccess()
    for damage in ["rm -r d", "rm d/1*"] {
      try repository.shell(damage).requireSuccess()
      let running = try (0..<2).map { _ in try repository.dverCommand(["checkout", "-q"]).start() }
      for command in running { try command.wait().requireSuccess() }
      try repository.requireClean()
    }
  }

  @Test(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
  func whatSomebodyElseIsStoringIsSyncedBeforeACopyGoes() throws {
    let repository = try TemporaryRepository()
    for text in ["1\n", "2\n"] {
      try repository.write(text, to: "x")
      try repository.dver("add", "x").requireSuccess()
      try repository.commitAll()
    }
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    // As if another process had stored the second version and were not done.
    try repository.remove(".dver/cache/pending")
    try repository.makeDirectory(".dver/cache/pending")
    let cache = AbsolutePath(normalized: Array("\(repository.path)/.dver/cache".utf8))
    let entry = try LifeSign(
      cache.appending("pending/0123456789abcdef"), purpose: "dver repro",
      settings: LeaseSettings(.lock), unseen: cache.appending("unseen"))
    let (operations, result) = try FaultPlan(root: repository.root).operations(
      of: repository.dverCommand(["checkout"]))
    try result.requireSuccess()
    withExtendedLifetime(entry) {}
    #expect(try repository.readText("x") == "1\n")
    #expect(operations.contains { $0.name == "syncfs" })
    #expect(repository.exists(".dver/cache/pending/0123456789abcdef"))
  }

  /// The user moved the folder to a larger disk and left a link.
  @Test(arguments: [["checkout"], ["checkout", "-f"]])
  func whatLiesBelowALinkIsNotRemoved(_ arguments: [String]) throws {
    let repository = try TemporaryRepository()
    try repository.write("a\n", to: "sub/data/a")
    try repository.write("f\n", to: "sub/f")
    try repository.write("deep\n", to: "x/y/deep")
    try repository.dver("add", "-q", "sub/data", "sub/f", "x/y/deep").requireSuccess()
    try repository.commitAll()
    for name in ["sub", "x"] {
      try repository.move(name, to: repository.outside(name))
      try repository.symlink(repository.outside(name), at: name)
    }
    let before = try repository.tree("../outside")
    let result = try repository.dverCommand(arguments).run().requireSuccess()
    #expect(result.standardError.contains("sub/f is no longer tracked, but lies below"))
    #expect(try repository.tree("../outside") == before)
    try repository.dver("undo").requireStatus(2)
    #expect(try repository.tree("../outside") == before)
  }

  @Test func undoLeavesAloneWhatLiesBelowALink() throws {
    let repository = try TemporaryRepository()
    try repository.write("a\n", to: "a")
    try repository.makeDirectory("sub")
    try repository.dver("add", "-q", "a").requireSuccess()
    try repository.dver("move", "a", "sub/a").requireSuccess()
    try repository.move("sub", to: repository.outside("sub"))
    try repository.symlink(repository.outside("sub"), at: "sub")
    let before = try repository.tree("../outside")
    let refused = try repository.dver("undo").requireStatus(2)
    #expect(refused.standardError.contains("below the symbolic link sub"))
    #expect(try repository.tree("../outside") == before)
    #expect(!repository.exists("a"))
  }

  /// As `cp -a` and `rsync` do.
  @Test func aLinkThatWasMadeAnewIsTheSame() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/keep")
    try repository.dver("add", "-q", "data").requireSuccess()
    let first = try repository.commitAll()
    try repository.symlink("a", at: "data/link")
    try repository.symlink("a", at: "data/other")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll()
    try repository.shell("touch -h data/link data/other").requireSuccess()
    try repository.git("checkout", "-q", first).requireSuccess()
    try repository.dver("checkout").requireSuccess()
    try repository.requireClean()
    #expect(try repository.shell("ls data").requireSuccess().lines == ["keep"])
  }

  /// Each link to an object changes the status of the others.
  @Test(arguments: ["mv d/a d/c", "mv d/a d/c; mv d/b d/a; mv d/c d/b"])
  func namesChangeAmongHardLinks(change: String) throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", "hardlink").requireSuccess()
    try repository.write("1\n", to: "d/a")
    try repository.write("2\n", to: "d/b")
    try repository.dver("add", "-q", "d").requireSuccess()
    let first = try repository.commitAll()
    try repository.shell(change).requireSuccess()
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", first).requireSuccess()
    try repository.dver("checkout").requireSuccess()
    try repository.requireClean()
    #expect(try repository.shell("cat d/*").requireSuccess().lines == ["1", "2"])
  }

  @Test func aNameThatEndsInACarriageReturnIsHidden() throws {
    let repository = try TemporaryRepository()
    for name in ["cr\r", "c\rr"] { try repository.write("1\n", to: name) }
    try repository.dver("add", "cr\r", "c\rr").requireSuccess()
    for name in ["cr\r", "c\rr"] {
      try repository.git("check-ignore", "-q", name).requireSuccess()
    }
    let seen = try repository.git("ls-files", "-o", "--exclude-standard").requireSuccess()
    #expect(seen.standardOutput.isEmpty)
    try repository.dver("remove", "cr\r.dver", "c\rr.dver").requireSuccess()
    #expect(!repository.exists(".gitignore"))
  }

  @Test func aNameWithALineEndHidesNoOther() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a\nb")
    try repository.dver("add", "a\nb").requireSuccess()
    try repository.write("2\n", to: "axb")
    let status = try repository.git("status", "--porcelain").requireSuccess().standardOutput
    #expect(status.contains("?? axb\n"))
    #expect(!status.contains("?? \"a\\nb\""))
  }

  @Test func aStageThatNeverRanHasNothingToCheckOut() throws {
    let repository = try TemporaryRepository()
    try repository.dver("stage", "add", "-n", "c", "-o", "file1", "touch file1").requireSuccess()
    for target in ["c", "file1"] {
      let refused = try repository.dver("checkout", target).requireStatus(2)
      #expect(refused.standardError.contains("nothing is recorded of file1"))
      #expect(!refused.standardError.contains("Everything is in place"))
      try repository.dver("checkout", "--allow-missing", target).requireSuccess()
    }
    try repository.dver("checkout").requireSuccess()
  }
}
