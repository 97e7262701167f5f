import TestSupport
import Testing

/// Data that is symbolic links into a cache, where the cache has moved, changed or lost objects.
@Suite struct CacheLinkTests {
  private func linked() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", "symlink").requireSuccess()
    try repository.write("one\n", to: "d/1")
    try repository.write("two\n", to: "d/2")
    try repository.write("three\n", to: "a")
    try repository.dver("add", "-q", "d", "a").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func requireData(_ repository: TemporaryRepository) throws {
    let lines = try repository.shell("cat d/1 d/2 a").requireSuccess().lines
    #expect(lines == ["one", "two", "three"])
    try repository.requireClean()
  }

  /// As after the folder was moved, or an object went to quarantine.
  @Test func linksThatLeadNowhereAreMissing() throws {
    let repository = try linked()
    try repository.shell("mv .dver/cache cache2").requireSuccess()
    let refused = try repository.dver("add", "d").requireStatus(4)
    #expect(refused.standardError.contains("d/1"))
    try repository.dver("add", "a").requireStatus(4)
    #expect(try repository.git("status", "--porcelain", "--", "*.dver").lines == [])
    try repository.dver("cache", "dir", "cache2").requireSuccess()
    let status = try repository.dver("status", "--json").requireSuccess().standardOutput
    #expect(status.contains(#""a": "deleted""#) || status.contains(#""a": "modified""#))
    try repository.dver("checkout").requireSuccess()
    try requireData(repository)
  }

  /// Another clone with the same cache, which does not know of the links here.
  @Test func linksToWhatIsInQuarantineSayWhereThatIs() throws {
    let repository = try TemporaryRepository()
    let options = "[cache]\n\tdir = \(repository.outside("cache"))\n\ttype = symlink\n"
    try repository.append(options, to: ".dver/config")
    try repository.write("one\n", to: "d/1")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    let clone = try repository.clone()
    try clone.dver("checkout", "-q").requireSuccess()
    try clone.shell("chmod u+w $(readlink d/1) && echo mine > d/1").requireSuccess()
    let verified = try repository.dver("verify").requireStatus(4)
    #expect(verified.standardError.contains("/cache/quarantine under their digests"))
    for command in ["checkout", "checkout -f", "add d"] {
      let refused = try clone.dverCommand(command.split(separator: " ").map(String.init)).run()
        .requireStatus(4)
      #expect(refused.standardError.contains("d/1 is a link to an object that somebody wrote to"))
      #expect(refused.standardError.contains("/cache/quarantine as "))
    }
  }

  /// What they stand for is in the cache, wherever they lead.
  @Test(arguments: ["add d a", "add d/1 d/2 a", "commit", "repro", "unprotect d a"])
  func linksIntoACacheThatMovedAreMadeAnew(_ command: String) throws {
    let repository = try linked()
    if command == "repro" {
      try repository.write(
        "stages: {s: {cmd: cat a d/1 > o, deps: [a, d], outs: [o]}}\n", to: "dver.yaml")
    }
    try repository.shell("mv .dver/cache cache2").requireSuccess()
    try repository.dver("cache", "dir", "cache2").requireSuccess()
    try repository.dverCommand(command.split(separator: " ").map(String.init)).run()
      .requireSuccess()
    #expect(try repository.git("status", "--porcelain", "--", "*.dver").lines == [])
    try requireData(repository)
  }

  @Test(arguments: [["-f"], ["--relink"], ["-f", "--relink"]])
  func linksFollowACacheThatMoved(_ options: [String]) throws {
    let repository = try linked()
    try repository.shell("mv .dver/cache cache2").requireSuccess()
    try repository.dver("cache", "dir", "cache2").requireSuccess()
    try repository.dverCommand(["checkout"] + options).run().requireSuccess()
    try requireData(repository)
  }

  @Test func relinkLeavesTheCacheOfBefore() throws {
    let repository = try linked()
    try repository.shell("cp -a .dver/cache cache2").requireSuccess()
    try repository.dver("cache", "dir", "cache2").requireSuccess()
    try repository.dver("checkout", "--relink").requireSuccess()
    try repository.remove(".dver/cache")
    try requireData(repository)
    let again = try repository.dver("checkout", "--relink").requireSuccess()
    #expect((again.standardOutput + again.standardError).contains("Everything is in place"))
  }

