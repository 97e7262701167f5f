import TestSupport
import Testing

@Suite struct InstallTests {
  /// A repository whose hooks find the `dver` under test.
  private func repository(subfolder: String? = nil) throws -> TemporaryRepository {
    let binary = try BuiltProducts.dver()
    let folder = binary.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(folder):" + (Command.plainEnvironment["PATH"] ?? "")
    let repository = try TemporaryRepository(
      subfolder == nil ? .dver : .git, environment: ["PATH": path])
    if let subfolder {
      try repository.makeDirectory(subfolder)
      try repository.dver("init", "--subdir", "-q", in: subfolder).requireSuccess()
    }
    return repository
  }

  @Test func installingTwiceIsFine() throws {
    let repository = try repository()
    let result = try repository.dver("install", "--json").requireSuccess()
    #expect(
      result.standardOutput.contains(#""hooks": ["post-checkout", "pre-commit", "pre-push"]"#))
    let before = try repository.tree(".git/hooks")
    try repository.dver("install").requireSuccess()
    #expect(try repository.tree(".git/hooks") == before)
    #expect(try repository.entry(".git/hooks/pre-push").mode & 0o111 == 0o111)
    let attributes = try repository.readText(".git/info/attributes")
    #expect(attributes == "*.dver merge=dver\ndver.lock merge=dver\n")
  }

  @Test func hooksOfOthersAreKept() throws {
    let repository = try repository()
    try repository.write("#!/bin/sh\nexit 0\n", to: ".git/hooks/pre-push")
    let result = try repository.dver("install").requireStatus(2)
    #expect(result.standardError.contains("pre-push exists already"))
    let line = "dver git-hook pre-push \"$@\" </dev/null"
    #expect(result.standardError.contains("hint: add the line '\(line)'"))
    #expect(!repository.exists(".git/hooks/pre-commit"))
    #expect(try repository.git("config", "merge.dver.driver").status == .exited(1))
  }

  @Test func needsGit() throws {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.dver("init", "--no-scm").requireSuccess()
    let result = try repository.dver("install").requireStatus(2)
    #expect(result.standardError.contains("needs a git repository"))
  }

  @Test(arguments: [nil, "a b'c"])
  func checkingOutACommitChecksOutItsData(subfolder: String?) throws {
    let repository = try repository(subfolder: subfolder)
    let data = (subfolder.map { $0 + "/" } ?? "") + "data"
    try repository.write("1\n", to: data)
    try repository.dver("add", "data", in: subfolder ?? "").requireSuccess()
    try repository.commitAll()
    try repository.git("tag", "one").requireSuccess()
    try repository.write("2, longer\n", to: data)
    try repository.dver("add", "data", in: subfolder ?? "").requireSuccess()
    try repository.commitAll()
    try repository.dver("install", in: subfolder ?? "").requireSuccess()
    try repository.git("checkout", "--quiet", "one").requireSuccess()
    #expect(try repository.readText(data) == "1\n")
    try repository.remove(data)
    try repository.git("checkout", "--", ".").requireSuccess()
    #expect(!repository.exists(data))
  }

  @Test func aCommitWithForeignManifestsIsRefused() throws {
    let repository = try repository()
    try repository.dver("install").requireSuccess()
    try repository.write("1\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    try repository.git("commit", "--quiet", "-m", "one").requireSuccess()
    let node = ".dver/manifests/d/+"
    let old = try repository.read(node)
    try repository.write("2, longer\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    try repository.write(old, to: node)
    try repository.git("add", node).requireSuccess()
    let refused = try repository.git("commit", "-m", "two")
    #expect(refused.status == .exited(1) || refused.status == .exited(2))
    #expect(refused.standardError.contains("the staged manifests of d are not those"))
    let doctor = try repository.dver("doctor").requireStatus(2)
    #expect(doctor.standardOutput.contains("1 manifest file of d does not match the pointer"))
    try repository.dver("doctor", "--upgrade").requireSuccess()
    try repository.git("commit", "--quiet", "-m", "two").requireSuccess()
    // A part of the index is committed through another one.
    try repository.write("3\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    let partial = try repository.git("commit", "-m", "three", "d.dver")
    #expect(partial.standardError.contains("the staged manifests of d are not those"))
    try repository.git("commit", "--quiet", "-m", "three").requireSuccess()
  }

  @Test func aCommitTellsWhatDataIsNotRecorded() throws {
    let repository = try repository()
    try repository.write("1\n", to: "file")
    try repository.dver("add", "file").requireSuccess()
    try repository.commitAll()
    try repository.dver("install").requireSuccess()
    try repository.write("2, longer\n", to: "file")
    let commit = try repository.git("commit", "--allow-empty", "-m", "x").requireSuccess()
    #expect(commit.standardError.contains("modified:     file"))
    try repository.dver("add", "file").requireSuccess()
    let clean = try repository.git("commit", "-m", "y").requireSuccess()
    #expect(!clean.standardError.contains("modified") && !clean.standardError.contains("dver"))
    // A pipeline that cannot be read is told too, and keeps nothing from being committed.
    try repository.write("stages: [\n", to: "dver.yaml")
    let broken = try repository.git("commit", "--allow-empty", "-m", "z").requireSuccess()
    #expect(broken.standardError.contains("dver.yaml"))
  }

  @Test func pushingWithoutARemoteOfDataIsFine() throws {
    let repository = try repository()
    try repository.dver("install").requireSuccess()
    try repository.commitAll()
    try repository.git("init", "--quiet", "--bare", repository.outside("git")).requireSuccess()
    try repository.git("push", "--quiet", repository.outside("git"), "main").requireSuccess()
  }

  @Test func aPushOfCommitsPushesTheirData() throws {
    let repository = try repository()
    let (bare, remote) = (repository.outside("git"), repository.outside("remote"))
    try repository.git("init", "--quiet", "--bare", bare).requireSuccess()
    try repository.git("remote", "add", "origin", bare).requireSuccess()
    try repository.dver("remote", "add", "-d", "shared", remote).requireSuccess()
    try repository.write("a\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    try repository.commitAll()
    try repository.dver("install").requireSuccess()
    try repository.git("push", "--quiet", "origin", "main").requireSuccess()
    // Which remote it was stands in the configuration now.
    try repository.commitAll()
    // Another branch, whose commits each have data that the next one has no more.
    try repository.git("checkout", "--quiet", "-b", "other").requireSuccess()
    for name in ["g", "h", "i"] {
      try repository.write("\(name)\n", to: "data/\(name)")
      if name != "g" { try repository.remove(name == "h" ? "data/g" : "data/h") }
      try repository.dver("add", "data").requireSuccess()
      try repository.commitAll()
    }
    try repository.git("checkout", "--quiet", "main").requireSuccess()
    let pushed = try repository.git("push", "origin", "main", "other").requireSuccess()
    #expect(pushed.standardError.contains("Pushed 3 objects to shared."))
    for revision in ["other", "other~1", "other~2"] {
      try repository.git("checkout", "--quiet", revision).requireSuccess()
      #expect(
        try repository.dver("status", "-c").standardOutput == "Cache and remote are in sync.\n")
    }
    let deleted = try repository.git("push", "origin", ":other").requireSuccess()
    #expect(!deleted.standardError.contains("Pushed"))
  }

  @Test func aPushOfNothingPushesNoData() throws {
    let repository = try repository()
    let bare = repository.outside("git")
    try repository.git("init", "--quiet", "--bare", bare).requireSuccess()
    try repository.git("remote", "add", "origin", bare).requireSuccess()
    try repository.dver("remote", "add", "-d", "r", repository.outside("r")).requireSuccess()
    try repository.dver("install").requireSuccess()
    try repository.commitAll()
    try repository.git("push", "--quiet", "origin", "main").requireSuccess()
    // Which nobody can push, for it is nowhere.
    try repository.write("1\n", to: "data")
    try repository.dver("add", "-q", "--no-commit", "data").requireSuccess()
    try repository.remove("data")
    let nothing = try repository.git("push", "origin", "main").requireSuccess()
    #expect(!nothing.standardError.contains("dver: "))
    // Somebody else's hook, another line of which reads what git says.
    let hook = ".git/hooks/pre-push"
    try repository.write("#!/bin/sh\ncat >\"$0.log\"\ndver git-hook pre-push \"$@\"\n", to: hook)
    try repository.git("commit", "--quiet", "--allow-empty", "-m", "2").requireSuccess()
    let read = try repository.git("push", "origin", "main").requireSuccess()
    #expect(read.standardError.contains("no data was pushed: git named no commits"))
    #expect(try repository.readText("\(hook).log").hasPrefix("refs/heads/main "))
    try repository.write("2\n", to: "data")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.write("#!/bin/sh\ndver git-hook pre-push \"$@\" </dev/null\n", to: hook)
    try repository.git("commit", "--quiet", "--allow-empty", "-m", "3").requireSuccess()
    let pushed = try repository.git("push", "origin", "main").requireSuccess()
    #expect(pushed.standardError.contains("Pushed 1 object to r."))
  }

  @Test func lostDataOfAnOlderCommitDoesNotStopAPush() throws {
    let shared = try SharedData(push: false)
    let repository = shared.repository
    let first = try repository.commitAll()
    try repository.write("more, newer\n", to: "single.txt")
    try repository.dver("add", "single.txt").requireSuccess()
    let second = try repository.commitAll()
    try repository.remove(shared.object("single\n", in: shared.cache))
    let zeros = String(repeating: "0", count: 40)
    func push(_ commit: String) throws -> CommandResult {
      try repository.dver(
        "git-hook", "pre-push", "--", "origin", "url",
        input: "refs/heads/main \(commit) refs/heads/main \(zeros)\n")
    }
    let pushed = try push(second).requireSuccess()
    #expect(pushed.standardError.contains("older versions are in no store any more: single.txt"))
    #expect(try push(first).requireStatus(4).standardError.contains("missing in the cache"))
  }

  @Test func hooksAreSilentWhereThereIsNoWorkspace() throws {
    let repository = try repository(subfolder: "sub")
    try repository.git("commit", "--quiet", "--allow-empty", "-m", "empty").requireSuccess()
    for hook in ["pre-commit", "post-checkout", "pre-push"] {
      let result = try repository.dver("git-hook", hook).requireSuccess()
      #expect(result.standardError == "")
      try repository.dver("git-hook", hook, "--cd", "gone").requireSuccess()
    }
  }

  @Test func pointersConflictVisiblyAndNodesKeepOurs() throws {
    let repository = try repository()
    try repository.dver("install").requireSuccess()
    try repository.write("1\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "--quiet", "-b", "other").requireSuccess()
    try repository.write("other\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "--quiet", "main").requireSuccess()
    try repository.write("mine, longer\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    try repository.commitAll()
    let node = try repository.read(".dver/manifests/d/+")
    let merge = try repository.git("merge", "other")
    #expect(merge.status == .exited(1))
    #expect((merge.standardOutput + merge.standardError).contains("run 'dver resolve'"))
    #expect(try repository.git("diff", "--name-only", "--diff-filter=U").lines == ["d.dver"])
    #expect(try repository.readText("d.dver").hasPrefix("<<<<<<< ours\nouts:"))
    #expect(try repository.read(".dver/manifests/d/+") == node)
    let doctor = try repository.dver("doctor").requireStatus(2)
    #expect(doctor.standardOutput.contains("d.dver is in conflict"))
  }
}
