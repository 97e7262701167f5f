import DverCore
import DverFileSystem
import DverManifest
import DverParallel
import DverPipeline
import Synchronization
import TestSupport
import Testing

@Suite struct PipelineRunTests {
  private let chain = [
    stage("a", ["sort in > mid"], from: ["in"], to: ["mid"]),
    stage("b", ["cat mid mid > out"], from: ["mid"], to: ["out"]),
  ]

  @Test func runsWhatIsStaleAndNothingElse() throws {
    let bench = try Workbench()
    try bench.write("2\n1\n", to: "in")
    #expect(try bench.repro(chain) == ["a: ran", "b: ran"])
    #expect(try bench.read("out") == "1\n2\n1\n2\n")
    #expect(try bench.repro(chain) == ["a: fresh", "b: fresh"])
    try bench.write("3\n", to: "in")
    #expect(try bench.repro(chain) == ["a: ran", "b: ran"])
    #expect(try bench.read("out") == "3\n3\n")
    #expect(try FileSystem.names(in: bench.layout.aside) == [])
    #expect(bench.warningTexts == [])
  }

  @Test func stopsWhereAnOutputTurnsOutEqual() throws {
    let bench = try Workbench()
    try bench.write("2\n1\n", to: "in")
    try bench.repro(chain)
    try bench.write("1\n2\n", to: "in")
    #expect(try bench.repro(chain) == ["a: ran", "b: fresh"])
    #expect(try bench.repro(chain, force: .all) == ["a: ran", "b: ran"])
    try bench.write("2\n1\n", to: "in")
    #expect(try bench.repro(chain, force: .downstream) == ["a: ran", "b: ran"])
  }

  @Test func restoresDeletedAndAlteredOutputsAndKeepsTheEdit() throws {
    let bench = try Workbench()
    try bench.write("1\n", to: "in")
    try bench.repro(chain)
    try FileSystem.removeFile(bench.root.appending("mid"))
    try bench.write("edited", to: "out")
    #expect(try bench.repro(chain) == ["a: restored", "b: restored"])
    #expect(try bench.read("out") == "1\n1\n")
    #expect(bench.storage.state.withLock(\.preserved) == [path("out")])
    #expect(bench.storage.state.withLock(\.barrierCount) == 1)
  }