  /// What the file system does not offer is passed over.
  @Test(arguments: ["reflink,hardlink,copy", "reflink,symlink", "symlink,hardlink", "hardlink"])
  func filesAreRelinkedOnce(_ types: String) throws {
    let repository = try linked()
    try repository.dver("config", "-q", "cache.type", types).requireSuccess()
    try repository.dver("checkout", "-q", "--relink").requireSuccess()
    let inodes = try repository.shell("stat -c %i d/1 d/2 a").requireSuccess().lines
    try repository.dver("checkout", "-q", "--relink").requireSuccess()
    #expect(try repository.shell("stat -c %i d/1 d/2 a").requireSuccess().lines == inodes)
    try requireData(repository)
  }

  /// The others may have been unprotected to be edited.
  @Test(arguments: ["checkout --relink d/1", "add d/1", "commit d/1"])
  func membersAreRelinkedAlone(_ command: String) throws {
    let repository = try linked()
    try repository.dver("unprotect", "d").requireSuccess()
    let before = try repository.dver("op", "log").requireSuccess().lines.count
    try repository.dverCommand(command.split(separator: " ").map(String.init)).run()
      .requireSuccess()
    #expect(try repository.shell("find d -type l").requireSuccess().lines == ["d/1"])
    try requireData(repository)
    #expect(try repository.dver("op", "log").requireSuccess().lines.count == before)
  }

