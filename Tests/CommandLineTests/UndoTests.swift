import TestSupport
import Testing

/// `dver undo` and `dver op log`.
@Suite struct UndoTests {
  /// What must come back: files, and what git's index says of them.
  private struct Snapshot: Equatable, CustomStringConvertible {
    let tree: [TreeEntry]
    let index: [String]

    init(_ repository: TemporaryRepository) throws {
      let private_: Set<String> = [".git", "cache", "tmp", "state"]
      tree = try repository.tree(ignoring: private_).filter { $0.kind != .directory }
      index = try repository.git("ls-files", "--stage").requireSuccess().lines
    }

    var description: String {
      (tree.map(\.description) + index).joined(separator: "\n")
    }
  }

  /// Two versions of `data` and `single`, both in git; the second one is checked out.
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.write("2\n", to: "data/sub/b")
    try repository.symlink("sub/b", at: "data/link")
    try repository.write("one\n", to: "single")
    try repository.dver("add", "-q", "data", "single").requireSuccess()
    try repository.commitAll("one")
    try repository.write("1, changed\n", to: "data/a")
    try repository.remove("data/link")
    try repository.write("two\n", to: "single")
    try repository.chmod(0o755, "single")
    try repository.dver("add", "-q", "data", "single").requireSuccess()
    try repository.commitAll("two")
    return repository
  }

  /// Runs a command, takes it back, repeats it, and compares.
  private func requireReversible(
    _ repository: TemporaryRepository, _ arguments: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try Snapshot(repository)
    try repository.dverCommand(arguments).run().requireSuccess()
    let after = try Snapshot(repository)
    #expect(before != after, sourceLocation: sourceLocation)
    let number = try lastOperation(repository)
    try repository.dver("undo").requireSuccess()
    #expect(try Snapshot(repository) == before, sourceLocation: sourceLocation)
    try repository.dver("undo", "--to", number).requireSuccess()
    #expect(try Snapshot(repository) == after, sourceLocation: sourceLocation)
    try repository.dver("undo").requireSuccess()
    #expect(try Snapshot(repository) == before, sourceLocation: sourceLocation)
  }

  private func lastOperation(_ repository: TemporaryRepository) throws -> String {
    let line = try repository.dver("op", "log", "-n", "1").requireSuccess().lines[0]
    return String(line.prefix { $0 != "\t" })
  }

  @Test func everyCommandCanBeTakenBackAndRepeated() throws {
    let repository = try repository()
    try repository.write("new\n", to: "more/x")
    try requireReversible(repository, ["add", "more"])
    try repository.remove("more")
    try requireReversible(repository, ["move", "data", "moved"])
    try requireReversible(repository, ["move", "single", "data2"])
    try requireReversible(repository, ["remove", "data.dver"])
    try requireReversible(repository, ["remove", "--outs", "data", "single"])
    try requireReversible(repository, ["config", "core.autostage", "true"])
    try requireReversible(repository, ["config", "--local", "core.lock_timeout", "3"])
    try requireReversible(repository, ["remote", "add", "-d", "r", repository.outside("r")])
    try repository.write("elsewhere\n", to: repository.outside("file"))
    try requireReversible(repository, ["add", "-o", "copy", repository.outside("file")])
    try requireReversible(repository, ["add", "-f", "-o", "single", repository.outside("file")])
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    try requireReversible(repository, ["checkout"])
    try requireReversible(repository, ["checkout", "data"])
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.write("edited\n", to: "data/a")
    try repository.write("untracked\n", to: "data/new")
    try requireReversible(repository, ["commit", "-f"])
    try requireReversible(repository, ["checkout", "-f"])
    try requireReversible(repository, ["remove", "single"])
    try repository.remove("single")
    try requireReversible(repository, ["checkout", "single"])
  }

  @Test func whatForceDropsComesBack() throws {
    let repository = try repository()
    try repository.write("nowhere else\n", to: "data/a")
    try repository.write("nor this\n", to: "data/new")
    try repository.symlink("anywhere", at: "data/l")
    try repository.remove("single")
    try repository.symlink("/nowhere", at: "single")
    let before = try Snapshot(repository)
    try repository.dver("checkout", "-f", "-q").requireSuccess()
    #expect(try repository.readText("data/a") == "1, changed\n")
    #expect(!repository.exists("data/new"))
    #expect(try repository.readText("single") == "two\n")
    try repository.dver("undo").requireSuccess()
    #expect(try Snapshot(repository) == before)
    try repository.requireTrueNames()
  }

  @Test func pipelinesComeBackWithTheirOutputs() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write(
      """
      stages:
        a:
          cmd: mkdir o && cat in > o/x
          deps: [in]
          outs: [o]
        b:
          cmd: cat o/x > metrics
          deps: [o]
          metrics: [{metrics: {cache: false}}]

      """, to: "dver.yaml")
    try repository.commitAll()
    try requireReversible(repository, ["repro"])
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.write("2\n", to: "in")
    try requireReversible(repository, ["repro"])
    try repository.write("edited by hand\n", to: "o/x")
    try requireReversible(repository, ["repro"])
    try repository.dver("repro", "-q").requireSuccess()
    try repository.remove("o")
    try requireReversible(repository, ["repro"])
  }

  @Test func aResolvedMergeIsInConflictAgain() throws {
    let repository = try repository()
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    try repository.write("theirs\n", to: "data/a")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    try repository.write("ours\n", to: "data/a")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll()
    try repository.git("merge", "-q", "other").requireStatus(1)
    let pointer = try repository.readText("data.dver")
    // Of the pointer and of the manifest's only node.
    let conflict = try repository.git("ls-files", "-u").lines
    #expect(conflict.count == 6)
    try repository.dver("resolve", "--theirs").requireSuccess()
    let resolved = try Snapshot(repository)
    let number = try lastOperation(repository)
    try repository.dver("undo").requireSuccess()
    #expect(try repository.git("ls-files", "-u").lines == conflict)
    #expect(try repository.readText("data.dver") == pointer)
    try repository.dver("undo", "--to", number).requireSuccess()
    #expect(try Snapshot(repository) == resolved)
  }

  @Test func nothingIsTakenBackWhereSomethingChangedSince() throws {
    let repository = try repository()
    try repository.dver("remove", "-q", "single", "--outs").requireSuccess()
    try repository.write("mine\n", to: "single")
    try repository.write("outs: []\n", to: "single.dver")
    let before = try Snapshot(repository)
    let refused = try repository.dver("undo").requireStatus(2)
    #expect(refused.standardError.contains("have changed: single, single.dver"))
    #expect(try Snapshot(repository) == before)
    try repository.remove("single")
    try repository.remove("single.dver")
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText("single") == "two\n")
    #expect(try repository.entry("single").mode & 0o100 == 0o100)
  }

  /// The folder `d` as a checkout of its first version has left it; both are in git.
  private func checkedOut(_ arguments: String...) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    for version in ["one\n", "two\n"] {
      try repository.write(version, to: "d/a")
      try repository.write(version, to: "d/b")
      try repository.dver("add", "-q", "d").requireSuccess()
      try repository.commitAll()
    }
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    let command = ["checkout", "-q"] + arguments
    try repository.dverCommand(command).run().requireSuccess()
    return repository
  }

  @Test func anInterruptedUndoTakesNothingThatCameLater() throws {
    let repository = try checkedOut()
    // As one that was killed between the two files leaves it.
    try repository.write("undo \(lastOperation(repository))\n", to: ".dver/state/undoing")
    try repository.write("two\n", to: "d/a")
    try repository.write("mine\n", to: "d/b")
    try repository.write("mine, too\n", to: "d/c")
    let before = try Snapshot(repository)
    for arguments in [["undo", "--dry"], ["undo"]] {
      let refused = try repository.dverCommand(arguments).run().requireStatus(2)
      #expect(refused.standardError.contains("these have changed: d/b, d/c\n"))
    }
    #expect(try Snapshot(repository) == before)
    try repository.write("one\n", to: "d/b")
    try repository.remove("d/c")
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText("d/a") == "two\n")
    #expect(try repository.readText("d/b") == "two\n")
  }

  @Test(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
  func anUndoThatChangedNothingWasNotBegun() throws {
    let repository = try checkedOut()
    // While what is to be restored is made ready.
    let failed = try FaultPlan(root: repository.root).run(
      repository.dverCommand(["undo"]), number: 20, action: .diskFull)
    try failed.requireStatus(2)
    #expect(try repository.readText("d/a") == "one\n")
    #expect(!repository.exists(".dver/state/undoing"))
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText("d/a") == "two\n")
  }

  /// Of a part of a directory the record does not say what the whole was afterwards.
  @Test func whatCameAfterACheckoutOfAPartStays() throws {
    let repository = try checkedOut("d/a")
    try repository.write("mine\n", to: "d/b")
    try repository.write("mine, too\n", to: "d/c")
    let refused = try repository.dver("undo").requireStatus(2)
    #expect(refused.standardError.contains("these have changed: d/b, d/c\n"))
    #expect(try repository.readText("d/b") == "mine\n")
    try repository.write("two\n", to: "d/b")
    try repository.remove("d/c")
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText("d/a") == "two\n")
  }

  @Test func whatIsGoneIsSaid() throws {
    let repository = try repository()
    try repository.dver("remove", "-q", "single", "--outs").requireSuccess()
    try repository.remove(".dver/cache/objects")
    let refused = try repository.dver("undo").requireStatus(4)
    #expect(refused.standardError.contains("this is gone: the data of single"))
    #expect(!repository.exists("single.dver"))
  }

  @Test func linesOfOthersStay() throws {
    let repository = try repository()
    try repository.write("x\n", to: "x")
    try repository.dver("add", "-q", "x").requireSuccess()
    try repository.append("*.log\n", to: ".gitignore")
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText(".gitignore") == "/data\n/single\n*.log\n")
    #expect(!repository.exists("x.dver"))
    #expect(repository.exists("x"))
  }

  @Test func undoGoesFurtherBackEachTime() throws {
    let repository = try TemporaryRepository()
    let start = try Snapshot(repository)
    for name in ["a", "b", "c"] {
      try repository.write(name, to: name)
      try repository.dver("add", "-q", name).requireSuccess()
    }
    #expect(try repository.dver("undo").lines == ["Undid 3: dver add c"])
    #expect(try repository.dver("undo").lines == ["Undid 2: dver add b"])
    let log = try repository.dver("op", "log").lines
    #expect(
      log.map { $0.split(separator: "\t").last.map(String.init) } == [
        "dver undo  (undid 2)", "dver undo  (undid 3)", "dver add c  (undone)",
        "dver add b  (undone)", "dver add a",
      ])
    try repository.write("d", to: "d")
    try repository.dver("add", "-q", "d").requireSuccess()
    let dry = try repository.dver("undo", "--to", "3", "--dry").requireSuccess()
    #expect(
      dry.lines.filter { !$0.hasPrefix("  ") } == [
        "Would undo 6: dver add d", "Would repeat 2: dver add b", "Would repeat 3: dver add c",
      ])
    #expect(repository.exists("d.dver"))
    try repository.dver("undo", "--to", "3").requireSuccess()
    #expect(
      try repository.files().filter { $0.hasSuffix(".dver") && !$0.hasPrefix(".dver") }
        == ["a.dver", "b.dver", "c.dver"])
    try repository.dver("undo", "--to", "0").requireSuccess()
    for name in ["a", "b", "c", "d"] { try repository.remove(name) }
    #expect(try Snapshot(repository) == start)
    #expect(try repository.dver("undo").requireStatus(2).standardError.contains("nothing to take"))
    let back = try repository.dver("undo", "--to", "3", "--json").requireSuccess()
    #expect(back.standardOutput.contains(#""redone": [{"op": 1, "command": "dver add a""#))
  }

  @Test func badNumbersAreRefused() throws {
    let repository = try repository()
    for text in ["99", "x", "-1"] {
      let result = try repository.dver("undo", "--to", text)
      #expect(result.status == .exited(2) || result.status == .exited(64), "\(text)")
    }
    try repository.dver("op", "log", "-n", "-2").requireStatus(64)
    #expect(
      try repository.dver("op", "log", "-n", "1", "--json").standardOutput.hasPrefix(#"[{"op""#))
  }

  @Test func whatChangesNothingIsNoOperation() throws {
    let repository = try repository()
    let last = try lastOperation(repository)
    for command in [["add", "data"], ["checkout"], ["status"], ["commit"], ["undo", "--dry"]] {
      try repository.dverCommand(command).run().requireSuccess()
    }
    #expect(try lastOperation(repository) == last)
  }

  @Test func recordsAreKeptForATime() throws {
    let repository = try repository()
    try repository.shell("touch -d '91 days ago' .dver/state/operations/000000000001.done")
      .requireSuccess()
    try repository.dver("config", "core.lock_timeout", "5").requireSuccess()
    #expect(
      try repository.files(".dver/state/operations") == ["000000000002.done", "000000000003.done"])
    #expect(try repository.dver("op", "log").lines.count == 2)
    // More than are kept; those that cannot be read are no operations.
    try repository.shell(
      "cd .dver/state/operations && for n in $(seq 1 1100); do touch 0000000$((10000 + n)).done; done"
    )
    .requireSuccess()
    try repository.dver("config", "core.lock_timeout", "6").requireSuccess()
    #expect(try repository.files(".dver/state/operations").count == 1000)
    #expect(try repository.dver("undo").lines == ["Undid 11101: dver config"])
  }

  @Test func namesOfEveryKindComeBack() throws {
    let repository = try TemporaryRepository()
    for name in ["a b", "q\"u", "n\nl", "back\\slash"] {
      try repository.write("\(name)\n", to: name)
      let before = try Snapshot(repository)
      try repository.dver("add", "-q", name).requireSuccess()
      let added = try Snapshot(repository)
      try repository.dver("remove", "-q", "--outs", name).requireSuccess()
      try repository.dver("undo").requireSuccess()
      #expect(try Snapshot(repository) == added)
      try repository.dver("undo").requireSuccess()
      #expect(try Snapshot(repository) == before)
    }
  }

  @Test func withoutGitItWorksToo() throws {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.dver("init", "--no-scm", "-q").requireSuccess()
    try repository.write("1\n", to: "data/a")
    try repository.dver("add", "-q", "data").requireSuccess()
    let before = try repository.tree(ignoring: ["cache", "tmp", "state"])
    try repository.dver("remove", "-q", "--outs", "data").requireSuccess()
    try repository.dver("undo").requireSuccess()
    #expect(try repository.tree(ignoring: ["cache", "tmp", "state"]) == before)
  }

  /// The next one finishes it, and goes no further.
  @Test func anInterruptedUndoTakesBackOneOperation() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "--local", "-q", "core.lock_timeout", "0").requireSuccess()
    var pointers: [String] = []
    for text in ["0", "1", "2", "3"] {
      try repository.write(text, to: "a")
      try repository.dver("add", "-q", "a").requireSuccess()
      pointers.append(try repository.readText("a.dver"))
    }
    func requirePointer(_ number: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
      let present = try repository.readText("a.dver")
      #expect(present == pointers[number], sourceLocation: sourceLocation)
    }
    try repository.write("", to: ".git/index.lock")
    let refused = try repository.dver("undo").requireStatus(5)
    #expect(refused.standardError.contains(".git/index.lock"))
    try requirePointer(3)
    try repository.remove(".git/index.lock")
    let undone = try repository.dver("undo").requireSuccess()
    try requirePointer(2)
    // As if it had been killed before its end, when all was done and written down.
    let number = try #require(undone.standardOutput.split(separator: " ").dropFirst().first)
      .prefix { $0.isNumber }
    try repository.write("undo \(number)\n", to: ".dver/state/undoing")
    let finished = try repository.dver("undo").requireSuccess()
    #expect(finished.standardOutput == undone.standardOutput)
    try requirePointer(2)
    try repository.dver("undo").requireSuccess()
    try requirePointer(1)
    // Other work came after it.
    try repository.write("undo \(number)\n", to: ".dver/state/undoing")
    try repository.write("4", to: "a")
    try repository.dver("add", "-q", "a").requireSuccess()
    try repository.dver("undo").requireSuccess()
    try requirePointer(1)
  }
}
