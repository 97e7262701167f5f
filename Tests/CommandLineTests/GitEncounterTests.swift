import TestSupport
import Testing

/// What other commands of git do to the files between two commands of dver.
@Suite struct GitEncounterTests {
  @Test func aHeldIndexLockIsWaitedForByWritersAlone() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "core.lock_timeout", "1").requireSuccess()
    try repository.write("1\n", to: "a")
    try repository.write("", to: ".git/index.lock")
    let added = try repository.dver("add", "a").requireStatus(5)
    let notice = "Waiting for another process that holds .git/index.lock"
    #expect(added.standardError.split(separator: "\n").count { $0 == notice } == 1)

    let read = try repository.dver("status").requireSuccess()
    #expect(!read.standardError.contains("Waiting") && !read.standardError.contains("Finishing"))

    try repository.remove(".git/index.lock")
    try repository.dver("add", "a").requireSuccess()
    #expect(
      try repository.git("diff", "--cached", "--name-only").requireSuccess().lines
        .contains("a.dver"))
  }

  @Test func anotherIndexIsStagedInto() throws {
    let repository = try TemporaryRepository()
    try repository.commitAll()
    try repository.write("1\n", to: "sub/a")
    var command = try repository.dverCommand(["add", "a"])
    command.directory = Array("\(repository.path)/sub".utf8)
    command.environment["GIT_INDEX_FILE"] = ".git/other"
    try repository.shell("cp .git/index .git/other").requireSuccess()
    try command.run().requireSuccess()
    let staged = "git diff --cached --name-only"
    #expect(try repository.shell(staged).requireSuccess().lines.isEmpty)
    let other = try repository.shell("GIT_INDEX_FILE=.git/other \(staged)").requireSuccess()
    #expect(other.lines == ["sub/.gitignore", "sub/a.dver"])
    // That of another repository is not touched.
    try repository.git("init", "-q", repository.outside("elsewhere")).requireSuccess()
    command.environment["GIT_DIR"] = repository.outside("elsewhere/.git")
    try repository.write("2\n", to: "sub/a")
    try command.run().requireSuccess()
    #expect(!(try repository.shell(staged).requireSuccess()).lines.isEmpty)
  }

  @Test func collectingKeepsWhatEachIndexNames() throws {
    let repository = try TemporaryRepository()
    try repository.commitAll()
    try repository.shell("cp .git/index .git/other").requireSuccess()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.remove("a.dver")
    var command = try repository.dverCommand(["gc", "-w", "-f"])
    command.environment["GIT_INDEX_FILE"] = ".git/other"
    try command.run().requireSuccess()
    try repository.git("checkout", "--", "a.dver").requireSuccess()
    try repository.dver("verify", "a").requireSuccess()
    let trash = try repository.shell("find .dver/cache/trash -type f 2> /dev/null | wc -l")
    #expect(trash.standardOutput == "0\n")
  }

  @Test(arguments: [["init"], ["add", "a"]])
  func aRepositoryThatOnlyTheEnvironmentNamesIsRefused(words: [String]) throws {
    let isNew = words == ["init"]
    let repository = try TemporaryRepository(isNew ? .git : .dver)
    try repository.write("1\n", to: "a")
    try repository.move(".git", to: repository.outside("git"))
    var command = try repository.dverCommand(words)
    command.environment["GIT_DIR"] = repository.outside("git")
    command.environment["GIT_WORK_TREE"] = repository.path
    let refused = try command.run().requireStatus(2)
    #expect(refused.standardError.contains("GIT_DIR names the git repository"))
    #expect(refused.standardError.contains("hint: write the line 'gitdir: "))
    try repository.write("gitdir: \(repository.outside("git"))\n", to: ".git")
    try command.run().requireSuccess()
  }

  /// Kinds of index that only the git program reads and writes.
  @Test(arguments: [
    "git update-index --split-index",
    "git config core.splitIndex true; git update-index --force-write-index",
    "git sparse-checkout set --cone --sparse-index .dver data",
  ])
  func everyCommandWorksWithAnIndexThatLibgit2CannotRead(preparation: String) throws {
    let repository = try TemporaryRepository()
    for name in ["data/keep", "far/away/x"] { try repository.write("1\n", to: name) }
    try repository.commitAll()
    try repository.shell(preparation).requireSuccess()
    try repository.write("1\n", to: "data/f")
    try repository.dver("add", "data/f").requireSuccess()
    let staged = try repository.git("diff", "--cached", "--name-only").requireSuccess()
    #expect(staged.lines.sorted() == ["data/.gitignore", "data/f.dver"])
    #expect(
      !(try repository.dver("status").requireSuccess()).standardError.contains("Finishing"))
    try repository.git("commit", "-qm", "1").requireSuccess()

    try repository.write("2\n", to: "data/f")
    try repository.dver("commit", "-f").requireSuccess()
    try repository.dver("undo").requireSuccess()
    try repository.git("diff", "--exit-code", "HEAD").requireSuccess()
    try repository.write("2\n", to: "data/f")
    try repository.dver("commit", "-f").requireSuccess()
    try repository.remove("data/f")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("data/f") == "2\n")
    try repository.dver("install").requireSuccess()
    #expect(!(try repository.dver("doctor")).standardError.contains("error"))
    try repository.git("status").requireSuccess()
    try repository.git("fsck").requireSuccess()
  }

  /// Git compares times to the second: a younger index must not make it believe what it would have
  /// looked at.
  @Test(arguments: ["add data", "add -q --no-commit data", "config --project cache.type copy"])
  func anEditInTheSecondOfTheLastCommitIsSeen(line: String) throws {
    let repository = try TemporaryRepository()
    try repository.git("config", "core.trustctime", "false").requireSuccess()
    let script = """
      day=2020-01-01
      for file in edited same; do echo 1 > $file; touch -d "$day 00:00:04.2" $file; done
      git add -A; touch -d "$day 00:00:04.5" .git/index
      echo 2 > edited; touch -d "$day 00:00:04.8" edited
      """
    try repository.shell(script).requireSuccess()
    try repository.write("1\n", to: "data")
    try repository.dverCommand(line.split(separator: " ").map(String.init)).run().requireSuccess()
    let changed = try repository.git("diff", "--name-only").requireSuccess()
    #expect(changed.lines == ["edited"])
  }

  @Test func stagedConflictMarkersComeWithTheWayBack() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.git("commit", "-qm", "1").requireSuccess()
    try repository.git("branch", "other").requireSuccess()
    try repository.write("2\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.git("commit", "-qm", "2").requireSuccess()
    try repository.git("checkout", "-q", "other").requireSuccess()
    try repository.write("3\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.git("commit", "-qm", "3").requireSuccess()
    try repository.git("merge", "-q", "@{-1}").requireStatus(1)
    try repository.git("add", "-A").requireSuccess()
    let result = try repository.dver("resolve", "--ours").requireStatus(2)
    #expect(
      result.standardError.contains(
        "hint: run 'git checkout -m -- a.dver', then 'dver resolve'"))
    try repository.git("checkout", "-m", "--", "a.dver").requireSuccess()
    try repository.dver("resolve", "--ours").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("a") == "3\n")
  }

  @Test func doctorReportsASparseCheckoutWithoutItsFolder() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "src/a")
    try repository.git("add", "-A").requireSuccess()
    try repository.git("commit", "-qm", "1").requireSuccess()
    try repository.git("sparse-checkout", "set", "--cone", "src", ".dver").requireSuccess()
    #expect(!(try repository.dver("doctor")).standardOutput.contains("sparse"))
    try repository.write(
      "/*\n!/*/\n/src/\n", to: ".git/info/sparse-checkout")
    let result = try repository.dver("doctor")
    #expect(result.standardOutput.contains("problem: the sparse checkout leaves out .dver"))
    #expect(result.standardOutput.contains("would delete with the cache"))
    #expect(result.standardOutput.contains("hint: run 'git sparse-checkout add .dver'"))
    try repository.dver("cache", "dir", repository.outside("cache")).requireSuccess()
    let elsewhere = try repository.dver("doctor").standardOutput
    #expect(elsewhere.contains("the sparse checkout leaves out .dver"))
    #expect(!elsewhere.contains("would delete with the cache"))
  }

  @Test func aFolderThatGitLeftOutIsNamed() throws {
    let repository = try TemporaryRepository()
    try repository.git("add", "-A").requireSuccess()
    try repository.git("commit", "-qm", "1", "--allow-empty").requireSuccess()
    try repository.remove(".dver")
    let result = try repository.dver("status").requireStatus(2)
    #expect(result.standardError.contains("hint: run 'git sparse-checkout add .dver'"))
  }

  @Test func undoOfARemoteGoesByItsSettings() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.dver("remote", "add", "-d", "r", repository.outside("share"))
      .requireSuccess()
    try repository.dver("push").requireSuccess()
    try repository.dver("undo").requireSuccess()
    let text = try repository.readText(".dver/config")
    #expect(!text.contains("remote") && text.contains("project = "))

    try repository.dver("config", "core.lock_timeout", "5").requireSuccess()
    try repository.git("config", "-f", ".dver/config", "core.lock-timeout", "6").requireSuccess()
    let refused = try repository.dver("undo").requireStatus(2)
    #expect(refused.standardError.contains("have changed: .dver/config"))
  }

  @Test func aNegatedLineIsRepeated() throws {
    let repository = try TemporaryRepository()
    try repository.write("/data\n!/data\n!/other\n", to: ".gitignore")
    try repository.write("1\n", to: "data/z")
    try repository.dver("add", "data").requireSuccess()
    let text = "/data\n!/data\n!/other\n/data\n"
    #expect(try repository.readText(".gitignore") == text)
    try repository.git("check-ignore", "data/z").requireSuccess()
    try repository.dver("add", "data").requireSuccess()
    #expect(try repository.readText(".gitignore") == text)
    // What is ignored stays as it is.
    try repository.write("/one\n!/other\n", to: "sub/.gitignore")
    try repository.write("1\n", to: "sub/one")
    try repository.dver("add", "sub/one").requireSuccess()
    #expect(try repository.readText("sub/.gitignore") == "/one\n!/other\n")
  }

  @Test func anIgnoreFileThatIsALinkIsRefused() throws {
    let repository = try TemporaryRepository()
    try repository.write("/x\n", to: "shared")
    try repository.shell("ln -s shared .gitignore").requireSuccess()
    try repository.write("1\n", to: "q")
    let refused = try repository.dver("add", "q").requireStatus(2)
    #expect(refused.standardError.contains(".gitignore is a symbolic link"))
    #expect(!repository.exists("q.dver"))
    #expect(try repository.shell("readlink .gitignore").standardOutput == "shared\n")
    #expect(try repository.readText("shared") == "/x\n")
  }

  @Test func aPointerThatGitIgnoresIsRefusedWhereTheUserStages() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "core.autostage", "false").requireSuccess()
    try repository.write("*\n", to: "dir/.gitignore")
    try repository.write("1\n", to: "dir/foo")
    let refused = try repository.dver("add", "dir/foo").requireStatus(2)
    #expect(refused.standardError.contains("git ignores dir/foo.dver"))
    #expect(!repository.exists("dir/foo.dver"))
    try repository.write("2\n", to: "bar")
    try repository.dver("add", "bar").requireSuccess()
    let moved = try repository.dver("move", "bar", "dir").requireStatus(2)
    #expect(moved.standardError.contains("git ignores dir/bar.dver"))
    #expect(repository.exists("bar") && repository.exists("bar.dver"))
  }
}
