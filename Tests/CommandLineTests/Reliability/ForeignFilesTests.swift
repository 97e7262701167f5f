import TestSupport
import Testing

/// What belongs to somebody else is left alone, wherever it stands.
struct ForeignFilesTests {
  @Test(arguments: ["tmp/thesis", "pending/0123456789abcdef", "objects/mine"])
  func aFolderInUseBecomesNoStore(_ file: String) throws {
    let repository = try TemporaryRepository()
    let folder = repository.outside("share")
    try repository.write("mine\n", to: "../outside/share/\(file)/chapter")
    try repository.shell("find \(folder) -exec touch -d '2 hours ago' {} +").requireSuccess()
    try repository.write("a\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.dver("remote", "add", "r", folder).requireSuccess()
    let push = try repository.dver("push").requireStatus(2)
    #expect(push.standardError.contains("cannot become an object store"))
    try repository.dver("cache", "dir", folder).requireSuccess()
    try repository.write("b\n", to: "b")
    try repository.dver("add", "b").requireStatus(2)
    #expect(try repository.shell("cat \(folder)/\(file)/chapter").standardOutput == "mine\n")
  }

  @Test func housekeepingTouchesOnlyWhatDverMade() throws {
    let repository = try TemporaryRepository()
    try repository.write("mine\n", to: ".dver/cache/tmp/thesis/chapter")
    try repository.write("mine\n", to: "../outside/elsewhere/0123456789abcdef/x")
    try repository.shell("find .dver/cache ../outside -exec touch -d '2 hours ago' {} +")
      .requireSuccess()
    try repository.shell("rm -r .dver/cache/tmp && mkdir -p .dver/cache").requireSuccess()
    try repository.write("a\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.write("mine\n", to: ".dver/cache/tmp/thesis/chapter")
    try repository.write("mine\n", to: ".dver/cache/pending/invoice")
    try repository.shell("find .dver/cache -exec touch -d '2 hours ago' {} +").requireSuccess()
    try repository.write("b\n", to: "b")
    try repository.dver("add", "b").requireSuccess()
    #expect(try repository.readText(".dver/cache/tmp/thesis/chapter") == "mine\n")
    #expect(try repository.readText(".dver/cache/pending/invoice") == "mine\n")
    // Nor behind a link.
    try repository.shell(
      "rm -r .dver/cache/tmp && ln -s ../../../outside/elsewhere .dver/cache/tmp"
    )
    .requireSuccess()
    try repository.write("c\n", to: "c")
    _ = try repository.dver("add", "c")
    #expect(try repository.shell("cat ../outside/elsewhere/*/x").standardOutput == "mine\n")
  }

  @Test(arguments: ["tmp", "state", "manifests"])
  func linksInPlaceOfItsFoldersAreRefused(_ name: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("mine\n", to: "../outside/other/x")
    try repository.shell("rm -rf .dver/\(name) && ln -s ../../outside/other .dver/\(name)")
      .requireSuccess()
    let result = try repository.dver("status").requireStatus(2)
    #expect(result.standardError.contains("\(name) is a symbolic link"))
  }

  @Test func aHiddenFileInThePlaceOfAFolderIsNamed() throws {
    let repository = try TemporaryRepository()
    for name in ["d/sub/x", "d/sub/deep/y", "d/z"] { try repository.write("1\n", to: name) }
    try repository.makeDirectory("d/empty")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try repository.remove("d")
    for name in ["d/sub", "d/empty"] { try repository.write("mine\n", to: name) }
    try repository.write("/d/sub\n/d/empty\n", to: ".dverignore")
    for arguments in [["checkout"], ["checkout", "-f"]] {
      let said = try repository.dverCommand(arguments).run().requireStatus(2).standardError
      #expect(said.contains("2 paths that are not tracked are in the way: "))
      #expect(said.contains("d/sub") && said.contains("d/empty"))
      #expect(said.contains("hint: no option removes what is not dver's: move it away"))
    }
    #expect(try repository.readText("d/z") == "1\n")
    for name in ["d/sub", "d/empty"] {
      #expect(try repository.readText(name) == "mine\n")
      try repository.remove(name)
    }
    try repository.write("# nothing\n", to: ".dverignore")
    try repository.dver("checkout").requireSuccess()
    try repository.requireClean()
  }

  @Test(arguments: [["checkout"], ["checkout", "-f"]])
  func nothingIsPlacedBehindAHiddenLink(_ arguments: [String]) throws {
    let repository = try TemporaryRepository()
    for name in ["d/sub/x", "d/sub/deep/y", "d/z"] { try repository.write("1\n", to: name) }
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try repository.remove("d")
    try repository.write("mine\n", to: "../outside/other/x")
    try repository.makeDirectory("d")
    try repository.symlink(repository.outside("other"), at: "d/sub")
    try repository.write("/d/sub\n", to: ".dverignore")
    let result = try repository.dverCommand(arguments).run().requireStatus(2)
    #expect(result.standardError.contains("1 path that is not tracked is in the way: d/sub\n"))
    #expect(try repository.files("../outside/other") == ["x"])
    #expect(try repository.readText("../outside/other/x") == "mine\n")
    #expect(try repository.readText("d/z") == "1\n")
  }

  @Test func hiddenFilesOfAnOldOutputMoveIntoTheNewOne() throws {
    let repository = try TemporaryRepository()
    try repository.write("*.tmp\n", to: ".dverignore")
    try repository.write("1\n", to: "in")
    try repository.write(
      "stages: {s: {cmd: 'mkdir -p o; cp in o/r', deps: [in], outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    try repository.write("mine\n", to: "o/x.tmp")
    try repository.write("mine\n", to: "o/sub/y.tmp")
    try repository.shell("git init -q o && git -C o add r && git -C o commit -qm w")
      .requireSuccess()
    try repository.write("2\n", to: "in")
    let result = try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o/r") == "2\n")
    #expect(try repository.readText("o/x.tmp") == "mine\n")
    try repository.shell("git -C o log --oneline | grep w").requireSuccess()
    // Its folder is not part of the new output, so it has no place there.
    #expect(result.standardError.contains("state/kept/o/sub/y.tmp"))
    #expect(try repository.readText(".dver/state/kept/o/sub/y.tmp") == "mine\n")
    try repository.requireClean()
  }

  @Test func whatAUserPutsAfterACrashCanComeBack() throws {
    let repository = try DyingStage.killed()
    try repository.write("mine\n", to: "o")
    let status = try repository.dver("status").requireSuccess()
    #expect(status.standardError.contains("'dver undo' brings it back"))
    #expect(try repository.readText("o") == DyingStage.oldOutput)
    try repository.dver("repro").requireSuccess()
    try repository.dver("undo").requireSuccess()
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText("o") == "mine\n")
  }

  /// A command may redirect its output with a link in the place of a folder.
  @Test(arguments: ["exit 0", "exit 1", "kill -9 $PPID; exit 1"])
  func whatLiesBehindACommandsLinkStaysThere(_ ending: String) throws {
    let repository = try TemporaryRepository()
    let home = repository.outside("home")
    try repository.shell(
      "mkdir -p results \(home) && echo thesis > \(home)/model && echo old > results/model"
    ).requireSuccess()
    try repository.write("1\n", to: "in")
    let link = "rm -rf results; ln -s \(home) results; \(ending)"
    try repository.write(
      """
      stages:
        s:
          cmd: 'if test ! -e sound; then \(link); fi; echo new > results/model'
          deps: [in]
          outs: [results/model]

      """, to: "dver.yaml")
    let result = try repository.dver("repro")
    if ending.hasPrefix("kill") {
      try result.requireKilled()
    } else {
      try result.requireStatus(3)
    }
    if ending == "exit 0" {
      #expect(result.standardError.contains("results/model lies below the symbolic link results"))
    }
    try repository.dver("status").requireSuccess()
    #expect(try repository.readText("results/model") == "old\n")
    try repository.write("", to: "sound")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("results/model") == "new\n")
    let thesis = try repository.shell("cat \(home)/model").requireSuccess()
    #expect(thesis.standardOutput == "thesis\n")
  }

  @Test func outputsAreNoFilesOfDver() throws {
    for name in ["dver.lock", "a.dver", ".gitignore", "dver.yaml", ".dverignore"] {
      let repository = try TemporaryRepository()
      try repository.write(
        "stages: {s: {cmd: 'echo r > \(name)', outs: [\(name)]}}\n", to: "dver.yaml")
      let result = try repository.dver("repro").requireStatus(2)
      #expect(result.standardError.contains("a file of dver itself"))
    }
  }

  @Test func aValueThatMeansNothingBreaksNothing() throws {
    let repository = try TemporaryRepository()
    try repository.write("[core]\n\tautostage = maybe\n", to: ".dver/config.local")
    try repository.write("a\n", to: "a")
    try repository.dver("add", "a").requireStatus(2)
    try repository.write("", to: ".dver/config.local")
    try repository.dver("status").requireSuccess()
    try repository.dver("add", "a").requireSuccess()
  }

  @Test(arguments: [["remove", "--outs", "-f", "d.dver"], ["add", "-f", "-o", "d", "source"]])
  func forceLeavesHiddenFilesInADrawer(_ command: [String]) throws {
    let repository = try TemporaryRepository()
    try repository.write("*.tmp\n", to: ".dverignore")
    try repository.write("1\n", to: "d/a")
    try repository.write("2\n", to: "source/b")
    try repository.dver("add", "d").requireSuccess()
    try repository.write("mine\n", to: "d/x.tmp")
    try repository.shell("git init -q d/sub").requireSuccess()
    let result = try repository.dverCommand(command).run().requireSuccess()
    #expect(result.standardError.contains("state/kept/d/x.tmp"))
    #expect(try repository.readText(".dver/state/kept/d/x.tmp") == "mine\n")
    #expect(repository.exists(".dver/state/kept/d/sub/.git"))
    let destroy = try repository.dver("destroy", "-f").requireStatus(2)
    #expect(destroy.standardError.contains("holds files that are nowhere else"))
  }

  @Test(arguments: [["checkout"], ["checkout", "-f"]])
  func whatIsInTheWayOfAFileIsNamed(_ arguments: [String]) throws {
    let repository = try TemporaryRepository()
    try repository.write("*.tmp\n", to: ".dverignore")
    for path in ["d/a", "d/b", "d/c", "single"] { try repository.write("file\n", to: path) }
    try repository.dver("add", "-q", "d", "single").requireSuccess()
    for path in ["d/a", "d/b", "d/c", "single"] { try repository.remove(path) }
    for path in ["d/a/k.tmp", "single/k.tmp"] { try repository.write("mine\n", to: path) }
    try repository.shell("git init -q d/b").requireSuccess()
    let result = try repository.dverCommand(arguments).run().requireStatus(2)
    #expect(
      result.standardError.contains(
        "3 paths that are not tracked are in the way: d/a/k.tmp, d/b/.git, single/k.tmp"))
    #expect(!result.standardError.contains("-f"))
    #expect(try repository.readText("d/c") == "file\n")
    try repository.shell("mkdir away && mv d/a/k.tmp d/b/.git away && rm -r single")
      .requireSuccess()
    try repository.dver("checkout").requireSuccess()
    try repository.requireClean()
  }

