import Glibc
import TestSupport
import Testing

/// Several processes at once, and commands that outlive theirs.
extension ReproTests {
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

  /// A command that waits for a stage that another one runs, and the file with what it says.
  private func waiting(
    for words: [String] = ["repro"], in repository: TemporaryRepository
  ) throws -> (command: RunningCommand, errors: String) {
    let errors = repository.outside("errors")
    let script = "errors=$1; shift; exec \"$0\" \"$@\" 2>\"$errors\""
    let arguments: [String] = try ["-c", script, BuiltProducts.dver(), errors] + words
    let command = try Command(
      "/bin/sh", arguments, environment: repository.environment, directory: repository.path
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
    let document = try repository.dver("checkout", "--json", "o").requireSuccess().standardOutput
    #expect(document.hasSuffix(#""left_alone": ["o"]}"# + "\n"))
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try repository.requireClean()
  }

  @Test func aCommitDoesNotRecordWhatACommandIsWriting() throws {
    let repository = try slow()
    let running = try begun(in: repository)
    try repository.write("half\n", to: "o")
    let refused = try repository.dver("commit", "-f", "s").requireStatus(5)
    #expect(
      refused.standardError.contains(
        "stage 's' is being run by process \(running.processIdentifier)"))
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try repository.requireClean()
  }

  /// The old output is aside, and comes back when the command fails.
  @Test func destroyWaitsForStagesThatRun() throws {
    let repository = try repository(
      "  s: {cmd: 'touch began; cat fifo; exit 1', deps: [in], outs: [o: {cache: false}]}\n")
    try repository.shell("mkfifo fifo").requireSuccess()
    try repository.write("old\n", to: "o")
    try repository.dver("config", "core.lock_timeout", "0").requireSuccess()
    let running = try begun(in: repository)
    let refused = try repository.dver("destroy", "-f").requireStatus(5)
    #expect(refused.standardError.contains("process \(running.processIdentifier) on"))
    try repository.dver("config", "core.lock_timeout", "3600").requireSuccess()
    let (destroying, errors) = try waiting(for: ["destroy", "-f"], in: repository)
    #expect(try repository.readText(errors).contains("process \(running.processIdentifier) on"))
    destroying.sendToGroup(SIGINT)
    try destroying.wait().requireStatus(130)
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireStatus(3)
    #expect(try repository.readText("o") == "old\n")
    try repository.dver("destroy", "-f").requireSuccess()
    #expect(try repository.readText("o") == "old\n")
    #expect(!repository.exists(".dver") && !repository.exists("dver.yaml"))
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
}
