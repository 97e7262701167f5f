import TestSupport
import Testing

/// `dver gc` in the cache.
@Suite struct CollectTests {
  /// What is kept beside what always is.
  static let scopes: [(options: [String], kept: Set<String>)] = [
    (["-w"], []), (["--workspace"], []),
    (["-a"], ["a1", "side"]), (["--all-branches"], ["a1", "side"]),
    (["-T"], ["a1", "f1"]), (["--all-tags"], ["a1", "f1"]),
    (["-A"], ["a1", "f1", "a2", "f2", "side"]),
    (["--rev", "HEAD~1"], ["a2", "f2"]),
    (["--rev", "one", "--rev", "main~1"], ["a1", "f1", "a2", "f2"]),
    (["--num", "2"], ["a2", "f2"]), (["--rev", "side", "--num", "2"], ["a1", "f1", "side"]),
    (["--date", "2001-02-03"], ["a1", "f1", "a2", "f2", "side"]), (["--date", "2001-02-05"], []),
    (["--all-experiments"], []),
  ]

  @Test(arguments: scopes) func scopesKeepWhatTheySay(
    _ scope: (options: [String], kept: Set<String>)
  ) throws {
    let versions = try Versions()
    try versions.repository.run(["gc", "-q", "-f"] + scope.options).requireSuccess()
    let expected = Versions.current.union(scope.kept)
    #expect(try versions.present() == expected)
    #expect(try versions.trashed() == Set(Versions.contents).subtracting(expected))
    try versions.repository.requireClean()
    try versions.repository.dver("verify", "-q").requireSuccess()
  }

  @Test func aScopeIsNeeded() throws {
    let versions = try Versions()
    let result = try versions.repository.dver("gc", "-f").requireStatus(64)
    #expect(result.standardError.contains("say which versions to keep"))
    for options in [
      ["--empty-trash", "-w"], ["--repack", "--empty-trash"], ["-w", "-r", "x"],
      ["-w", "--num", "0"],
      ["--date", "tomorrow"], ["--forget", "x", "-A"],
    ] {
      try versions.repository.run(["gc", "-f"] + options).requireStatus(64)
    }
    try versions.repository.dver("gc", "-f", "--rev", "nowhere").requireStatus(2)
    #expect(try versions.present() == Set(Versions.contents))
  }

  @Test func withoutATerminalNothingGoesUnlessForced() throws {
    let versions = try Versions()
    let result = try versions.repository.dver("gc", "-w").requireStatus(2)
    #expect(result.standardError.contains("would go to the trash"))
    #expect(try versions.present() == Set(Versions.contents))
    try versions.repository.dver("gc", "-w", "-f").requireSuccess()
    // With nothing to do there is nothing to ask.
    try versions.repository.dver("gc", "-w").requireSuccess()
    try versions.repository.dver("gc", "--empty-trash").requireStatus(2)
    #expect(try versions.trashed().count == 5)
  }

  @Test func dryChangesNothing() throws {
    let versions = try Versions()
    let result = try versions.repository.dver("gc", "-T", "--dry").requireSuccess()
    let head = try versions.repository.git("rev-parse", "HEAD").requireSuccess().lines[0]
    let tag = try versions.repository.git("rev-parse", "one").requireSuccess().lines[0]
    #expect(result.lines.contains("kept\t\(head.prefix(10))\tHEAD"))
    #expect(result.lines.contains("kept\t\(tag.prefix(10))\ttag one"))
    #expect(result.lines.filter { $0.hasPrefix("unused\t") }.count == 4)
    #expect(try versions.present() == Set(Versions.contents))
    #expect(!versions.repository.exists(".dver/cache/trash"))
  }

  @Test func jsonHasThePlan() throws {
    let versions = try Versions()
    let dry = try versions.repository.dver("gc", "-w", "--dry", "--json").requireSuccess()
    #expect(dry.standardOutput.contains("\"dry\": true"))
    #expect(dry.standardOutput.contains("\"place\": \"the cache\", \"kept\": 4"))
    #expect(dry.standardOutput.contains("\"reasons\": [\"HEAD\"]"))
    #expect(dry.standardOutput.contains("\"moved\": {\"count\": 0, \"bytes\": 0}"))
    let done = try versions.repository.dver("gc", "-w", "-f", "--json").requireSuccess()
    #expect(done.standardError == "")
    #expect(done.standardOutput.contains("\"moved\": {\"count\": 7,"))
  }

  // MARK: What is always kept