  @Test func aFailedCommandLeavesTheOldOutputsAndLock() throws {
    let bench = try Workbench()
    try bench.write("1\n", to: "in")
    try bench.write("mine", to: "fresh")
    var stages = [stage("a", ["cp in out; mkdir -p d; cp in d/x"], from: ["in"], to: ["out", "d"])]
    try bench.repro(stages)
    let lock = bench.storage.state.withLock(\.finished)
    stages[0].commands = ["echo partial > out; mkdir d; echo bad > d/y; echo why >&2; exit 7"]
    #expect(
      try bench.repro(stages)
        == ["a: stage 'a' failed: its command exited with status 7"])
    #expect(try bench.read("out") == "1\n")
    #expect(try bench.read("d/x") == "1\n")
    #expect(try bench.read("d/y") == nil)
    #expect(try bench.read(".dver/tmp/failed/a/outputs/out") == "partial\n")
    #expect(try bench.read(".dver/tmp/failed/a/outputs/d/y") == "bad\n")
    #expect(try bench.read(".dver/tmp/failed/a/log") == "why\n")
    #expect(bench.output == "why\n")
    #expect(bench.storage.state.withLock(\.finished) == lock)
    let record = try #require(try RunRecord.runs(at: bench.recordPath("a")).last)
    #expect(record.ending == .exited(7))
    #expect(try FileSystem.contents(of: record.log) == Array("why\n".utf8))
    stages[0].commands = ["cp in out; mkdir d; cp in d/x"]
    #expect(try bench.repro(stages) == ["a: ran"])
    #expect(try !FileSystem.exists(bench.root.appending(".dver/tmp/failed/a")))
  }

  @Test func aUsersFileInTheWayOfANewOutputIsStoredBeforeItGoes() throws {
    let bench = try Workbench()
    try bench.write("precious", to: "out")
    #expect(
      try bench.repro([stage("a", ["test ! -e out; echo new > out"], to: ["out"])]) == ["a: ran"])
    #expect(bench.storage.state.withLock(\.preserved) == [path("out")])
    #expect(bench.storage.state.withLock(\.barrierCount) == 1)
    let objects = bench.storage.state.withLock { Array($0.objects.values) }
    #expect(objects.contains { $0.values.contains(Array("precious".utf8)) })
  }

  @Test func aMissingOutputOrInputFailsTheStage() throws {
    let bench = try Workbench()
    #expect(
      try bench.repro([stage("a", ["true"], to: ["out"])])
        == ["a: stage 'a' failed: it did not write its output out"])
    #expect(
      try bench.repro([stage("b", ["touch ran"], from: ["in"])])
        == ["b: stage 'b' failed: dependency in is missing"])
    #expect(try bench.read("ran") == nil)
    let selection = [ParameterSelection(file: "params.yaml", keys: ["lr"])]
    #expect(
      try bench.repro([stage("c", parameters: selection)])
        == ["c: stage 'c' failed: params.yaml has no parameter lr"])
  }

  @Test func anEditOfADependencyDuringTheRunFailsTheStage() throws {
    let bench = try Workbench()
    try bench.write("1\n", to: "in")
    #expect(
      try bench.repro([stage("a", ["cp in out; echo 2 > in"], from: ["in"], to: ["out"])])
        == ["a: stage 'a' failed: dependency in changed while the stage ran"])
    #expect(try bench.read("out") == nil)
    #expect(bench.storage.state.withLock(\.finished) == [:])
    #expect(try bench.repro([stage("a", ["cp in out"], from: ["in"], to: ["out"])]) == ["a: ran"])
  }

  @Test func persistentOutputsStayInPlaceAndComeBackAsTheyWere() throws {
    let bench = try Workbench()
    var grow = stage("a", ["echo more >> log"], to: ["log"], alwaysRuns: true)
    grow.outputs[0].persists = true
    try bench.write("first\n", to: "log")
    #expect(try bench.repro([grow]) == ["a: ran"])
    #expect(try bench.read("log") == "first\nmore\n")
    grow.commands = ["echo bad >> log; false"]
    try bench.repro([grow])
    #expect(try bench.read("log") == "first\nmore\n")
    #expect(try bench.read(".dver/tmp/failed/a/outputs/log") == "first\nmore\nbad\n")
  }

  @Test func failuresStopAsMuchAsThePolicySays() throws {
    let stages = [
      stage("bad", ["false"], to: ["x"]), stage("below", from: ["x"], to: ["y"]),
      stage("lower", from: ["y"]), stage("other"),
    ]
    let failure = "bad: stage 'bad' failed: its command exited with status 1"
    #expect(
      try Workbench().repro(stages)
        == [
          failure, "below: skipped because of 0", "lower: skipped because of 0", "other: cancelled",
        ])
    #expect(
      try Workbench().repro(stages, jobs: 2, policy: .keepGoing)
        == [failure, "below: skipped because of 0", "lower: skipped because of 0", "other: ran"])
    #expect(
      try Workbench().repro(stages, policy: .ignore)
        == [
          failure, "below: stage 'below' failed: dependency x is missing",
          "lower: stage 'lower' failed: dependency y is missing", "other: ran",
        ])
  }

  @Test(.disabled(if: Sanitizers.watchesThreads, "vfork is fork there"))
  func commandsSeeTheirPlaceAndStopAtTheFirstThatFails() throws {
    let bench = try Workbench()
    try FileSystem.makeDirectory(bench.root.appending("w"))
    try bench.repro([
      stage(
        "a", ["pwd; echo $DVER_ROOT $DVER_STAGE", "exit 3", "echo never"], directory: "w")
    ])
    let root = String(decoding: bench.root.bytes, as: UTF8.self)
    #expect(bench.output == "\(root)/w\n\(root) a\n")
    let words = try bench.repro([stage("b", directory: "none")])
    #expect(words[0].contains("/none: No such file"))
  }

  @Test func earlierRunsAreUsedWhereAllowed() throws {
    let bench = try Workbench()
    try bench.write("1\n", to: "in")
    try bench.repro(chain)
    let past = bench.storage.state.withLock {
      $0.finished[StageAddress(file: path("dver.yaml"), name: "a")]
    }
    bench.storage.state.withLock { $0.past = past?.outputs }
    let renamed = [stage("a2", ["sort in > mid"], from: ["in"], to: ["mid"])]
    try FileSystem.removeFile(bench.root.appending("mid"))
    #expect(try bench.repro(renamed) == ["a2: restored"])
    #expect(try bench.read("mid") == "1\n")
    #expect(try bench.repro(renamed) == ["a2: fresh"])
    #expect(try bench.repro(renamed, force: .all) == ["a2: ran"])
  }

  @Test func anInterruptEndsTheWholeProcessGroupAndRestores() throws {
    let bench = try Workbench()
    try bench.write("old", to: "out")
    // The grandchild ignores SIGINT, as background processes of a shell do.
    let command = "echo bad > out; (sleep 1000; echo late > late) & echo $! > pid; echo go; wait"
    let cancellation = bench.cancellation
    let words = try bench.repro([stage("a", [command], to: ["out"]), stage("b")]) { event in
      if case .output = event { cancellation.request() }
    }
    #expect(words == ["a: cancelled", "b: cancelled"])
    #expect(try bench.read("out") == "old")
    let text = try #require(try bench.read("pid"))
    let process = try #require(Int32(text.dropLast()))
    #expect(waitForEnd(of: process))
    #expect(try RunRecord.runs(at: bench.recordPath("a")).last?.ending == .cancelled)
  }

  // MARK: Attempts

  private func flaky(_ commands: [String], to outputs: [String], times: Int64) -> Stage {
    var flaky = stage("a", commands, to: outputs)
    flaky.retry = StageRetry(times: times)
    return flaky
  }

  @Test func aFailedCommandRunsAgainWithThePreviousOutputsAsTheyWere() throws {
    let bench = try Workbench()
    try bench.write("old\n", to: "out")
    try bench.write("kept\n", to: "log")
    let command =
      "ls out log; cat log; echo more >> log; echo new > out; echo >> tries; test $(wc -l < tries) -eq 3"
    var again = flaky([command], to: ["out", "log"], times: 2)
    again.outputs[1].persists = true
    #expect(try bench.repro([again]) == ["a: ran"])
    // Each attempt finds no output, but the persistent one as it was.
    #expect(bench.output.components(of: "kept\n") == 3)
    #expect(!bench.output.contains("more"))
    #expect(try bench.read("out") == "new\n")
    #expect(try bench.read("log") == "kept\nmore\n")
    #expect(bench.warningTexts == ["attempt 2 of 3", "attempt 3 of 3"])
    let record = try #require(try RunRecord.runs(at: bench.recordPath("a")).last)
    #expect(record.attempts == 3)
    #expect(record.ending == .exited(0))
    #expect(try bench.read(".dver/tmp/failed/a") == nil)
    // One log holds all attempts.
    let log = try #require(try FileSystem.contents(of: record.log))
    #expect(String(decoding: log, as: UTF8.self) == bench.output)
  }

  @Test func attemptsEndAndTheOldOutputsAreBack() throws {
    let bench = try Workbench()
    try bench.write("old\n", to: "out")
    let words = try bench.repro([flaky(["echo x > out; exit 4"], to: ["out"], times: 1)])
    #expect(words == ["a: stage 'a' failed: its command exited with status 4"])
    #expect(try bench.read("out") == "old\n")
    #expect(bench.warningTexts == ["attempt 2 of 2"])
  }

  @Test func anInterruptEndsTheWaitForTheNextAttempt() throws {
    let bench = try Workbench()
    var slow = flaky(["exit 1"], to: [], times: 1)
    slow.retry?.delay = .seconds(3600)
    let cancellation = bench.cancellation
    let words = try bench.repro([slow]) { event in
      if case .retrying = event { cancellation.request() }
    }
    #expect(words == ["a: cancelled"])
  }

  @Test func aCommandThatTakesTooLongIsStoppedAndMayRunAgain() throws {
    let bench = try Workbench()
    try bench.write("old\n", to: "out")
    var slow = flaky(["echo x > out; echo go; cat fifo"], to: ["out"], times: 1)
    slow.timeout = .milliseconds(1)
    try bench.makeFifo("fifo")
    #expect(
      try bench.repro([slow])
        == ["a: stage 'a' failed: its command ran longer than its timeout"])
    #expect(bench.warningTexts == ["attempt 2 of 2"])
    #expect(try bench.read("out") == "old\n")
    let record = try #require(try RunRecord.runs(at: bench.recordPath("a")).last)
    #expect(record.ending == .timedOut)
  }

  // MARK: Resources

  @Test(arguments: [1, 4]) func aStageThatNeedsMoreThanThereIsFailsAndIsNamed(jobs: Int) throws {
    let bench = try Workbench()
    func needing(_ change: (inout StageResources) -> Void) throws -> [String] {
      var needy = stage("needy", alwaysRuns: true)
      change(&needy.resources)
      return try bench.repro([needy], jobs: jobs)
    }
    #expect(
      try needing { $0.gpus = 2 } == [
        "needy: stage 'needy' failed: it needs 2 of gpus, and there is 1"
      ])
    #expect(
      try needing { $0.memory = ByteCount(2 << 30) } == [
        "needy: stage 'needy' failed: it needs 2.00 GiB of memory, and there is 1.00 GiB"
      ])
    #expect(
      try needing { $0.others = [StageResources.Other(name: "db", count: 3)] } == [
        "needy: stage 'needy' failed: it needs 3 of db, and there is 1"
      ])
    #expect(try needing { $0.cpus = 64 } == ["needy: ran"])
  }

  @Test func whatIsFreshNeedsNothing() throws {
    let bench = try Workbench()
    var needy = stage("a", ["touch out"], to: ["out"])
    try bench.repro([needy])
    needy.resources.gpus = 7
    #expect(try bench.repro([needy]) == ["a: fresh"])
  }

  @Test func stagesWithACommonMutexNeverRunTogether() throws {
    let bench = try Workbench()
    let stages = (0..<8).map { number in
      var exclusive = stage("s\(number)", ["mkdir held && ls / >/dev/null && rmdir held"])
      exclusive.mutexes = number.isMultiple(of: 2) ? ["x", "y"] : ["y"]
      return exclusive
    }
    #expect(try bench.repro(stages, jobs: 4) == (0..<8).map { "s\($0): ran" })
  }

  @Test func stagesThatFitRunTogether() throws {
    let bench = try Workbench()
    try bench.makeFifo("fifo")
    // Each end of a pipe waits for the other.
    var (left, right) = (stage("left", ["echo 1 > fifo"]), stage("right", ["cat fifo"]))
    left.resources.cpus = 1.5
    right.resources.cpus = 0.5
    var other = stage("other", ["true"])
    other.resources.cpus = 2
    #expect(
      try bench.repro([other, left, right], jobs: 3)
        == ["other: ran", "left: ran", "right: ran"])
  }

  @Test func forecastsNameReasonsAndUpstreamStages() throws {
    let bench = try Workbench()
    try bench.write("1\n", to: "in")
    try bench.repro(chain)
    try bench.write("2\n", to: "in")
    let graph = try graph(chain, root: bench.root)
    let forecast = try bench.runner(graph).forecast(graph.order)
    #expect(
      forecast.map(\.reasons.description) == [
        "[dependency in was modified]", "[stage 'a' would run before it]",
      ])
    try bench.write("1\n", to: "in")
    try FileSystem.removeFile(bench.root.appending("mid"))
    let restoring = try bench.runner(graph).forecast(graph.order)
    #expect(restoring.map(\.verdict) == [.restorable, .fresh])
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
