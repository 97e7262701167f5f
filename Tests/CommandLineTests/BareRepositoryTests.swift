import TestSupport
import Testing

/// A bare repository is read as its HEAD has it, and nothing is written to it.
@Suite struct BareRepositoryTests {
  /// Two versions of data, metrics and parameters; the cache is where `cache.dir` says.
  private struct Versions {
    let repository: TemporaryRepository
    let bare: String

    init(cacheIsShared: Bool = true, subfolder: String = "") throws {
      let isRoot = subfolder.isEmpty
      repository = try TemporaryRepository(isRoot ? .dver : .git)
      bare = "\(repository.root)/repo.git"
      if !isRoot {
        try repository.makeDirectory(subfolder)
        try repository.dver("init", "--subdir", in: subfolder).requireSuccess()
      }
      let folder = isRoot ? "" : "\(subfolder)/"
      if cacheIsShared {
        let cache = repository.outside("cache")
        try repository.dver("config", "--project", "cache.dir", cache, in: subfolder)
          .requireSuccess()
      }
      for (version, text) in [("v1", "one\n"), ("v2", "two\n")] {
        try repository.write(text, to: "\(folder)data/a")
        try repository.write("same\n", to: "\(folder)data/sub/b")
        try repository.write("{\"acc\": 0.\(version.dropFirst())}\n", to: "\(folder)m.json")
        try repository.write("lr: \(version.dropFirst())\n", to: "\(folder)params.yaml")
        let stage = """
          stages:
            train:
              cmd: train
              params: [lr]
              metrics: [m.json: {cache: false}]

          """
        try repository.write(stage, to: "\(folder)dver.yaml")
        try repository.dver("add", "data", in: subfolder).requireSuccess()
        try repository.commitAll(version)
        try repository.git("tag", version).requireSuccess()
      }
    }

    /// Runs `dver` in the bare repository.
    func dver(_ words: String..., in folder: String = "") throws -> CommandResult {
      if !repository.exists(bare) {
        try repository.git("clone", "--quiet", "--bare", ".", bare).requireSuccess()
      }
      var command = try repository.dverCommand(words)
      command.directory = Array((folder.isEmpty ? bare : "\(bare)/\(folder)").utf8)
      return try command.run()
    }
  }

  @Test func filesOfHeadAndOfRevisionsAreListed() throws {
    let versions = try Versions()
    let names = [
      ".dverignore", ".gitignore", "data", "data.dver", "dver.yaml", "m.json", "params.yaml",
    ]
    #expect(try versions.dver("ls").requireSuccess().lines == names)
    #expect(try versions.dver("ls", in: "refs/heads").requireSuccess().lines == names)
    #expect(try versions.dver("ls", "data").requireSuccess().lines == ["a", "sub"])
    let old = try versions.dver("ls", "--rev", "v1", "-R", "--dver-only", "--size").requireSuccess()
    #expect(old.lines.map { $0.split(separator: " ").last } == ["data/a", "data/sub/b"])
    let missing = try versions.dver("ls", "HEAD").requireStatus(2)
    #expect(missing.standardError.contains("HEAD does not exist"))
  }

