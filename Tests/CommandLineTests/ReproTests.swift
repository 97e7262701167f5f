import Glibc
import TestSupport
import Testing

@Suite struct ReproTests {
  private func repository(_ stages: String) throws -> TemporaryRepository {
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

  // MARK: Which stages

  @Test func flagsChooseStages() throws {
    let repository = try repository(Self.chain + "  other: {cmd: touch o, outs: [o]}\n")
    func stages(_ arguments: String...) throws -> [String] {
      let words: [any ByteText] = ["repro", "--dry", "-f"] + arguments
      return try repository.dverCommand(words).run().requireSuccess().lines
        .filter { $0.hasPrefix("Running stage") }
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

  // MARK: Several processes

  private func slow() throws -> TemporaryRepository {
    let repository = try repository(
      "  s: {cmd: 'touch began; cat fifo; cp in o', deps: [in], outs: [o]}\n")
    try repository.shell("mkfifo fifo").requireSuccess()
    return repository
  }

  /// A `repro` whose stage has begun.
  private func begun(in repository: TemporaryRepository) throws -> RunningCommand {
    let command = try repository.dverCommand(["repro"]).start()
    try command.wait(until: { repository.exists("began") })
    return command
  }

  /// A `repro` that waits for a stage that another one runs, and the file with what it says.
  private func waiting(
    in repository: TemporaryRepository
  ) throws -> (command: RunningCommand, errors: String) {
    let errors = repository.outside("errors")
    let command = try Command(
      "/bin/sh", ["-c", "exec \"$0\" repro 2>\"$1\"", BuiltProducts.dver(), errors],
      environment: repository.environment, directory: repository.path
    ).start()
    try command.wait(until: { (try? repository.readText(errors).contains("Waiting")) ?? false })
    return (command, errors)
  }

  @Test func aStageThatRunsElsewhereIsWaitedForAndNotRunAgain() throws {
    let repository = try slow()
    let first = try begun(in: repository)
    // Reading and recording go on meanwhile.
    try repository.write("x\n", to: "data/x")
    try repository.dver("add", "data").requireSuccess()
    try repository.dver("status").requireSuccess()
    let (second, errors) = try waiting(in: repository)
    try repository.shell(": >fifo").requireSuccess()
    try first.wait().requireSuccess()
    let result = try second.wait().requireSuccess()
    #expect(result.standardOutput == "Stage 's' didn't change, skipping\n")
    #expect(
      try repository.readText(errors).contains("process \(first.processIdentifier), which runs"))
  }

  /// The old output is aside: put back, the command would write to it.
  @Test func aCheckoutLeavesOutputsOfRunningStagesAlone() throws {
    let repository = try slow()
    try repository.write("old\n", to: "o")
    try repository.dver("commit", "-f").requireSuccess()
    try repository.write("x\n", to: "data/x")
    try repository.dver("add", "data").requireSuccess()
    try repository.remove("data")
    let running = try repository.dverCommand(["repro", "-f"]).start()
    try running.wait(until: { repository.exists("began") })
    let result = try repository.dver("checkout").requireSuccess()
    #expect(result.standardError.contains("o is left alone: stage 's' is running"))
    #expect(!repository.exists("o") && repository.exists("data/x"))
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try repository.requireClean()
  }

  @Test func ctrlCEndsTheWait() throws {
    let repository = try slow()
    try repository.dver("config", "core.lock_timeout", "3600").requireSuccess()
    let first = try begun(in: repository)
    let (second, errors) = try waiting(in: repository)
    second.sendToGroup(SIGINT)
    try second.wait().requireStatus(130)
    #expect(try !repository.readText(errors).contains("is being run by"))
    try repository.shell(": >fifo").requireSuccess()
    try first.wait().requireSuccess()
  }

  @Test func theWaitEndsWithALockedStatus() throws {
    let repository = try slow()
    try repository.dver("config", "core.lock_timeout", "0").requireSuccess()
    let first = try begun(in: repository)
    let second = try repository.dver("repro").requireStatus(5)
    #expect(
      second.standardError.contains("is being run by process \(first.processIdentifier)"))
    #expect(second.standardError.contains("core.lock_timeout"))
    try repository.shell(": >fifo").requireSuccess()
    try first.wait().requireSuccess()
  }

  @Test func anEditDuringTheRunFailsTheStage() throws {
    let repository = try slow()
    let first = try begun(in: repository)
    try repository.write("edited\n", to: "in")
    try repository.shell(": >fifo").requireSuccess()
    let result = try first.wait().requireStatus(3)
    #expect(result.standardError.contains("dependency in changed while the stage ran"))
    #expect(!repository.exists("o") && !repository.exists("dver.lock"))
  }

  @Test func anEditOfAParameterDuringTheRunFailsTheStage() throws {
    let repository = try repository(
      "  a: {cmd: 'echo \"lr: 2\" >params.yaml; cp params.yaml o', params: [lr], outs: [o]}\n")
    try repository.write("lr: 1\n", to: "params.yaml")
    let result = try repository.dver("repro").requireStatus(3)
    #expect(result.standardError.contains("dependency params.yaml changed while the stage ran"))
    #expect(!repository.exists("o") && !repository.exists("dver.lock"))
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("dver.lock").contains("lr: 2\n"))
  }