  @Test(arguments: ["hardlink", "symlink"], ["add", "commit"])
  func aLinkBecomesAFileOfItsOwnWhereCopiesAreWanted(_ type: String, _ command: String) throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", type).requireSuccess()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "-q", "a").requireSuccess()
    #expect(try repository.shell("find a -type f -links 1 -perm -u+w").standardOutput == "")
    try repository.dver("config", "-q", "cache.type", "copy").requireSuccess()
    try repository.dver(command, "a").requireSuccess()
    #expect(try repository.shell("find a -type f -links 1 -perm -u+w").standardOutput == "a\n")
    try repository.requireClean()
  }

  @Test func addTakesOverFromAnotherStore() throws {
    let repository = try linked()
    try repository.dver("cache", "dir", "../elsewhere").requireSuccess()
    try repository.dver("add", "d", "a").requireSuccess()
    try repository.dver("verify").requireSuccess()
    #expect(try repository.git("status", "--porcelain", "--", "*.dver").lines == [])
    try repository.remove(".dver/cache")
    try repository.dver("checkout").requireSuccess()
    try requireData(repository)
  }

  /// The mode of a linked file is that of the object.
  @Test(arguments: ["hardlink", "symlink"])
  func whatWasMadeExecutableThroughALinkComesBackAsItWas(_ type: String) throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", type).requireSuccess()
    try repository.write("x\n", to: "x")
    try repository.write("run\n", to: "d/run")
    try repository.dver("add", "-q", "x", "d").requireSuccess()
    try repository.commitAll()
    for options in [["-f"], []] {
      for restore in ["true", "rm -r x d"] {
        try repository.shell("chmod +x x d/run; \(restore)").requireSuccess()
        try repository.dverCommand(["checkout"] + options).run().requireSuccess()
        try repository.shell("test ! -x x && test ! -x d/run").requireStatus(0)
        try repository.requireClean()
      }
    }
  }

  @Test func aChangedModeInADirectoryIsTakenBackWithTheRevision() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", "hardlink").requireSuccess()
    try repository.write("run\n", to: "d/run")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try repository.chmod(0o755, "d/run")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    for (revision, isExecutable) in [("HEAD~1", false), ("main", true)] {
      try repository.git("checkout", "-q", revision).requireSuccess()
      try repository.dver("checkout").requireSuccess()
      try repository.shell("test -x d/run").requireStatus(isExecutable ? 0 : 1)
      try repository.requireClean()
    }
  }

  /// To replace one of them changes the status of the other one.
  @Test func namesOfOneFileAreRelinkedTogether() throws {
    let repository = try TemporaryRepository()
    try repository.write("shared\n", to: "d/a")
    try repository.shell("ln d/a d/b").requireSuccess()
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.dver("config", "-q", "cache.type", "hardlink").requireSuccess()
    try repository.dver("checkout", "--relink").requireSuccess()
    try repository.requireClean()
    #expect(try repository.shell("stat -c %h d/a").requireSuccess().lines == ["3"])
  }

  private func writeThroughLinks(_ repository: TemporaryRepository) throws {
    for path in ["d/1", "a"] {
      try repository.shell("chmod u+w $(readlink \(path)); printf 'hours of work\n' >> \(path)")
        .requireSuccess()
    }
  }

  /// No other place has these bytes.
  @Test func whatWasWrittenThroughALinkIsAChangeThatIsNotDropped() throws {
    let repository = try linked()
    let old = try repository.git("rev-parse", "HEAD").lines[0]
    try repository.git("checkout", "-qb", "other").requireSuccess()
    try repository.remove("a")
    try repository.write("four\n", to: "a")
    try repository.remove("d/1")
    try repository.write("five\n", to: "d/1")
    try repository.dver("add", "-q", "d", "a").requireSuccess()
    try repository.commitAll()
    try repository.requireClean()
    try writeThroughLinks(repository)
    let status = try repository.dver("status", "--json").requireSuccess().standardOutput
    #expect(status.contains(#""a": "modified""#) && status.contains(#""d": "modified""#))
    try repository.git("checkout", "-q", old).requireSuccess()
    let refused = try repository.dver("checkout").requireStatus(2)
    #expect(refused.standardError.contains("not in the cache"))
    #expect(
      try repository.shell("cat d/1 a").requireSuccess().lines == [
        "five", "hours of work", "four", "hours of work",
      ])
    try repository.dver("add", "d", "a").requireSuccess()
    try repository.requireClean()
    #expect(try repository.shell("cat d/1 a").requireSuccess().lines.count == 4)
  }

  @Test func whatWasWrittenThroughALinkStaysWhereItIs() throws {
    let repository = try linked()
    try writeThroughLinks(repository)
    for _ in 1...2 {
      let refused = try repository.dver("checkout").requireStatus(2)
      #expect(refused.standardError.contains("a, d/1"))
    }
    #expect(try repository.readText("a") == "three\nhours of work\n")
    try repository.dver("checkout", "-f", "d").requireStatus(4)
    try repository.dver("add", "-q", "a").requireSuccess()
    #expect(try repository.readText("a") == "three\nhours of work\n")
  }

  private func edited(_ repository: TemporaryRepository) throws {
    try repository.shell("chmod u+w $(readlink a); printf 'hours of work\\n' >> a").requireSuccess()
  }

  /// The one place of these bytes is a damaged object, which goes to quarantine.
  @Test(
    arguments: [
      ("add g", 0), ("verify", 4), ("push", 4), ("pull", 2), ("checkout -f", 4), ("repair", 4),
    ] as [(String, Int32)])
  func whatWasWrittenThroughALinkStaysWhenItsObjectGoes(_ command: String, _ status: Int32) throws {
    let repository = try linked()
    let remote = repository.outside("remote")
    try repository.dver("remote", "add", "-d", "r", remote).requireSuccess()
    if command == "pull" { try repository.dver("push", "-q").requireSuccess() }
    try repository.write("three\n", to: "g")
    try edited(repository)
    let words = command.split(separator: " ").map(String.init)
    let result = try repository.dverCommand(words).run().requireStatus(status)
    #expect(result.standardError.contains("a was written to through its link"))
    #expect(result.standardError.contains(".dver/cache/quarantine as "))
    #expect(try repository.readText("a") == "three\nhours of work\n")
    #expect(try repository.shell("find a -type f -perm -u+w").standardOutput == "a\n")
    try repository.dver("add", "-q", "a").requireSuccess()
    #expect(try repository.readText("a") == "three\nhours of work\n")
  }

  @Test func whatWasWrittenThroughALinkInADirectoryStaysToo() throws {
    let repository = try linked()
    try writeThroughLinks(repository)
    try repository.write("one\n", to: "d/3")
    try repository.dver("add", "-q", "d").requireSuccess()
    let wanted = ["one", "hours of work", "two", "one"]
    #expect(try repository.shell("cat d/1 d/2 d/3").requireSuccess().lines == wanted)
    try repository.shell("rm -r d").requireSuccess()
    try repository.dver("checkout", "d").requireSuccess()
    #expect(try repository.shell("cat d/1 d/2 d/3").requireSuccess().lines == wanted)
  }

  @Test func whatWasWrittenThroughALinkInAnotherWorkTreeStays() throws {
    let repository = try linked()
    let other = repository.outside("other")
    try repository.git("worktree", "add", "-q", other).requireSuccess()
    try repository.dver("checkout", "-q", "--cd", other).requireSuccess()
    try edited(repository)
    try repository.dver("verify").requireStatus(4)
    for path in ["a", "\(other)/a"] {
      #expect(try repository.shell("cat \(path)").requireSuccess().lines.last == "hours of work")
    }
  }

  @Test(arguments: ["hours of work", "2"])
  func anOutputThatWasWrittenToThroughItsLinkIsMadeAnew(_ edit: String) throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", "symlink").requireSuccess()
    try repository.write("stages: {s: {cmd: echo 1 > o, outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.dver("checkout", "-q", "--relink").requireSuccess()
    try repository.shell("chmod u+w $(readlink o); echo '\(edit)' > o").requireSuccess()
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o") == "1\n")
    // Its content is in the cache before it is dropped.
    try repository.shell("grep -rqxF '\(edit)' .dver/cache/objects").requireSuccess()
  }

  @Test func whatStagesReadThroughALinkIsWhatIsThere() throws {
    let repository = try linked()
    try repository.write(
      "stages: {s: {cmd: cat a d/1 > o, deps: [a, d], outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try writeThroughLinks(repository)
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("o") == "three\nhours of work\none\nhours of work\n")
    #expect(try repository.dver("repro").requireSuccess().standardOutput.contains("didn't change"))
  }

  @Test func whatWasWrittenThroughALinkIsStoredAsWhatItIs() throws {
    let repository = try linked()
    for path in ["d/1", "a"] {
      try repository.shell("chmod u+w $(readlink \(path)); printf 'ONE\\n' > \(path)")
        .requireSuccess()
    }
    try repository.dver("add", "d", "a").requireSuccess()
    let wanted = try repository.shell("printf 'ONE\\n' | sha256sum | cut -c1-64").requireSuccess()
    #expect(try repository.readText("a.dver").contains(wanted.lines[0]))
    try repository.shell("rm -r d a").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("cat d/1 d/2 a").requireSuccess().lines == ["ONE", "two", "ONE"])
    try repository.dver("verify", "d", "a").requireSuccess()
  }

  /// As pointers' data does when it is added or committed again.
  @Test(arguments: ["symlink", "hardlink"])
  func outputsBecomeTheLinksThatAreAskedFor(type: String) throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", type).requireSuccess()
    try repository.write("1\n", to: "in")
    try repository.write("kept\n", to: "elsewhere")
    try repository.write(
      """
      stages:
        s:
          cmd: cp in o && mkdir -p d && cp in d/x && ln -sfn elsewhere p && cp in plain
          deps: [in]
          outs: [o, d, {p: {persist: true}}, {plain: {cache: false}}]

      """, to: "dver.yaml")
    func requireLinks() throws {
      let isLink = type == "symlink" ? "-type l" : "-type f -links +1"
      #expect(try repository.shell("find o d \(isLink)").lines == ["o", "d/x"])
      #expect(try repository.shell("find p elsewhere plain -links 1").lines.count == 3)
      #expect(try repository.shell("readlink p; cat p").lines == ["elsewhere", "kept"])
      try repository.requireClean()
    }
    try repository.dver("repro").requireSuccess()
    try requireLinks()
    try repository.dver("repro", "-f").requireSuccess()
    try requireLinks()
    try repository.shell("for f in o d/x; do cp $f new; mv -f new $f; done").requireSuccess()
    try repository.dver("commit", "-f").requireSuccess()
    try requireLinks()
    try repository.shell("for f in o d/x; do rm $f; echo other > $f; done").requireSuccess()
    try repository.dver("commit", "-f", "s").requireSuccess()
    try requireLinks()
    // Nothing is placed for a stage that keeps its outputs to itself.
    try repository.dver("repro", "-f", "--no-commit").requireSuccess()
    #expect(try repository.shell("find o d -type f -links 1").lines == ["o", "d/x"])
  }
}
