import TestSupport
import Testing

/// `dver gc` where others share the store.
@Suite struct RemoteCollectTests {
  private func pushed() throws -> (versions: Versions, remote: String) {
    let versions = try Versions()
    let remote = versions.repository.outside("remote")
    try versions.repository.dver("remote", "add", "--local", "-d", "shared", remote)
      .requireSuccess()
    try versions.repository.dver("push", "-q", "-A").requireSuccess()
    try versions.repository.commitAll()
    #expect(try versions.present(in: remote) == Set(Versions.contents))
    return (versions, remote)
  }

  @Test func aRemoteIsCollectedOnRequest() throws {
    let (versions, remote) = try pushed()
    try versions.repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    #expect(try versions.present(in: remote) == Set(Versions.contents))
    try versions.repository.dver("gc", "-q", "-w", "-f", "-c", "-r", "shared").requireSuccess()
    #expect(try versions.present() == Versions.current)
    #expect(try versions.present(in: remote) == Versions.current)
    #expect(try versions.trashed(in: remote).count == 5)
    try versions.repository.dver("verify", "-r", "shared").requireSuccess()
    // What is needed again comes back.
    try versions.repository.git("checkout", "-q", "one").requireSuccess()
    for path in [".dver/cache", ".dver/tmp", "f", "data"] { try versions.repository.remove(path) }
    try versions.repository.dver("pull", "-q").requireSuccess()
    #expect(try versions.repository.readText("f") == "f1\n")
  }

  @Test func theTrashOfARemoteWaitsADay() throws {
    let (versions, remote) = try pushed()
    let repository = versions.repository
    try repository.dver("gc", "-q", "-w", "-f", "-c").requireSuccess()
    let result = try repository.dver("gc", "--empty-trash", "-f", "-c").requireSuccess()
    #expect(result.standardError.contains("for 24 hours"))
    #expect(try versions.trashed().isEmpty)
    #expect(try versions.trashed(in: remote).count == 5)
    try repository.shell("touch -d '2 days ago' \(remote)/trash/*/about \(remote)/trash/*")
      .requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f", "-c").requireSuccess()
    #expect(try versions.trashed(in: remote).isEmpty)
    #expect(try versions.present(in: remote) == Versions.current)
    try repository.dver("status", "-c").requireSuccess()
  }

  @Test func whatOtherProjectsPushedIsKept() throws {
    let (versions, remote) = try pushed()
    let other = try TemporaryRepository()
    try other.write("same\n", to: "d/x")
    try other.write("f1\n", to: "d/y")
    try other.dver("add", "-q", "d").requireSuccess()
    try other.dver("remote", "add", "-d", "shared", remote).requireSuccess()
    try other.dver("push", "-q").requireSuccess()
    let collect = ["gc", "-q", "-w", "-f", "-c"]
    try versions.repository.run(collect).requireSuccess()
    #expect(try versions.present(in: remote) == Versions.current.union(["f1"]))
    try other.run(collect).requireSuccess()
    #expect(try versions.present(in: remote) == Versions.current.union(["f1"]))
    try other.dver("verify", "-r", "shared").requireSuccess()
    // Until it is forgotten.
    let projects = try other.shell("ls \(remote)/names").requireSuccess().lines
    let mine = try versions.repository.dver("config", "core.project").requireSuccess().lines[0]
    let theirs = try #require(projects.first { $0 != mine })
    for how in ["-f", "--dry"] {
      let refused = try versions.repository.dver("gc", "--forget", "none", "-c", how)
      try refused.requireStatus(2)
      #expect(refused.standardError.contains("no project 'none' has a list there"))
    }
    let dry = try versions.repository.dver("gc", "--forget", theirs, "-c", "--dry").requireSuccess()
    #expect(dry.standardError == "Would forget 1 list in remote 'shared'\n")
    try versions.repository.dver("gc", "--forget", theirs, "-c").requireStatus(2)
    let forgot = try versions.repository.dver("gc", "--forget", theirs, "-c", "-f", "--json")
      .requireSuccess()
    #expect(forgot.standardOutput.contains("\"lists\": 1"))
    try versions.repository.run(collect).requireSuccess()
    #expect(try versions.present(in: remote) == Versions.current)
  }

