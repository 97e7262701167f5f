import TestSupport
import Testing

@Suite struct MigrateTests {
  func cleanStatus(_ repository: TemporaryRepository) throws {
    let status = try repository.dver("status").requireSuccess()
    #expect(status.standardOutput + status.standardError == "Data and pipelines are up to date.\n")
  }

  @Test func filesDirectoriesAndStagesAreTracked() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single.bin", "single\n")
    try project.track("data", files: [("a", "a\n"), ("sub/b", "b\n")])
    try project.addPipeline()
    try repository.chmod(0o755, "data/sub/b")
    try repository.shell("mkdir data/empty").requireSuccess()
    try repository.commitAll()
    let before = try repository.shell("find . -path ./.git -prune -o -type f -print | sort")
    let result = try repository.dver("migrate").requireSuccess()
    #expect(result.standardError.contains("Converted 2 pointers, 1 stage, "))
    try cleanStatus(repository)
    let after = try repository.shell("find . -path ./.git -prune -o -type f -print | sort")
    #expect(
      Set(before.standardOutput.split(separator: "\n")).isSubset(
        of: after.standardOutput.split(separator: "\n")))
    // All that git has to know is staged, and no data.
    let staged = try repository.git("diff", "--cached", "--name-only").requireSuccess()
    #expect(staged.standardOutput.contains("single.bin.dver\n"))
    #expect(staged.standardOutput.contains("dver.lock\n"))
    #expect(staged.standardOutput.contains("\ndver.yaml\n"))
    #expect(try repository.git("status", "--porcelain").standardOutput.contains("??") == false)
    try repository.shell("rm -r data single.bin out.txt").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(
      try repository.shell("cat data/a data/sub/b single.bin out.txt").standardOutput
        == "a\nb\nsingle\nmade\n")
    try repository.shell("test -x data/sub/b && test -d data/empty").requireSuccess()
    try repository.dver("undo", "--to", "0").requireSuccess()
    #expect(try repository.shell("ls *.dver dver.*").standardOutput == "")
  }

  @Test func aPipelineInTheOldYAMLIsTaken() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    let text = "%YAML 1.1\n---\nstages:\n  s: {cmd: echo, frozen: on}\n"
    try repository.write(text, to: "dvc.yaml")
    try repository.commitAll()
    try repository.dver("migrate").requireSuccess()
    #expect(try repository.readText("dver.yaml") == text)
    let resolved = try repository.dver("stage", "list", "--resolved", "--json").requireSuccess()
    #expect(resolved.standardOutput.contains(#""frozen": true"#))
  }

  /// What DVC finds unchanged is: a folder with pointers in it, links, and what is outside.
  @Test(arguments: [[], ["--remove-dvc"], ["--from"]])
  func dependenciesOfAllKindsStayFresh(options: [String]) throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    let name = try project.store("1\n")
    let pointer = "outs:\n- md5: \(name)\n  size: 2\n  hash: md5\n  path: raw.csv\n"
    try repository.write("1\n", to: "data/raw.csv")
    try repository.write(pointer, to: "data/raw.csv.dvc")
    try repository.write("/raw.csv\n", to: "data/.gitignore")
    try repository.write("in\n", to: "in")
    try repository.write("far\n", to: repository.outside("far"))
    try repository.symlink("in", at: "link")
    try repository.symlink("folder", at: "linked")
    try repository.write("x\n", to: "folder/x")
    try repository.symlink("../in", at: "folder/y")
    try repository.symlink("../data", at: "folder/z")
    let data = try project.md5(
      project.listing([
        (".gitignore", "/raw.csv\n"), ("raw.csv", "1\n"), ("raw.csv.dvc", pointer),
      ]))
    let folder = try project.md5(project.listing([("x", "x\n"), ("y", "in\n")]))
    let paths: [(String, String)] = [
      (repository.outside("far"), try project.md5("far\n")), ("data", "\(data).dir"),
      ("folder", "\(folder).dir"), ("link", try project.md5("in\n")), ("linked", "\(folder).dir"),
    ]
    try repository.write(
      "stages:\n  s:\n    cmd: touch out\n    deps:\n"
        + paths.map { "    - \($0.0)\n" }.joined() + "    outs: [out]\n", to: "dvc.yaml")
    let made = try project.store("out\n")
    try repository.write("out\n", to: "out")
    try repository.write(
      "schema: '2.0'\nstages:\n  s:\n    cmd: touch out\n    deps:\n"
        + paths.map { "    - path: \($0.0)\n      hash: md5\n      md5: \($0.1)\n" }.joined()
        + "    outs:\n    - path: out\n      hash: md5\n      md5: \(made)\n      size: 4\n",
      to: "dvc.lock")
    try repository.write("/out\n", to: ".gitignore")
    try repository.commitAll()
    guard options == ["--from"] else {
      try repository.dverCommand(["migrate"] + options).run().requireSuccess()
      return try cleanStatus(repository)
    }
    let copy = try TemporaryRepository(.git)
    try copy.dver("migrate", "--from", repository.path).requireSuccess()
    try copy.dver("checkout").requireSuccess()
    try cleanStatus(copy)
  }

  @Test func anOlderCacheIsRead() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    // Before version 3 line ends of text did not count.
    let name = try project.md5("one\ntwo\n")
    try repository.write("one\r\ntwo\r\n", to: "text.csv")
    try repository.write(
      "one\r\ntwo\r\n", to: ".dvc/cache/\(name.prefix(2))/\(name.dropFirst(2))")
    try repository.write(
      "outs:\n- md5: \(name)\n  size: 10\n  path: text.csv\n", to: "text.csv.dvc")
    try repository.dver("migrate").requireSuccess()
    try cleanStatus(repository)
    try repository.shell("rm text.csv").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("cat text.csv").standardOutput == "one\r\ntwo\r\n")
  }

  @Test func whatTheWorkspaceChangedIsAChangeStill() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("data", files: [("a", "a\n"), ("b", "b\n")])
    try repository.write("changed\n", to: "data/a")
    try repository.dver("migrate").requireSuccess()
    let status = try repository.dver("data", "status", "--json").requireSuccess().standardOutput
    #expect(status.contains(#""modified": ["data/"]"#))
    try repository.dver("checkout", "-f").requireSuccess()
    #expect(try repository.shell("cat data/a").standardOutput == "a\n")
  }

  @Test func damagedObjectsAreNotTaken() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "good\n")
    let name = try project.md5("good\n")
    let object = ".dvc/cache/files/md5/\(name.prefix(2))/\(name.dropFirst(2))"
    try repository.write("evil\n", to: object)
    // The workspace still has it.
    try repository.dver("migrate").requireSuccess()
    try cleanStatus(repository)
    try repository.shell("rm -r single single.dver .dver").requireSuccess()
    let result = try repository.dver("migrate").requireStatus(4)
    #expect(result.standardError.contains("the data of single is not in DVC's cache"))
    #expect(result.standardError.contains("'dvc pull' brings it"))
    #expect(try repository.shell("ls *.dver").standardOutput == "")
  }

  @Test func remotesThatAreFoldersAreTakenOver() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    let remote = repository.outside("store")
    try repository.write(
      """
      [core]
          remote = share
      ['remote "share"']
          url = \(remote)
      ['remote "cloud"']
          url = s3://bucket/path
      ['remote "near"']
          url = ../../outside/near
      [cache]
          type = "hardlink,copy"

      """, to: ".dvc/config")
    try project.track("single", "text\n")
    try repository.shell("rm -r .dvc/cache single").requireSuccess()
    try project.store("text\n", in: remote)
    let result = try repository.dver("migrate").requireSuccess()
    #expect(result.standardError.contains("remote cloud (s3://bucket/path) is no folder"))
    let list = try repository.dver("remote", "list").requireSuccess().standardOutput
    #expect(list.contains("share") && list.contains("\(remote)/dver") && list.contains("near"))
    #expect(try repository.dver("config", "cache.type").standardOutput == "hardlink,copy\n")
    #expect(try repository.dver("config", "core.remote").standardOutput == "share\n")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("cat single").standardOutput == "text\n")
    try repository.dver("push").requireSuccess()
    try repository.shell("test -f \(remote)/dver/dver-store").requireSuccess()
  }

  @Test func linksOfDVCBecomeFiles() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    try project.track("data", files: [("a", "a\n"), ("b", "b\n")])
    for (path, text) in [("single", "text\n"), ("data/a", "a\n")] {
      let name = try project.md5(text)
      let object = "\(repository.path)/.dvc/cache/files/md5/\(name.prefix(2))/\(name.dropFirst(2))"
      try repository.shell("ln -sf \(object) \(path)").requireSuccess()
    }
    try repository.dver("migrate").requireSuccess()
    try cleanStatus(repository)
    #expect(try repository.shell("find single data -type l").standardOutput == "")
    #expect(try repository.shell("cat single data/a").standardOutput == "text\na\n")
  }

  @Test func aCopyLeavesTheProjectAlone() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    try project.track("data", files: [("a", "a\n")])
    try project.addPipeline()
    try repository.commitAll()
    let before = try repository.shell("find . -type f | sort | xargs sha256sum").standardOutput
    let copy = repository.outside("copy")
    try repository.shell("mkdir \(copy) && git -C \(copy) init -q").requireSuccess()
    try repository.dver("--cd", copy, "migrate", "--from", repository.path).requireSuccess()
    let after = try repository.shell("find . -type f | sort | xargs sha256sum").standardOutput
    #expect(before == after)
    let status = try repository.dver("--cd", copy, "status").requireSuccess()
    #expect(status.standardError + status.standardOutput == "Data and pipelines are up to date.\n")
    #expect(
      try repository.shell("cd \(copy) && cat data/a single out.txt code.py").standardOutput
        == "a\ntext\nmade\ncode\n")
    #expect(try repository.shell("cd \(copy) && ls -d .dvc *.dvc dvc.yaml").standardOutput == "")
  }

  @Test func removalLeavesOnlyWhatNothingNames() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    try project.addPipeline()
    try repository.commitAll()
    try repository.dver("migrate", "--remove-dvc").requireSuccess()
    #expect(
      try repository.shell("ls -d .dvc *.dvc dvc.yaml dvc.lock .dvcignore").standardOutput == "")
    try cleanStatus(repository)
    let other = try DVCProjectFixture()
    try other.track("single", "text\n")
    let old = try other.store("of an older commit\n")
    let result = try other.repository.dver("migrate", "--remove-dvc").requireSuccess()
    #expect(result.standardError.contains(".dvc keeps cache"))
    #expect(
      try other.repository.shell("find .dvc/cache -type f").standardOutput
        == ".dvc/cache/files/md5/\(old.prefix(2))/\(old.dropFirst(2))\n")
  }

  @Test func whatCannotBeConvertedIsNamed() throws {
    let repository = try TemporaryRepository(.git)
    let result = try repository.dver("migrate").requireStatus(2)
    #expect(result.standardError.contains("is not a project of DVC"))
    try repository.dver("migrate", "--keep", "--remove-dvc").requireStatus(64)
    let project = try DVCProjectFixture()
    try project.track("data", files: [("a", "a\n")])
    let listing = try project.store(project.listing([("../escape", "a\n")]), suffix: ".dir")
    try project.repository.write(
      "outs:\n- md5: \(listing)\n  hash: md5\n  path: data\n", to: "data.dvc")
    let hostile = try project.repository.dver("migrate").requireStatus(2)
    #expect(hostile.standardError.contains("leads out of it"))
    let changed = try DVCProjectFixture()
    try changed.addPipeline()
    try changed.repository.write("stages: {}\n", to: "dver.yaml")
    let refused = try changed.repository.dver("migrate").requireStatus(2)
    #expect(refused.standardError.contains("dver.yaml exists already"))
    #expect(try changed.repository.shell("cat dver.yaml").standardOutput == "stages: {}\n")
  }

  @Test func othersCachesAndFilesStay() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    try repository.write("{}\n", to: ".dvc/plots/mine.json")
    try repository.write("[core]\n    secret = x\n", to: ".dvc/config.local")
    try repository.shell("mv .dvc/cache ../outside/shared && ln -s ../../outside/shared .dvc/cache")
      .requireSuccess()
    try repository.commitAll()
    let result = try repository.dver("migrate", "--remove-dvc").requireSuccess()
    #expect(result.standardError.contains(".dvc keeps"))
    #expect(repository.exists(".dvc/plots/mine.json"))
    #expect(try repository.shell("find ../outside/shared -type f | wc -l").standardOutput == "1\n")
    try repository.dver("undo").requireSuccess()
    #expect(try repository.git("ls-files", ".dvc/config.local").standardOutput == "")
  }

  @Test func aSecondTimeChangesNothing() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("data", files: [("a", "a\n")])
    try project.addPipeline()
    try repository.dver("migrate").requireSuccess()
    try repository.commitAll()
    try repository.dver("migrate").requireSuccess()
    #expect(try repository.git("status", "--porcelain").standardOutput == "")
    try repository.dver("op", "log").requireSuccess()
    _ = try repository.dver("undo")
    #expect(
      try repository.shell("ls .dver/manifests").standardOutput == "data\n"
        || !repository.exists("data.dver"))
  }

  @Test func withoutGitTheProjectIsConvertedToo() throws {
    let project = try DVCProjectFixture(git: false)
    try project.track("single", "text\n")
    let result = try project.repository.dver("migrate", "--json").requireSuccess()
    #expect(result.standardOutput.contains(#""pointers": ["single.dver"]"#))
    try cleanStatus(project.repository)
  }

  /// What a project is to its user: files and what git has in its index.
  private func state(_ repository: TemporaryRepository) throws -> String {
    let files = try repository.tree().map { "\($0)" }.joined(separator: "\n")
    return try files + repository.git("ls-files", "--stage").standardOutput
  }

  @Test func aRefusalLeavesNothing() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    try repository.write("*.tmp\n", to: "sub/.dvcignore")
    try project.addPipeline()
    try repository.commitAll()
    try repository.shell("mv .dvc/cache ../outside/cache && rm single").requireSuccess()
    let broken = [
      // Data that is nowhere, a file that cannot be read, and one that says something else.
      ("", "the data of single is not in DVC's cache", 4),
      ("echo 'stages: [' > dvc.yaml", "dvc.yaml:", 2),
      ("git checkout -q dvc.yaml && echo 'outs: 1' > single.dvc", "single.dvc", 2),
      (
        "git checkout -q single.dvc && echo 'stages: {}' > dver.yaml", "dver.yaml exists already",
        2
      ),
      (
        "rm dver.yaml && mv ../outside/cache .dvc/cache && echo x > single.dver",
        "single.dver exists already", 2
      ),
      ("rm single.dver && echo x > dver.lock", "dver.lock exists already", 2),
    ]
    for (script, message, status) in broken {
      try repository.shell(script.isEmpty ? "true" : script).requireSuccess()
      let before = try state(repository)
      let result = try repository.dver("migrate", "--json").requireStatus(Int32(status))
      #expect(result.standardError.contains(message))
      #expect(result.standardError.contains("\"status\": \(status)"))
      #expect(try state(repository) == before)
      #expect(!repository.exists(".dver") && !repository.exists(".dverignore"))
    }
    try repository.remove("dver.lock")
    try repository.dver("migrate").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    try cleanStatus(repository)
  }

  @Test func aRefusedCopyLeavesNothing() throws {
    let project = try DVCProjectFixture()
    try project.track("single", "text\n")
    try project.addPipeline()
    let copy = project.repository.outside("copy")
    try project.repository.shell("git init -q \(copy) && echo other >\(copy)/code.py")
      .requireSuccess()
    let words = ["--cd", copy, "migrate", "--from", project.repository.path]
    let refused = try project.repository.dverCommand(words).run().requireStatus(2)
    #expect(refused.standardError.contains("code.py exists already"))
    #expect(try project.repository.files(copy) == ["code.py"])
    #expect(try project.repository.git("-C", copy, "ls-files").standardOutput.isEmpty)
    try project.repository.remove("\(copy)/code.py")
    try project.repository.dverCommand(words).run().requireSuccess()
  }

  @Test func aWorkspaceStaysWhatItWas() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try repository.dver("init", "-q").requireSuccess()
    try project.track("single", "text\n")
    try repository.commitAll()
    try repository.shell("rm -r .dvc/cache single").requireSuccess()
    try repository.dver("migrate").requireStatus(4)
    #expect(repository.exists(".dver/config"))
    #expect(try repository.git("status", "--porcelain").standardOutput.isEmpty)
  }

  /// A branch without dver leaves what git does not track.
  @Test func aRefusalKeepsTheCacheOfAnotherBranch() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    try repository.commitAll()
    try repository.shell("git checkout -qb dver").requireSuccess()
    try repository.dver("init", "-q").requireSuccess()
    try repository.write("the only copy\n", to: "mine")
    try repository.dver("add", "-q", "mine").requireSuccess()
    try repository.commitAll()
    try repository.shell("git checkout -q - && rm -rf mine .dvc/cache single").requireSuccess()
    #expect(!repository.exists(".dver/config"))
    try repository.dver("migrate").requireStatus(4)
    #expect(!repository.exists(".dver/config"))
    try repository.shell("git checkout -q dver").requireSuccess()
    try repository.dver("checkout", "mine").requireSuccess()
    #expect(try repository.shell("cat mine").standardOutput == "the only copy\n")
  }

  @Test func aPathOutsideOfItsFolderIsRefusedBeforeAnythingIsWritten() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    try repository.shell(
      "mkdir sub && sed 's/path: single/path: ..\\/single/' single.dvc > sub/q.dvc && rm single.dvc"
    ).requireSuccess()
    try repository.commitAll()
    let result = try repository.dver("migrate").requireStatus(2)
    #expect(result.standardError.contains("sub/q.dvc:"))
    #expect(!repository.exists(".dver"))
  }
}