  /// A rule that comes later hides what is recorded: it stands there, and is lost no more than else.
  @Test(arguments: [[], ["-f"]]) func whatIsIgnoredByNowIsInPlace(_ flags: [String]) throws {
    let repository = try TemporaryRepository()
    for path in ["d/x", "d/y"] { try repository.write("1\n", to: path) }
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try repository.write("2\n", to: "d/y")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try repository.write("y\n", to: ".dverignore")
    let result = try repository.dverCommand(["checkout"] + flags).run().requireSuccess()
    #expect(result.standardError.contains("recorded, but ignored by now: d/y"))
    // Another version of it, while the cache has this one.
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    try repository.dverCommand(["checkout"] + flags).run().requireSuccess()
    #expect(try repository.readText("d/y") == "1\n")
    // What only the workspace has stays.
    try repository.write("mine\n", to: "d/y")
    guard flags.isEmpty else {
      let forced = try repository.dver("checkout", "-f").requireSuccess()
      #expect(forced.standardError.contains(".dver/state/kept/d/y"))
      #expect(try repository.readText("d/y") == "1\n")
      return #expect(try repository.readText(".dver/state/kept/d/y") == "mine\n")
    }
    let refused = try repository.dver("checkout").requireStatus(2)
    #expect(refused.standardError.contains("d/y"))
    #expect(try repository.readText("d/y") == "mine\n")
  }