  @Test func aProjectThatCannotBeReadKeepsEverything() throws {
    let (versions, remote) = try pushed()
    let digest = String(repeating: "0", count: 64)
    try versions.repository.makeDirectory("\(remote)/names/lost")
    try versions.repository.write(
      "commit none\ntime 1\n\(digest).dir d\n", to: "\(remote)/names/lost/list")
    let result = try versions.repository.dver("gc", "-w", "-f", "-c").requireStatus(4)
    #expect(result.standardError.contains("--forget lost"))
    #expect(try versions.present(in: remote) == Set(Versions.contents))
    #expect(try versions.present() == Set(Versions.contents))
    try versions.repository.write("nonsense\n", to: "\(remote)/names/lost/list")
    try versions.repository.dver("gc", "-w", "-f", "-c").requireStatus(4)
  }

  @Test func whatIsPushedAfterwardsIsKept() throws {
    let (versions, remote) = try pushed()
    let repository = versions.repository
    let clone = try repository.clone("clone")
    try clone.git("checkout", "-q", "one").requireSuccess()
    try clone.dver("remote", "add", "--local", "-d", "shared", remote).requireSuccess()
    let project = try repository.dver("config", "core.project").requireSuccess().lines[0]
    try clone.dver("config", "core.project", project).requireSuccess()
    try clone.dver("pull", "-q").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f", "-c").requireSuccess()
    // From another clone of the project, whose versions the collector does not know.
    try clone.dver("push", "-q").requireSuccess()
    try repository.shell("touch -d '2 days ago' \(remote)/trash/*/about \(remote)/trash/*")
      .requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f", "-c").requireSuccess()
    #expect(try versions.present(in: remote).isSuperset(of: ["a1", "f1"]))
  }

  @Test func whatAnotherClonePushedIsKept() throws {
    let (versions, remote) = try pushed()
    let repository = versions.repository
    let clone = try repository.clone("clone")
    try clone.dver("remote", "add", "--local", "-d", "shared", remote).requireSuccess()
    try clone.write("side\n", to: "g")
    try clone.dver("add", "-q", "g").requireSuccess()
    let commit = try clone.commitAll()
    try clone.dver("push", "-q", "g").requireSuccess()
    let projects = try repository.shell("ls \(remote)/names").requireSuccess().lines
    #expect(projects.count == 1)
    let dry = try repository.dver("gc", "-A", "--dry", "-c", "-v").requireSuccess()
    let reason = "pushed to remote 'shared' by another clone"
    #expect(dry.lines.contains("kept\t\(commit.prefix(10))\t\(reason)"))
    try repository.dver("gc", "-q", "-w", "-f", "-c").requireSuccess()
    #expect(try versions.present(in: remote) == Versions.current.union(["side"]))
    #expect(try versions.present() == Versions.current)
    try repository.shell("touch -d '2 days ago' \(remote)/trash/*/about \(remote)/trash/*")
      .requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f", "-c").requireSuccess()
    #expect(try versions.present(in: remote) == Versions.current.union(["side"]))
    // Once the commit is known, the scope decides.
    try repository.git("fetch", "-q", clone.path, "HEAD:refs/heads/theirs").requireSuccess()
    try repository.dver("gc", "-q", "-a", "-f", "-c").requireSuccess()
    #expect(try versions.present(in: remote).contains("side"))
    try repository.dver("gc", "-q", "-w", "-f", "-c").requireSuccess()
    #expect(try versions.present(in: remote) == Versions.current)
  }

  @Test func whatAnotherClonePushedBeforeItsCommitIsKept() throws {
    let (versions, remote) = try pushed()
    let repository = versions.repository
    let clone = try repository.clone("clone")
    try clone.dver("remote", "add", "--local", "-d", "shared", remote).requireSuccess()
    try clone.write("ahead\n", to: clone.outside("ahead"))
    try clone.dver("add", "--to-remote", "-o", "raw", clone.outside("ahead")).requireSuccess()
    try clone.write("pushed\n", to: "d/x")
    try clone.dver("add", "-q", "d").requireSuccess()
    try clone.dver("push", "-q", "d").requireSuccess()
    try clone.commitAll()
    func isPresent(_ text: String) throws -> Bool {
      let script = "printf '\(text)\\n' | sha256sum | cut -c1-64"
      let sum = try repository.shell(script).requireSuccess().lines[0]
      return repository.exists("\(remote)/objects/\(sum.prefix(2))/\(sum.dropFirst(2))")
    }
    // Twice: nothing may be taken off the list either.
    for scope in ["-A", "-w", "-w"] {
      try repository.dver("gc", "-q", scope, "-f", "-c").requireSuccess()
      #expect(try isPresent("ahead"))
      #expect(try isPresent("pushed"))
    }
    try repository.shell("touch -d '2 days ago' \(remote)/trash/*/about \(remote)/trash/*")
      .requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f", "-c").requireSuccess()
    #expect(try versions.present(in: remote) == Versions.current)
    #expect(try isPresent("ahead"))
    // Once the commit is known, the scope decides.
    try repository.git("fetch", "-q", clone.path, "HEAD:refs/heads/theirs").requireSuccess()
    try repository.dver("gc", "-q", "-a", "-f", "-c").requireSuccess()
    #expect(try isPresent("ahead"))
    try repository.dver("gc", "-q", "-w", "-f", "-c").requireSuccess()
    #expect(try !isPresent("ahead"))
    #expect(try !isPresent("pushed"))
  }

