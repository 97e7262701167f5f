import DverCore
import DverFileSystem
import DverPipeline
import TestSupport
import Testing

@Suite struct RunRecordTests {
  @Test func aRunLeavesItsRecord() throws {
    let bench = try Workbench()
    try bench.repro([stage("a")])
    let record = try #require(try RunRecord(at: bench.recordPath("a")))
    #expect(record.ending == .exited(0))
    #expect(record.duration > .zero)
    #expect(record.started > 0)
    #expect(record.peakMemory > ByteCount(0))
    #expect(record.log == bench.root.appending(".dver/tmp/logs/a.log"))
    #expect(!record.host.isEmpty)
  }

  @Test func aRecordThatWasCutIsNone() throws {
    let bench = try Workbench()
    try bench.repro([stage("a")])
    let file = bench.recordPath("a")
    let whole = try #require(try FileSystem.contents(of: file))
    for count in 0..<whole.count - 1 {
      try FileSystem.replaceContents(of: file, with: Array(whole[..<count]))
      #expect(try RunRecord(at: file) == nil)
    }
  }
}