  @Test func anotherPlaceThatIsListedMayBeBare() throws {
    let versions = try Versions()
    _ = try versions.dver("ls").requireSuccess()
    let repository = versions.repository
    for url in [versions.bare, "file://\(versions.bare)", "../repo.git"] {
      #expect(try repository.dver("ls", url, "data").requireSuccess().lines == ["a", "sub"])
      #expect(try repository.dver("ls", url, "--dver-only").requireSuccess().lines == ["data"])
    }
    #expect(
      try repository.dver("ls", versions.bare, "--rev", "v1", "data/sub").requireSuccess().lines
        == ["b"])
  }

  @Test func contentComesFromTheCache() throws {
    let versions = try Versions()
    #expect(try versions.dver("cat", "data/a").requireSuccess().standardOutput == "two\n")
    #expect(try versions.dver("cat", "data/a@v1").requireSuccess().standardOutput == "one\n")
    #expect(try versions.dver("cat", "data/a@HEAD").requireSuccess().standardOutput == "two\n")
    #expect(try versions.dver("cat", "params.yaml").requireSuccess().standardOutput == "lr: 2\n")
    // Files of git's own are no files of the project.
    let own = try versions.dver("cat", "config").requireStatus(2)
    #expect(own.standardError.contains("config does not exist"))
  }

  @Test func contentComesFromARemoteWithoutACache() throws {
    let versions = try Versions(cacheIsShared: false)
    let repository = versions.repository
    let remote = repository.outside("remote")
    try repository.dver("remote", "add", "-d", "shared", remote).requireSuccess()
    try repository.dver("push", "--quiet").requireSuccess()
    try repository.commitAll("remote")
    #expect(try versions.dver("cat", "data/a").requireSuccess().standardOutput == "two\n")
    let missing = try versions.dver("cat", "data/a@v1").requireStatus(4)
    #expect(
      missing.standardError.contains(
        "content of data/a is neither in the cache nor in a remote that can be reached"))
    #expect(missing.standardError.contains("hint: set cache.dir"))
  }

  @Test func twoRevisionsAreCompared() throws {
    let versions = try Versions()
    let result = try versions.dver("diff", "v1", "HEAD", "--json").requireSuccess()
    #expect(result.standardOutput.contains(#""modified": [{"path": "data/"}, {"path": "data/a"}]"#))
    #expect(
      try versions.dver("metrics", "diff", "v1", "v2", "--json").requireSuccess().standardOutput
        .contains(#"{"m.json": {"acc": {"old": 0.1, "new": 0.2"#))
    #expect(
      try versions.dver("params", "diff", "v1", "HEAD", "--json").requireSuccess().standardOutput
        .contains(#"{"params.yaml": {"lr": {"old": 1, "new": 2"#))
    for words in [["diff"], ["diff", "v1"], ["metrics", "diff", "v1"], ["params", "diff"]] {
      var command = try versions.repository.dverCommand(words)
      command.directory = Array(versions.bare.utf8)
      let refused = try command.run().requireStatus(2)
      #expect(refused.standardError.contains("there is no workspace to read: "))
      #expect(refused.standardError.contains("repo.git is a bare git repository\nhint: name two"))
    }
  }

  @Test func metricsOfHeadAndOfBranchesAreShown() throws {
    let versions = try Versions()
    #expect(
      try versions.dver("metrics", "show", "--json").requireSuccess().standardOutput
        == #"{"": {"data": {"m.json": {"data": {"acc": 0.2}}}}}"# + "\n")
    let tags = try versions.dver("metrics", "show", "-a", "-T", "--json").requireSuccess()
    #expect(tags.standardOutput.hasPrefix(#"{"main,v2": {"data""#))
    #expect(tags.standardOutput.contains(#""v1": {"data""#))
    #expect(!tags.standardOutput.contains("workspace"))
  }

  @Test func pipelinesOfHeadAreShown() throws {
    let versions = try Versions()
    #expect(try versions.dver("stage", "list", "--name-only").requireSuccess().lines == ["train"])
    #expect(
      try versions.dver("stage", "list", "--all", "--name-only").requireSuccess().lines == [
        "data.dver", "train",
      ])
    #expect(try versions.dver("dag", "--dot").requireSuccess().standardOutput.contains("train"))
    #expect(try versions.dver("du", "-s", "data").requireSuccess().standardOutput.contains("data"))
  }

  @Test func whatNeedsFilesIsRefused() throws {
    let versions = try Versions()
    for words in [
      ["status"], ["add", "x"], ["checkout"], ["repro"], ["push"], ["gc", "-w"], ["doctor"],
      ["config", "core.remote", "x"], ["data", "status"], ["init"],
      ["stage", "list", "--resolved", "--json"],
    ] {
      _ = try versions.dver("root").requireStatus(2)
      var command = try versions.repository.dverCommand(words)
      command.directory = Array(versions.bare.utf8)
      let result = try command.run().requireStatus(2)
      #expect(
        result.standardError.contains("repo.git is a bare git repository: it has no work tree"))
      #expect(result.standardError.contains("git clone"))
    }
  }

  @Test func nothingIsWritten() throws {
    let versions = try Versions()
    _ = try versions.dver("root")
    let before = try versions.repository.tree(versions.bare, ignoring: [])
    for words in [
      ["ls", "-R"], ["cat", "data/a"], ["diff", "v1", "v2"], ["metrics", "show"], ["dag"],
      ["metrics", "diff", "v1", "v2"], ["params", "diff", "v1", "v2"], ["status"], ["add", "x"],
      ["stage", "list"], ["du"], ["commit"], ["undo"], ["gc", "-w", "-f"], ["init", "--subdir"],
    ] {
      var command = try versions.repository.dverCommand(words)
      command.directory = Array(versions.bare.utf8)
      _ = try command.run()
    }
    #expect(try versions.repository.tree(versions.bare, ignoring: []) == before)
  }

  @Test func theOnlyProjectInASubfolderIsFound() throws {
    let versions = try Versions(subfolder: "deep/project")
    #expect(try versions.dver("ls", "data").requireSuccess().lines == ["a", "sub"])
    #expect(try versions.dver("cat", "data/a@v1").requireSuccess().standardOutput == "one\n")
    #expect(
      try versions.dver("diff", "v1", "v2").requireSuccess().standardOutput.contains("data/a"))
    #expect(
      try versions.dver("metrics", "show", "--json").requireSuccess().standardOutput.contains("0.2")
    )
  }

  @Test func severalProjectsAreNamed() throws {
    let versions = try Versions(subfolder: "one")
    try versions.repository.makeDirectory("two")
    try versions.repository.dver("init", "--subdir", in: "two").requireSuccess()
    try versions.repository.commitAll()
    let result = try versions.dver("ls").requireStatus(2)
    #expect(result.standardError.contains("repo.git holds several dver workspaces: one, two"))
  }

  @Test func headWithoutAProjectOrACommitIsSaid() throws {
    let versions = try Versions()
    _ = try versions.dver("ls").requireSuccess()
    let repository = versions.repository
    try repository.git("-C", versions.bare, "symbolic-ref", "HEAD", "refs/heads/none")
      .requireSuccess()
    let unborn = try versions.dver("ls").requireStatus(2)
    #expect(unborn.standardError.contains("repo.git has no commits"))
    #expect(unborn.standardError.contains("git symbolic-ref HEAD refs/heads/NAME"))
    // Revisions can be read nevertheless.
    #expect(try versions.dver("ls", "--rev", "v1", "data").requireSuccess().lines == ["a", "sub"])
    #expect(try versions.dver("cat", "data/a@v1").requireSuccess().standardOutput == "one\n")
    try versions.dver("diff", "v1", "v2", "--exit-code").requireStatus(1)

    try repository.git("checkout", "-q", "--orphan", "other").requireSuccess()
    try repository.git("rm", "-rqf", ".").requireSuccess()
    try repository.commitAll()
    try repository.git("push", "-q", versions.bare, "other").requireSuccess()
    try repository.git("-C", versions.bare, "symbolic-ref", "HEAD", "refs/heads/other")
      .requireSuccess()
    let foreign = try versions.dver("ls").requireStatus(2)
    #expect(foreign.standardError.contains("is no dver workspace: it has no .dver/config"))
  }

  @Test func aBareRepositoryInAWorkspaceIsNoPartOfIt() throws {
    let versions = try Versions()
    let inner = "\(versions.repository.path)/mirror.git"
    try versions.repository.git("clone", "-q", "--bare", ".", inner).requireSuccess()
    try versions.repository.dver("status", in: "mirror.git").requireStatus(2)
    #expect(
      try versions.repository.dver("ls", "data", in: "mirror.git").requireSuccess().lines == [
        "a", "sub",
      ])
    // Git's own folder of a work tree is still in the workspace.
    try versions.repository.dver("status", in: ".git").requireSuccess()
  }

  @Test func gitDirNamesABareRepository() throws {
    let versions = try Versions()
    _ = try versions.dver("ls").requireSuccess()
    var command = try versions.repository.dverCommand(["ls", "data"])
    command.environment["GIT_DIR"] = versions.bare
    command.directory = Array(versions.repository.home.utf8)
    #expect(try command.run().requireSuccess().lines == ["a", "sub"])
    command.environment["GIT_DIR"] = nil
    #expect(
      try command.run().requireStatus(2).standardError.contains("not inside a dver workspace"))
  }

  @Test func workTreesOfABareRepositoryAreWorkspaces() throws {
    let versions = try Versions()
    _ = try versions.dver("ls").requireSuccess()
    let repository = versions.repository
    let tree = "\(repository.root)/tree"
    try repository.git("-C", versions.bare, "worktree", "add", "-q", tree, "v1").requireSuccess()
    var command = try repository.dverCommand(["checkout"])
    command.directory = Array(tree.utf8)
    try command.run().requireSuccess()
    #expect(try repository.readText("\(tree)/data/a") == "one\n")
    #expect(try versions.dver("cat", "data/a").requireSuccess().standardOutput == "two\n")
  }

  @Test func pushingToItAndCloningItWork() throws {
    let versions = try Versions()
    _ = try versions.dver("ls").requireSuccess()
    let repository = versions.repository
    try repository.write("three\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    try repository.commitAll()
    try repository.git("push", "-q", versions.bare, "main").requireSuccess()
    #expect(try versions.dver("cat", "data/a").requireSuccess().standardOutput == "three\n")
    let copy = "\(repository.root)/copy"
    try repository.git("clone", "-q", versions.bare, copy).requireSuccess()
    var command = try repository.dverCommand(["checkout"])
    command.directory = Array(copy.utf8)
    try command.run().requireSuccess()
    #expect(try repository.readText("\(copy)/data/a") == "three\n")
  }

  @Test func gitThatIsToldToBeBareStagesNothing() throws {
    let repository = try TemporaryRepository()
    try repository.commitAll()
    try repository.git("config", "core.bare", "true").requireSuccess()
    try repository.write("x\n", to: "x")
    let result = try repository.dver("add", "x").requireSuccess()
    #expect(result.standardError.contains("nothing was staged in git"))
    #expect(repository.exists("x.dver"))
  }
}
