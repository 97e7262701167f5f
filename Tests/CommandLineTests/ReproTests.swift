import Glibc
import TestSupport
import Testing

@Suite struct ReproTests {
  func repository(_ stages: String) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write("stages:\n" + stages, to: "dver.yaml")
    return repository
  }

  private static let chain = """
      a: {cmd: cp in a, deps: [in], outs: [a]}
      b: {cmd: cp a b, deps: [a], outs: [b]}
      c: {cmd: cp b c, deps: [b], outs: [c]}

    """

  // MARK: Answers

  @Test func failuresAreOneLineOfJSON() throws {
    let repository = try repository(
      "  bad: {cmd: exit 7, outs: [x]}\n  next: {cmd: cp x y, deps: [x], outs: [y]}\n")
    let result = try repository.dver("repro", "--json").requireStatus(3)
    #expect(result.standardOutput.isEmpty)
    #expect(
      result.standardError.contains(
        "exited with status 7; stage 'next' was skipped because of 'bad'\""))
  }

  @Test func namesAreThoseOfTheUsersFolder() throws {
    let repository = try TemporaryRepository()
    try repository.write("stages:\n  a: {cmd: echo 1 >o, outs: [o]}\n", to: "p/dver.yaml")
    try repository.write("stages:\n  z: {cmd: exit 1, deps: [p/o], outs: [z]}\n", to: "dver.yaml")
    let inside = try repository.dver("repro", "--cd", "p").requireSuccess()
    #expect(inside.standardOutput.hasPrefix("Running stage 'a':\n"))
    let status = try repository.dver("status", "--json", "--cd", "p").requireSuccess()
    #expect(status.standardOutput.hasPrefix("{\"../dver.yaml:z\": ["))
    #expect(
      try repository.dver("dag", "--dot", "--cd", "p").standardOutput.contains(
        "\"a\" -> \"../dver.yaml:z\""))
    let failed = try repository.dver("repro", "--cd", "p", "-P").requireStatus(3)
    #expect(failed.standardError.contains("stage '../dver.yaml:z' failed"))
    let root = try repository.dver("status", "--json").requireSuccess()
    #expect(root.standardOutput.hasPrefix("{\"z\": ["))
  }

  @Test func askingWithoutATerminalIsAFailure() throws {
    let repository = try repository(Self.chain)
    let result = try repository.dver("repro", "-i").requireStatus(2)
    #expect(result.standardError.contains("stage 'a' was not run"))
    #expect(!repository.exists("a"))
    try repository.dver("repro", "-q").requireSuccess()
    try repository.dver("repro", "-i").requireSuccess()
  }

  @Test func durationsAreShort() throws {
    let repository = try repository("  a: {cmd: 'true'}\n")
    let lines = try repository.dver("repro", "-v").requireSuccess().lines
    let last = try #require(lines.last { $0.contains("took") })
    #expect(last.utf8.count <= "Stage 'a' took 100.00 s".utf8.count)
  }

  @Test func anInterruptedRunEndsWith130AndTheOldOutputs() throws {
    let repository = try repository("  s: {cmd: 'touch began; cat fifo; cp in o', outs: [o]}\n")
    try repository.write("old\n", to: "o")
    try repository.shell("mkfifo fifo").requireSuccess()
    let running = try repository.dverCommand(["repro"]).start()
    try running.wait(until: { repository.exists("began") })
    running.send(SIGINT)
    try running.wait().requireStatus(130)
    #expect(try repository.readText("o") == "old\n")
  }

  /// In JSON a path is itself, and not as people are told it.
  @Test func aDrawingOfOutputsHasTheirPaths() throws {
    let repository = try TemporaryRepository()
    try repository.write(#"stages: {a: {cmd: "true", outs: ['q"x']}}"#, to: "dver.yaml")
    let json = try repository.dver("dag", "--outs", "--json").requireSuccess()
    #expect(json.standardOutput == #"{"nodes": ["q\"x"], "edges": []}"# + "\n")
    try repository.dver("dag", "--outs", "--collapse").requireStatus(64)
  }

  // MARK: Which stages

  @Test func flagsChooseStages() throws {
    let repository = try repository(Self.chain + "  other: {cmd: touch o, outs: [o]}\n")
    func stages(_ arguments: String...) throws -> [String] {
      let words: [any ByteText] = ["repro", "--dry", "-f"] + arguments
      return try repository.dverCommand(words).run().requireSuccess().lines
        .filter { $0.hasPrefix("Running stage") || $0.contains("would fail") }
        .map { String($0.split(separator: "'")[1]) }
    }
    #expect(try stages("b") == ["a", "b"])
    #expect(try stages("-s", "b") == ["b"])
    #expect(try stages("-s", "c", "b") == ["c", "b"])
    #expect(try stages("--downstream", "b") == ["b", "c"])
    #expect(try stages("-p", "b") == ["a", "b", "c"])
    #expect(try stages("-P") == ["a", "b", "c", "other"])
    #expect(try stages("--glob", "[ao]*") == ["a", "other"])
    #expect(try stages("c", "other") == ["a", "b", "c", "other"])
    #expect(try stages("-R", ".") == ["a", "b", "c", "other"])
    try repository.dver("repro", "nothing").requireStatus(2)
    try repository.dver("repro", "--glob", "x*").requireStatus(2)
  }

  @Test func downstreamCanBeForced() throws {
    let repository = try repository(
      """
        a: {cmd: cp in a, deps: [in], outs: [a], always_changed: true}
        b: {cmd: cp a b, deps: [a], outs: [b]}

      """)
    try repository.dver("repro", "-q").requireSuccess()
    let usual = try repository.dver("repro").requireSuccess().standardOutput
    #expect(usual.contains("Stage 'b' didn't change"))
    let forced = try repository.dver("repro", "--force-downstream").requireSuccess().standardOutput
    #expect(forced.contains("Running stage 'b'"))
  }

  @Test func singleStagesRunInTheOrderOfTargets() throws {
    let repository = try repository(Self.chain)
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write("2\n", to: "in")
    try repository.dver("repro", "-q", "-s", "b", "a").requireSuccess()
    #expect(try repository.readText("a") == "2\n")
    #expect(try repository.readText("b") == "1\n")
    try repository.dver("repro", "-q", "-s", "b", "c").requireSuccess()
    #expect(try repository.readText("c") == "2\n")
  }

  @Test func failuresStopAsMuchAsWanted() throws {
    let repository = try repository(
      """
        bad: {cmd: exit 1, outs: [x]}
        below: {cmd: 'echo 1 >y', deps: [x], outs: [y]}
        other: {cmd: 'echo 1 >z', outs: [z]}

      """)
    try repository.dver("repro", "-j1").requireStatus(3)
    #expect(!repository.exists("z"))
    try repository.dver("repro", "-j1", "-k").requireStatus(3)
    #expect(repository.exists("z") && !repository.exists("y"))
    try repository.write("", to: "x")
    let result = try repository.dver("repro", "-j1", "--ignore-errors").requireStatus(3)
    #expect(result.standardError.contains("'bad' failed"))
    #expect(repository.exists("y"))
  }

  // MARK: Frozen

  @Test func whatStandsInTheOutputsOfAFrozenStageIsRecorded() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  f: {cmd: cp a f, deps: [a], outs: [f], frozen: true}\n", to: "dver.yaml")
    try repository.write("a\n", to: "a")
    try repository.write("made by hand\n", to: "f")
    try repository.dver("repro").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    try repository.remove("f")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("f") == "made by hand\n")
  }

  @Test func frozenStagesNeverRun() throws {
    let stages = "  a: {cmd: cp in a, deps: [in], outs: [a], frozen: FLAG}\n"
    let repository = try repository(stages.replacing("FLAG", with: "true"))
    let missing = try repository.dver("repro").requireStatus(3)
    #expect(missing.standardError.contains("it is frozen, and its output a is missing"))
    try repository.write("stages:\n" + stages.replacing("FLAG", with: "false"), to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write("stages:\n" + stages.replacing("FLAG", with: "true"), to: "dver.yaml")
    try repository.write("2\n", to: "in")
    let fresh = try repository.dver("repro", "-f").requireSuccess()
    #expect(fresh.standardOutput == "Stage 'a' didn't change, skipping\n")
    try repository.remove("a")
    let restored = try repository.dver("repro").requireSuccess()
    #expect(restored.standardOutput == "Stage 'a' is cached, outputs restored\n")
    #expect(try repository.readText("a") == "1\n")
  }

  @Test func aNameMayHoldSlashes() throws {
    let repository = try repository("  text/a: {cmd: cp in out, deps: [in], outs: [out]}\n")
    try repository.write("a file\n", to: "text/a")
    for target in ["text/a", "dver.yaml:text/a"] {
      let repro = try repository.dver("repro", "-f", target).requireSuccess()
      #expect(repro.standardOutput.contains("Running stage 'text/a':"))
    }
    #expect(try repository.readText("dver.lock").contains("  text/a:\n"))
    try repository.dver("freeze", "text/a").requireSuccess()
    #expect(
      try repository.dver("stage", "list", "--name-only").requireSuccess().standardOutput
        == "text/a\n")
    try repository.dver("log", "text/a").requireSuccess()
    try repository.dver("remove", "text/a").requireSuccess()
    #expect(!repository.exists("dver.yaml"))
  }

  /// DVC takes such stages, too.
  @Test(arguments: ["[]", "''"])
  func aStageWithoutACommandDoesNothing(command: String) throws {
    let repository = try repository(
      "  a: {cmd: \(command)}\n  b: {cmd: \(command), deps: [in]}\n"
        + "  c: {cmd: cp in c, outs: [c]}\n")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("c") == "1\n")
    try repository.dver("status", "-q").requireSuccess()
    let again = try repository.dver("repro").requireSuccess()
    #expect(!again.standardOutput.contains("Running"))
  }

  @Test func statusSaysThatAFrozenStageWouldAlwaysRun() throws {
    let repository = try repository("  a: {cmd: echo}\n")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write("stages:\n  a: {cmd: echo, frozen: true}\n", to: "dver.yaml")
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(status.standardOutput == #"{"a": ["always changed"]}"# + "\n")
    let repro = try repository.dver("repro").requireSuccess()
    #expect(repro.standardOutput.contains("Stage 'a' didn't change, skipping\n"))
  }

  @Test func whatStandsInAFrozenStagesPlaceIsRecorded() throws {
    let repository = try repository("  a: {cmd: cp in a, deps: [in], outs: [a]}\n")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write(
      "stages:\n  a: {cmd: cp in a, deps: [in], outs: [a], frozen: true}\n", to: "dver.yaml")
    try repository.remove(".dver/cache")
    try repository.write("by hand\n", to: "a")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("a") == "by hand\n")
    try repository.dver("status", "-q").requireSuccess()
    try repository.remove("a")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("a") == "by hand\n")
  }

  // MARK: What stages read

  @Test(arguments: [("echo x >a", "modified"), ("rm a", "deleted")])
  func statusNamesTheReadersOfAChangedOutput(_ edit: String, _ word: String) throws {
    let repository = try repository(Self.chain)
    try repository.dver("repro", "-q").requireSuccess()
    try repository.shell(edit).requireSuccess()
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(
      status.standardOutput
        == "{\"a\": [{\"changed outs\": {\"a\": \"\(word)\"}}], "
        + "\"b\": [{\"changed deps\": {\"a\": \"\(word)\"}}]}\n")
    // The old content comes back, and nothing runs.
    let dry = try repository.dver("repro", "--dry").requireSuccess()
    #expect(!dry.standardOutput.contains("Running stage"))
    let repro = try repository.dver("repro").requireSuccess()
    #expect(!repro.standardOutput.contains("Running stage"))
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test func linksOutOfADependencyCount() throws {
    let repository = try repository("  a: {cmd: 'cat d/l/* d/f >a', deps: [d], outs: [a]}\n")
    try repository.write("1\n", to: "elsewhere/x")
    try repository.write("1\n", to: "single")
    try repository.makeDirectory("d")
    for (name, target) in [
      ("l", "../elsewhere"), ("f", "../single"), ("up", ".."), ("null", "/dev/null"),
      ("broken", "nowhere"),
    ] {
      try repository.symlink(target, at: "d/\(name)")
    }
    try repository.dver("repro", "-q").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    for file in ["elsewhere/x", "single"] {
      try repository.write("other\n", to: file)
      let status = try repository.dver("status", "--json").requireSuccess()
      #expect(status.standardOutput == "{\"a\": [{\"changed deps\": {\"d\": \"modified\"}}]}\n")
      try repository.dver("repro", "-q").requireSuccess()
      try repository.dver("status", "-q").requireSuccess()
    }
  }

  @Test func theExecutableBitIsNoReasonToRun() throws {
    let repository = try repository("  a: {cmd: cp in a, deps: [in], outs: [a]}\n")
    try repository.dver("add", "in").requireSuccess()
    try repository.dver("repro", "-q").requireSuccess()
    try repository.chmod(0o755, "in")
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(
      status.standardOutput == "{\"in.dver\": [{\"changed outs\": {\"in\": \"modified\"}}]}\n")
    try repository.dver("checkout").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    try repository.chmod(0o755, "in")
    let repro = try repository.dver("repro").requireSuccess()
    #expect(repro.standardOutput.contains("Stage 'a' didn't change, skipping"))
    #expect(try repository.readText("in.dver").contains("isexec: true"))
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test func aFileWithoutStagesIsUpToDate() throws {
    let repository = try TemporaryRepository()
    let missing = try repository.dver("repro").requireStatus(2)
    #expect(missing.standardError.contains("there is no dver.yaml\n"))
    try repository.write("artifacts: {m: {path: m.pkl}}\n", to: "dver.yaml")
    let result = try repository.dver("repro").requireSuccess()
    #expect(result.standardError == "Data and pipelines are up to date.\n")
  }

  // MARK: What is kept

  @Test func outputsLeftOutOfTheCacheAreCommittedWithoutAQuestion() throws {
    let repository = try repository("  a: {cmd: cp in a, deps: [in], outs: [a]}\n")
    try repository.dver("repro", "--no-commit", "-q").requireSuccess()
    #expect(try repository.dver("status").standardOutput.contains("not in cache"))
    try repository.dver("commit").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    try repository.remove("a")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("a") == "1\n")
  }

  @Test func statusTellsOfTheRestWhereAPipelineIsBroken() throws {
    let repository = try repository(Self.chain)
    try repository.dver("add", "in").requireSuccess()
    try repository.write("2\n", to: "in")
    for text in ["stages: [", "stages:\n  a: {cmd: x, outs: [o]}\n  b: {cmd: x, outs: [o]}\n"] {
      try repository.write(text, to: "dver.yaml")
      let result = try repository.dver("status").requireStatus(2)
      #expect(result.standardOutput == "in.dver:\n\tchanged outs:\n\t\tmodified:     in\n")
      #expect(result.standardError.contains("dver: error: "))
      #expect(try repository.dver("status", "--json").requireStatus(2).standardOutput.isEmpty)
    }
  }

  @Test func theDefinitionKeepsItsBytes() throws {
    let text = """
      # head
      stages:
        # first
        a:   # name
          cmd: cp in a  # command

          deps:
          - in   # input
          outs: [a]
          meta: {owner: me}
      # tail

      """
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write(text, to: "dver.yaml")
    for command in [["repro"], ["commit", "-f"], ["repro", "-f"], ["checkout"], ["status"]] {
      try repository.dverCommand(command).run().requireSuccess()
      #expect(try repository.readText("dver.yaml") == text)
    }
  }
}