  @Test func aStageSeesAnEditOfAParameterDuringTheStageBeforeIt() throws {
    let repository = try repository(
      """
        a: {cmd: 'cp new.yaml params.yaml; echo 1 >a', deps: [in], params: [seed], outs: [a]}
        b: {cmd: cp params.yaml b, deps: [a], params: [lr], outs: [b]}

      """)
    try repository.write("seed: 1\nlr: 1\n", to: "params.yaml")
    try repository.write("seed: 1\nlr: 2\n", to: "new.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("b") == "seed: 1\nlr: 2\n")
    #expect(try repository.readText("dver.lock").contains("lr: 2\n"))
    try repository.dver("status", "-q").requireSuccess()
  }

  // MARK: Commands

  @Test func whatOutlivesAKilledRunIsEndedBeforeOldOutputsAreBack() throws {
    let repository = try repository(
      """
        s:
          cmd: sh -c 'echo $$ >pid; touch began; cat fifo; echo late >o' & wait
          deps: [in]
          outs: [o]

      """)
    try repository.write("old\n", to: "o")
    try repository.shell("mkfifo fifo").requireSuccess()
    let first = try begun(in: repository)
    let process = try #require(Int32(try repository.readText("pid").dropLast()))
    first.send(SIGKILL)
    _ = first.wait()
    // An ended process has no environment.
    let isAlive = "grep -qs '^DVER_RUN=' -z /proc/\(process)/environ"
    try repository.shell(isAlive).requireSuccess()
    let status = try repository.dver("status").requireSuccess()
    #expect(status.standardError.contains("Stage 's' was interrupted"))
    try repository.shell("! \(isAlive)").requireSuccess()
    #expect(try repository.readText("o") == "old\n")
  }

  @Test func aTextOfSeveralLinesStopsAtTheFirstThatFails() throws {
    let repository = try repository(
      """
        a:
          cmd: |
            echo 1 >a; x=1

            test -z "$x"
            exit 7
            echo 2 >b
          outs: [a]

      """)
    let failed = try repository.dver("repro").requireStatus(3)
    #expect(
      failed.standardOutput.hasPrefix(
        "Running stage 'a':\n> echo 1 >a; x=1\n> test -z \"$x\"\n> exit 7\n> echo 2 >b\n"))
    #expect(failed.standardError.contains("its command exited with status 7"))
    #expect(!repository.exists("b"))
  }

  @Test func aTextOfSeveralLinesIsRecordedAsItIsWritten() throws {
    let repository = try repository(
      "  a: {cmd: \"echo 1 >a\\r\\necho 2 >>a\\n\", outs: [a]}\n"
        + "  b: {cmd: [\"x=1\\necho $x >b\"], outs: [b]}\n")
    let dry = try repository.dver("repro", "--dry", "--json").requireSuccess()
    #expect(dry.standardOutput.contains("\"cmd\": [\"echo 1 >a\\r\\necho 2 >>a\\n\"]"))
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("a") == "1\n2\n")
    #expect(try repository.readText("b") == "1\n")
    try repository.dver("status", "-q").requireSuccess()
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