  @Test func aHiddenLinkIntoTheCacheGivesWay() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "cache.type", "symlink").requireSuccess()
    for text in ["1\n", "22\n"] {
      try? repository.remove("d/y")
      try repository.write(text, to: "d/y")
      try repository.write("x\n", to: "d/x")
      try repository.dver("add", "-q", "d").requireSuccess()
      try repository.commitAll()
    }
    try repository.write("y\n", to: ".dverignore")
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("d/y") == "1\n")
  }

  @Test func removeNamesARepositoryInside() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "d/a")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.shell("git init -q d/sub").requireSuccess()
    let refused = try repository.dver("remove", "--outs", "d").requireStatus(2)
    #expect(refused.standardError.contains("d holds what is never tracked: d/sub/.git"))
    #expect(try repository.readText("d/a") == "1\n")
    try repository.dver("remove", "--outs", "-f", "d").requireSuccess()
    #expect(repository.exists(".dver/state/kept/d/sub/.git"))
  }

  @Test func hiddenFilesAreKeptAfterACrashToo() throws {
    let repository = try TemporaryRepository()
    try repository.write("*.tmp\n", to: ".dverignore")
    try repository.write("0\n", to: "in")
    let command = "mkdir -p o; if test -e crash; then kill -9 $PPID; exit 1; fi; cp in o/r"
    try repository.write(
      "stages: {a: {cmd: '\(command)', deps: [in], outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write("1\n", to: "in")
    try repository.write("", to: "crash")
    try repository.dver("repro").requireKilled()
    try repository.remove("crash")
    try repository.write("mine\n", to: "o/x.tmp")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText(".dver/state/kept/o/x.tmp") == "mine\n")
    #expect(try repository.readText("o/r") == "1\n")
  }

  @Test func anAddIsRememberedForTheNextCheckout() throws {
    let repository = try TemporaryRepository()
    try repository.commitAll()
    try repository.git("checkout", "-q", "-b", "data").requireSuccess()
    try repository.write("a\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(!repository.exists("a"))
  }
}
