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
    let record = try #require(try RunRecord(at: bench.recordPath("a")))
    #expect(record.ending == .exited(7))
    #expect(record.log.bytes.suffix(4).elementsEqual("/log".utf8))
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

  @Test func commandsSeeTheirPlaceAndStopAtTheFirstThatFails() throws {
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
    #expect(try RunRecord(at: bench.recordPath("a"))?.ending == .cancelled)
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