  @Test func whatIsStagedIsKept() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.git("checkout", "-q", "one", "--", ".").requireSuccess()
    // The files go back, the index stays.
    try repository.shell("git show HEAD:f.dver > f.dver").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "f1"]))
  }

  @Test func whatIsOnlyInTheWorkspaceIsKept() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.shell("git show one:f.dver > f.dver").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["f1"]))
  }

  @Test func stashesAreKept() throws {
    let versions = try Versions()
    let repository = versions.repository
    for name in ["f1", "f2"] {
      try repository.write("\(name)\n", to: "f")
      try repository.dver("add", "-q", "f").requireSuccess()
      try repository.git("stash", "-q").requireSuccess()
    }
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["f1", "f2"]))
  }

  @Test func unfinishedMergesAreKept() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.git("merge", "-q", "--no-commit", "-s", "ours", "side").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "side"]))
  }

  @Test func otherWorkTreesAreKept() throws {
    let versions = try Versions()
    let repository = versions.repository
    let other = repository.outside("tree")
    try repository.git("worktree", "add", "-q", other, "side").requireSuccess()
    try repository.shell("cd \(other) && git show main~1:f.dver > f.dver").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "side", "f2"]))
  }

  @Test func aWorkTreeThatIsAwayKeepsEverything() throws {
    let versions = try Versions()
    let repository = versions.repository
    let other = repository.outside("tree")
    try repository.git("worktree", "add", "-q", other, "side").requireSuccess()
    try repository.shell("cd \(other) && git checkout -q main~1 -- f.dver").requireSuccess()
    try repository.shell("mv \(other) \(other)-away").requireSuccess()
    // As a mount point that is empty.
    for script in ["true", "mkdir \(other)"] {
      try repository.shell(script).requireSuccess()
      for options in [["-w"], ["-w", "--dry"], ["-A"]] {
        let result = try repository.run(["gc", "-f"] + options).requireStatus(2)
        #expect(result.standardError.contains(other))
        #expect(result.standardError.contains("git worktree prune"))
      }
    }
    #expect(try versions.present() == Set(Versions.contents))
    try repository.shell("rmdir \(other) && mv \(other)-away \(other)").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "side", "f2"]))
    // What is in the trash by now may be needed there, too.
    try repository.shell("mv \(other) \(other)-away").requireSuccess()
    try repository.dver("gc", "--empty-trash", "-f").requireStatus(2)
    #expect(try versions.trashed() == ["a2", "f1"])
    try repository.git("worktree", "prune").requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try versions.trashed().isEmpty)
  }

  @Test func linkedFilesOfTheWorkspaceAreKept() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "cache.type", "symlink").requireSuccess()
    try repository.write("f1\n", to: "f")
    try repository.dver("add", "-q", "f").requireSuccess()
    try repository.remove("f.dver")
    try repository.commitAll()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try repository.readText("f") == "f1\n")
    // Also once no more links are made.
    try repository.dver("config", "cache.type", "copy").requireSuccess()
    try repository.commitAll()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try repository.readText("f") == "f1\n")
    let remote = repository.outside("remote")
    try repository.write("g1\n", to: "g")
    try repository.dver("add", "-q", "g").requireSuccess()
    try repository.dver("remote", "add", "-d", "r", remote).requireSuccess()
    try repository.dver("push", "-q").requireSuccess()
    let refused = try repository.dver("gc", "-w", "-f", "--not-in-remote").requireStatus(2)
    #expect(refused.standardError.contains("are links to objects"))
    try repository.shell("rm f && echo f1 > f").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f", "--not-in-remote").requireSuccess()
    #expect(try repository.files(".dver/cache/objects").isEmpty)
  }

  @Test func otherProjectsAreKept() throws {
    let versions = try Versions()
    let other = try versions.repository.clone("other")
    try other.git("checkout", "-q", "one").requireSuccess()
    try versions.repository.dver("gc", "-q", "-w", "-f", "-p", other.path).requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "f1"]))
    try versions.repository.dver("gc", "-w", "-f", "-p", "nowhere").requireStatus(2)
  }

  // MARK: Refusals

  @Test(arguments: ["f.dver", "dver.yaml", "dver.lock"]) func whatCannotBeReadKeepsEverything(
    _ file: String
  ) throws {
    let versions = try Versions()
    let repository = versions.repository
    if file == "dver.lock" {
      try repository.write("stages: {a: {cmd: 'true', outs: [o]}}\n", to: "dver.yaml")
    }
    try repository.write("outs: [\n", to: file)
    let result = try repository.dver("gc", "-w", "-f").requireStatus(2)
    #expect(result.standardError.contains("nothing was collected: in the workspace"))
    #expect(result.standardError.contains(file))
    // In history, too.
    try repository.commitAll()
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    try repository.dver("gc", "-w", "-f", "--dry").requireSuccess()
    let history = try repository.dver("gc", "-a", "-f").requireStatus(2)
    #expect(history.standardError.contains("nothing was collected: in revision"))
    #expect(try versions.present() == Set(Versions.contents))
  }

  /// Its definition may come back.
  @Test func aLockWithoutADefinitionKeepsWhatItRecords() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write(
      "stages:\n  s: {cmd: cp in o, deps: [in], outs: [o]}\n  t: {cmd: echo > p, outs: [p]}\n",
      to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.shell("rm o p; find .dver/cache/runs -type f -delete").requireSuccess()
    func unused() throws -> String {
      try repository.dver("gc", "-w", "--dry").requireSuccess().standardError
    }
    let all = try unused()
    #expect(all.hasPrefix("0 objects"))
    try repository.write("stages:\n  t: {cmd: echo > p, outs: [p]}\n", to: "dver.yaml")
    #expect(try unused() == all)
    try repository.remove("dver.yaml")
    #expect(try unused() == all)
    try repository.git("add", "-f", "dver.lock").requireSuccess()
    try repository.commitAll()
    try repository.remove("dver.lock")
    #expect(try unused() == all)
    try repository.write("<<<<<<< x\n", to: "dver.lock")
    let refused = try repository.dver("gc", "-w", "--dry").requireStatus(2)
    #expect(refused.standardError.contains("dver.lock"))
  }

  @Test func aManifestThatIsMissingKeepsEverything() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.shell(
      "git rm -rq --cached .dver/manifests && rm -r .dver/manifests && git commit -qm gone"
    ).requireSuccess()
    let root = try repository.shell("grep -o '[0-9a-f]*.dir' data.dver | cut -c1-64")
      .requireSuccess().lines[0]
    try repository.remove(".dver/cache/objects/\(root.prefix(2))/\(root.dropFirst(2))")
    let result = try repository.dver("gc", "-w", "-f").requireStatus(4)
    #expect(result.standardError.contains("nothing was collected"))
    #expect(try versions.present() == Set(Versions.contents))
  }

  @Test func storesOfLaterVersionsAreLeftAlone() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.shell(
      "chmod u+w .dver/cache/dver-store && sed -i 's/uses: .*/uses: [chunks]/' .dver/cache/dver-store"
    ).requireSuccess()
    let result = try repository.dver("gc", "-w", "-f").requireStatus(2)
    #expect(result.standardError.contains("chunks"))
  }

  @Test func withoutGitOnlyTheWorkspaceCounts() throws {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.dver("init", "-q", "--no-scm").requireSuccess()
    for text in ["f1", "f2"] {
      try repository.write("\(text)\n", to: "f")
      try repository.dver("add", "-q", "f").requireSuccess()
    }
    try repository.dver("gc", "-a", "-f").requireStatus(2)
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    try repository.dver("verify").requireSuccess()
    #expect(try repository.files(".dver/cache/objects").count == 1)
  }

  // MARK: Coming back

  @Test func whatIsNeededComesBackFromTheTrash() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    try repository.git("checkout", "-q", "one").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("data/a") == "a1\n")
    #expect(try repository.readText("f") == "f1\n")
    try repository.requireClean()
    #expect(try versions.present().isSuperset(of: ["a1", "f1"]))
  }

  @Test func undoFindsWhatIsInTheTrash() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("remove", "-q", "--outs", "f.dver").requireSuccess()
    try repository.commitAll()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.trashed().contains("f3"))
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText("f") == "f3\n")
    try repository.requireClean()
  }

  @Test func catReadsFromTheTrash() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    let result = try repository.dver("cat", "data/a@one").requireSuccess()
    #expect(result.standardOutput == "a1\n")
  }

  // MARK: Emptying

  @Test func emptyingDeletesWhatIsStillUnused() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    // Somebody needs a part of it by now.
    try repository.shell("git show one:f.dver > f.dver").requireSuccess()
    let result = try repository.dver("gc", "--empty-trash", "-f").requireSuccess()
    #expect(result.standardError.contains("Brought back 1"))
    #expect(try versions.present() == Versions.current.union(["f1"]))
    #expect(try versions.trashed().isEmpty)
    #expect(try repository.files(".dver/cache/trash").isEmpty)
    let again = try repository.dver("gc", "--empty-trash", "--json").requireSuccess()
    #expect(again.standardOutput.contains("\"deleted\": {\"count\": 0, \"bytes\": 0}"))
  }

  @Test func emptyingAsksTheSameQuestionAgain() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-T", "-f").requireSuccess()
    try repository.git("tag", "two", "main~1").requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "f1", "a2", "f2"]))
  }

  @Test func emptyingSaysWhatCannotBeUndone() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    let result = try repository.dver("gc", "--empty-trash", "-f").requireSuccess()
    #expect(result.standardError.contains("'dver undo' cannot take these operations back"))
    try repository.requireClean()
  }

  @Test func graceKeepsTheTrash() throws {
    let versions = try Versions(["gc.grace 24"])
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    let result = try repository.dver("gc", "--empty-trash", "-f").requireSuccess()
    #expect(result.standardError.contains("until they have been there for 24 hours"))
    #expect(try versions.trashed().count == 5)
    try repository.shell("touch -d '2 days ago' .dver/cache/trash/*/about .dver/cache/trash/*")
      .requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try versions.trashed().isEmpty)
  }

  @Test func oldTrashGoesWithTheNextCollection() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.trashed().count == 5)
    try repository.shell("touch -d '15 days ago' .dver/cache/trash/*/about .dver/cache/trash/*")
      .requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.trashed().isEmpty)
    #expect(try versions.present() == Versions.current)
  }

  @Test func someoneAtWorkKeepsTheTrash() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    try repository.write(
      "stages: {a: {cmd: 'mkfifo gate; cat gate > o', outs: [o]}}\n", to: "dver.yaml")
    let running = try repository.dverCommand(["repro"]).start()
    try running.wait(until: { repository.exists("gate") })
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try versions.trashed().count == 5)
    try repository.shell("echo > gate").requireSuccess()
    try running.wait().requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try versions.trashed().isEmpty)
  }
}