  @Test func whatTheRemoteHasNeedNotStay() throws {
    let (versions, remote) = try pushed()
    let repository = versions.repository
    try repository.write("new\n", to: "f")
    try repository.dver("add", "-q", "f").requireSuccess()
    // The remote's copy of `a3` is damaged.
    let sum = try repository.shell("printf 'a3\\n' | sha256sum | cut -c1-64").requireSuccess()
      .lines[0]
    let object = "\(remote)/objects/\(sum.prefix(2))/\(sum.dropFirst(2))"
    try repository.chmod(0o644, object)
    try repository.write("b3\n", to: object)
    try repository.dver("gc", "-q", "-w", "-f", "--not-in-remote").requireSuccess()
    let left = try versions.present()
    #expect(left == ["a3"])
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try versions.present() == ["a3"])
    try repository.remove("f")
    try repository.dver("checkout", "f").requireSuccess()
    #expect(try repository.readText("f") == "new\n")
    try repository.dver("config", "cache.type", "symlink").requireSuccess()
    try repository.dver("gc", "-w", "-f", "--not-in-remote").requireStatus(2)
  }

  @Test func remotesThatOutputsNameCountToo() throws {
    let repository = try TemporaryRepository()
    let (standard, own) = (repository.outside("l"), repository.outside("o"))
    try repository.dver("remote", "add", "-d", "l", standard).requireSuccess()
    try repository.dver("remote", "add", "o", own).requireSuccess()
    func object(_ text: String, in store: String) throws -> String {
      let sum = try repository.shell("printf '\(text)\\n' | sha256sum | cut -c1-64")
        .requireSuccess().lines[0]
      return "\(store)/objects/\(sum.prefix(2))/\(sum.dropFirst(2))"
    }
    for name in ["foo", "bar"] { try repository.write("\(name)\n", to: name) }
    try repository.dver("add", "foo", "bar").requireSuccess()
    try repository.append("  remote: o\n", to: "foo.dver")
    try repository.commitAll()
    try repository.dver("push").requireSuccess()
    let (old, new) = (try object("foo", in: own), try object("new", in: own))
    #expect(repository.exists(old))
    // What its remote lacks stays.
    try repository.remove(object("bar", in: standard))
    try repository.dver("gc", "-q", "-w", "-f", "--not-in-remote").requireSuccess()
    #expect(try !repository.exists(object("foo", in: ".dver/cache")))
    #expect(try repository.exists(object("bar", in: ".dver/cache")))
    try repository.write("new\n", to: "foo")
    try repository.dver("add", "foo").requireSuccess()
    try repository.commitAll()
    try repository.dver("push", "-q").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f", "-c").requireSuccess()
    #expect(!repository.exists(old) && repository.exists(new))
    // One that is not configured here is named, and keeps no other from being collected.
    try repository.append("  remote: gone\n", to: "bar.dver")
    let rest = try repository.dver("gc", "-w", "-f", "-c").requireSuccess()
    #expect(rest.standardError.contains("outputs name remote 'gone', which is not configured"))
    // A share that is not mounted keeps nobody from collecting, and nothing goes for its sake.
    try repository.move(own, to: repository.outside("elsewhere"))
    let warned = try repository.dver("gc", "-w", "-f", "--not-in-remote").requireSuccess()
    #expect(warned.standardError.contains("remote 'o' was used before: what is pushed there"))
    #expect(try repository.exists(object("new", in: ".dver/cache")))
  }

  @Test func shallowClonesLeaveSharedStoresAlone() throws {
    let (versions, remote) = try pushed()
    let shallow = versions.repository.outside("shallow")
    try versions.repository.git(
      "clone", "-q", "--depth", "1", "file://\(versions.repository.path)", shallow
    ).requireSuccess()
    let repository = versions.repository
    try repository.dver("--cd", shallow, "remote", "add", "-d", "shared", remote).requireSuccess()
    let result = try repository.dver(
      "--cd", shallow, "gc", "-A", "-c", "-f"
    ).requireStatus(2)
    #expect(result.standardError.contains("shallow or partial"))
    try versions.repository.dver("--cd", shallow, "gc", "-w", "-c", "-f", "--dry").requireSuccess()
    #expect(try versions.present(in: remote) == Set(Versions.contents))
  }

  @Test func remotesMustBeThere() throws {
    let versions = try Versions()
    try versions.repository.dver("gc", "-w", "-f", "-c").requireStatus(2)
    try versions.repository.dver("remote", "add", "r", versions.repository.outside("r"))
      .requireSuccess()
    try versions.repository.dver("gc", "-w", "-f", "-c", "-r", "r").requireStatus(2)
    try versions.repository.dver("gc", "-w", "-f", "-c", "-r", "s").requireStatus(2)
    #expect(try versions.present() == Set(Versions.contents))
  }

  @Test func theCacheIsNoRemote() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.symlink(".dver/cache", at: "link")
    for path in [".dver/cache", "link"] {
      try repository.dver("remote", "add", "-f", "-d", "r", path).requireStatus(2)
      try repository.git("config", "-f", ".dver/config", "remote.r.url", "../\(path)")
        .requireSuccess()
      try repository.dver("remote", "default", "r").requireSuccess()
      for command in [["push"], ["status", "-c"], ["gc", "-w", "-f", "--not-in-remote"]] {
        let result = try repository.run(command).requireStatus(2)
        #expect(result.standardError.contains("remote 'r' is the cache itself"))
      }
      let doctor = try repository.dver("doctor").requireStatus(2)
      #expect(doctor.transcript.contains("remote 'r' is the cache itself"))
    }
    #expect(try versions.present() == Set(Versions.contents))
  }

  // MARK: Shared caches

  @Test func aSharedCacheKeepsWhatOthersHave() throws {
    let first = try TemporaryRepository()
    let cache = first.outside("cache")
    let second = try TemporaryRepository()
    for (repository, text) in [(first, "one\n"), (second, "two\n")] {
      try repository.dver("cache", "dir", cache).requireSuccess()
      for version in ["", "more "] {
        try repository.write(version + text, to: "d/f")
        try repository.dver("add", "-q", "d").requireSuccess()
        try repository.commitAll()
      }
    }
    try first.dver("gc", "-q", "-w", "-f").requireSuccess()
    let kept = try first.shell("cat \(cache)/objects/*/* | grep -E '^(more )?(one|two)$' | sort")
      .requireSuccess().lines
    #expect(kept == ["more one", "more two", "two"])
    try second.dver("gc", "-q", "-w", "-f").requireSuccess()
    let left = try first.shell("cat \(cache)/objects/*/* | grep -E '^(more )?(one|two)$' | sort")
      .requireSuccess().lines
    #expect(left == ["more one", "more two"])
    // Others may be at work, so the trash waits.
    let result = try first.dver("gc", "--empty-trash", "-f").requireSuccess()
    #expect(result.standardError.contains("for 24 hours"))
    try second.requireClean()
    try first.requireClean()
  }

  @Test func aCopyOfAProjectIsAProjectOfItsOwn() throws {
    let first = try TemporaryRepository()
    let cache = first.outside("cache")
    let copy = first.outside("copy")
    try first.dver("cache", "dir", cache).requireSuccess()
    for text in ["one\n", "two\n"] {
      try first.write(text, to: "f")
      try first.dver("add", "-q", "f").requireSuccess()
      try first.commitAll()
    }
    // A copy that is moved stays what it is.
    try first.shell("cp -a . \(copy)1 && mv \(copy)1 \(copy)").requireSuccess()
    try first.write("own\n", to: copy + "/g")
    try first.dver("--cd", copy, "add", "-q", "g").requireSuccess()
    #expect(try first.shell("ls \(cache)/names").requireSuccess().lines.count == 2)
    // The original has nothing of that any more.
    try first.dver("remove", "-q", "f.dver").requireSuccess()
    try first.commitAll()
    try first.dver("gc", "-q", "-w", "-f").requireSuccess()
    let script = "cat \(cache)/objects/*/* | grep -E '^(one|two|own)$' | sort"
    #expect(try first.shell(script).requireSuccess().lines == ["one", "own", "two"])
    try first.shell("mv \(copy) \(copy)2").requireSuccess()
    try first.dver("--cd", copy + "2", "gc", "-q", "-w", "-f").requireSuccess()
    #expect(try first.shell(script).requireSuccess().lines == ["own", "two"])
    #expect(try first.shell("ls \(cache)/names").requireSuccess().lines.count <= 2)
  }
}
