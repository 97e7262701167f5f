import Glibc
import TestSupport
import Testing

/// Several processes at once.
extension ReproTests {
  func slow() throws -> TemporaryRepository {
    let repository = try repository(
      "  s: {cmd: 'touch began; cat fifo; cp in o', deps: [in], outs: [o]}\n")
    try repository.shell("mkfifo fifo").requireSuccess()
    return repository
  }

  /// A `repro` whose stage has begun.
  func begun(in repository: TemporaryRepository) throws -> RunningCommand {
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

  /// Who looks at the workspace while a long stage runs finds what those before it have made.
  @Test func whatAStageMadeIsRecordedWhileTheNextOneRuns() throws {
    let repository = try repository(
      """
        a: {cmd: cp in oa, deps: [in], outs: [oa]}
        b: {cmd: 'touch began; cat fifo; cp oa ob', deps: [oa], outs: [ob]}

      """)
    try repository.shell("mkfifo fifo").requireSuccess()
    try repository.write("old\n", to: "oa")
    try repository.write("old\n", to: "ob")
    try repository.dver("commit", "-f").requireSuccess()
    try repository.write("new\n", to: "in")
    let running = try begun(in: repository)
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("oa") == "new\n")
    try running.wait(until: {
      (try? repository.dver("status", "a").standardOutput.contains("up to date")) ?? false
    })
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try repository.requireClean()
  }

  /// A run knows what it has made, and nothing else of what is tracked by now.
  @Test func whatIsLeftToTheUserWhileAStageRunsStaysTheUsers() throws {
    let repository = try slow()
    try repository.write("mine\n", to: "data")
    try repository.dver("add", "data").requireSuccess()
    let running = try begun(in: repository)
    try repository.dver("remove", "data.dver").requireSuccess()
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("data") == "mine\n")
  }

  @Test func aCommitDoesNotRecordWhatACommandIsWriting() throws {
    let repository = try slow()
    try repository.dver("config", "core.lock_timeout", "0").requireSuccess()
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

  /// As long as the command runs, an output may be missing, and another half of what it will be.
  @Test(arguments: [[], ["s"], ["o"], ["t"]])
  func aCommitWaitsForStagesThatRun(_ targets: [String]) throws {
    let repository = try repository(
      """
        s: {cmd: 'touch began; cat fifo; cp in o; cp in p', deps: [in], outs: [o, p]}
        t: {cmd: exit 1, deps: [o], outs: [q]}

      """)
    try repository.shell("mkfifo fifo").requireSuccess()
    try repository.write("made by hand\n", to: "q")
    try repository.write("2\n", to: "data")
    try repository.dver("add", "data").requireSuccess()
    try repository.write("3\n", to: "data")
    try repository.dver("config", "core.lock_timeout", "3600").requireSuccess()
    let running = try repository.dverCommand(["repro", "s"]).start()
    try running.wait(until: { repository.exists("began") })
    try repository.write("half\n", to: "o")
    let (commit, errors) = try waiting(for: ["commit", "-f"] + targets, in: repository)
    #expect(
      try repository.readText(errors).contains(
        "process \(running.processIdentifier), which runs stage 's'"))
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try commit.wait().requireSuccess()
    try repository.dver("commit", "-f").requireSuccess()
    #expect(try repository.readText("o") == "1\n")
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test func removeWaitsForAStageThatRuns() throws {
    let repository = try slow()
    try repository.dver("config", "core.lock_timeout", "3600").requireSuccess()
    let running = try begun(in: repository)
    let (removal, errors) = try waiting(for: ["remove", "--outs", "s"], in: repository)
    #expect(try repository.readText(errors).contains("which runs stage 's'"))
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try removal.wait().requireSuccess()
    #expect(!repository.exists("o") && !repository.exists("dver.lock"))
  }

  /// Between two stages of a run none is running, and the next one sets its outputs aside.
  @Test(arguments: [["commit", "-f", "u"], ["remove", "u"]])
  func whatChangesStagesWaitsForTheWholeRun(_ words: [String]) throws {
    let repository = try repository(
      """
        s: {cmd: 'touch began; cat fifo; cp in o', deps: [in], outs: [o]}
        t: {cmd: cp o p, deps: [o], outs: [p]}
        u: {cmd: cp p q, deps: [p], outs: [q]}
        x: {cmd: cp in y, deps: [in], outs: [y]}

      """)
    try repository.shell("mkfifo fifo").requireSuccess()
    for name in ["p", "q", "y"] { try repository.write("1\n", to: name) }
    try repository.write("2\n", to: "data")
    try repository.dver("add", "data").requireSuccess()
    try repository.write("3\n", to: "data")
    try repository.dver("config", "core.lock_timeout", "0").requireSuccess()
    let running = try repository.dverCommand(["repro", "s"]).start()
    try running.wait(until: { repository.exists("began") })
    let refused = try repository.dverCommand(words).run().requireStatus(5)
    let holder = "is locked by dver repro, process \(running.processIdentifier)"
    #expect(refused.standardError.contains(holder))
    // Another pipeline is not the run's, nor is what no stage makes.
    try repository.dver("commit", "-f", "x").requireSuccess()
    try repository.dver("commit", "-f", "data").requireSuccess()
    try repository.dver("remove", "data").requireSuccess()
    try repository.shell(": >fifo").requireSuccess()
    try running.wait().requireSuccess()
    try repository.dverCommand(words).run().requireSuccess()
  }

  /// The old output is aside, and comes back when the command fails.
  @Test func destroyWaitsForStagesThatRun() throws {
    let repository = try repository(
      "  s: {cmd: 'touch began; cat fifo; exit 1', deps: [in], outs: [{o: {cache: false}}]}\n")
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

  /// The run cannot end before the command does.
  @Test func aCommandInsideAStageDoesNotWaitForItsRun() throws {
    let dver = try BuiltProducts.dver()
    let repository = try repository(
      """
        s:
          cmd: cp in o;
            for words in 'commit -f t' 'commit -f s' 'remove s' 'destroy -f';
            do \(dver) $words; echo $? >>statuses; done 2>errors
          deps: [in]
          outs: [o]
        t: {cmd: cp o p, deps: [o], outs: [p]}

      """)
    try repository.write("1\n", to: "p")
    try repository.dver("config", "core.lock_timeout", "10").requireSuccess()
    try repository.dver("repro", "s").requireSuccess()
    #expect(try repository.readText("statuses") == "0\n2\n2\n2\n")
    let errors = try repository.readText("errors").split(separator: "\n")
    #expect(errors.count { $0.hasSuffix("stage 's' itself runs this command") } == 3)
    try repository.dver("status", "-q").requireSuccess()
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
}
