import DverCore
import DverFileSystem
import DverManifest
import DverPipeline
import TestSupport
import Testing

@Suite struct RunRecordTests {
  @Test func aRunLeavesItsRecord() throws {
    let bench = try Workbench()
    try bench.repro([stage("a", ["echo hi"])])
    let record = try #require(try RunRecord.runs(at: bench.recordPath("a")).last)
    #expect(record.ending == .exited(0))
    #expect(record.duration > .zero)
    #expect(record.started > 0)
    #expect(record.peakMemory > ByteCount(0))
    #expect(record.attempts == 1)
    #expect(try FileSystem.contents(of: record.log) == Array("hi\n".utf8))
    #expect(!record.host.isEmpty)
  }

  @Test func recordsTellEnvironmentsApart() throws {
    let bench = try Workbench()
    var told = stage("a", alwaysRuns: true)
    try bench.repro([told])
    try bench.repro([told])
    told.environment = [EnvironmentVariable(name: "A", value: "1")]
    try bench.repro([told])
    let digests = try RunRecord.runs(at: bench.recordPath("a")).map(\.environment)
    #expect(digests.count == 3)
    #expect(digests[0] == digests[1])
    #expect(digests[1] != digests[2])
  }

  @Test func aRecordThatWasCutIsNone() throws {
    let bench = try Workbench()
    try bench.repro([stage("a")])
    let file = bench.recordPath("a")
    let whole = try #require(try FileSystem.contents(of: file))
    for count in 0..<whole.count - 1 {
      try FileSystem.replaceContents(of: file, with: Array(whole[..<count]))
      #expect(try RunRecord.runs(at: file).isEmpty)
    }
    // What was cut does not spoil what comes behind it.
    try FileSystem.replaceContents(of: file, with: Array(whole.dropLast(20)))
    try bench.repro([stage("a")], force: .all)
    #expect(try RunRecord.runs(at: file).count == 1)
  }

  @Test func theLastRunsAreKept() throws {
    let bench = try Workbench()
    let often = stage("a", ["echo x >> count; wc -l < count"], alwaysRuns: true)
    for _ in 0..<32 { try bench.repro([often]) }
    let runs = try RunRecord.runs(at: bench.recordPath("a"))
    #expect((10...20).contains(runs.count))
    #expect(runs.map(\.started) == runs.map(\.started).sorted())
    let logs = bench.root.appending(".dver/state/logs/a")
    #expect(try FileSystem.names(in: logs)?.count == 10)
    let texts = try runs.suffix(10).map { try FileSystem.contents(of: $0.log) }
    #expect(texts == (23...32).map { Array("\($0)\n".utf8) })
  }

  @Test func durationsAreReadAsTheyWereWritten() throws {
    let bench = try Workbench()
    let file = bench.root.appending(".dver/state/durations")
    let graph = try graph([stage("a"), stage("b@ü %"), stage("c")], root: bench.root)
    var durations = StageDurations(file)
    #expect(durations[graph.stages[0].address] == nil)
    let gone = StageAddress(file: path("x/dver.yaml"), name: "gone")
    try durations.record(
      [
        (graph.stages[0].address, .nanoseconds(5)), (graph.stages[1].address, .seconds(7)),
        (gone, .seconds(1)),
      ], of: graph)
    let read = StageDurations(file)
    #expect(graph.stages.map { read[$0.address] } == [.nanoseconds(5), .seconds(7), nil])
    #expect(read[gone] == nil)
    try FileSystem.replaceContents(of: file, with: Array("x a\n5\n\n9 c\n1 %zz".utf8))
    #expect(StageDurations(file)[graph.stages[2].address] == .nanoseconds(9))
  }
}
