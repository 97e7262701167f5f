import DverFileSystem
import TestSupport
import Testing

@testable import DverPipeline

@Suite struct RunLogTests {
  @Test func aLongLogKeepsItsBeginningAndItsEnd() throws {
    let directory = try TemporaryDirectory()
    let path = AbsolutePath(normalized: Array(directory.path.utf8)).appending("logs/a")
    let kept = 1 << 17
    let log = RunLog(path, keptByteCount: Int64(kept))
    var text: [UInt8] = []
    for number in 0..<200 {
      let block = Array(repeating: UInt8(number % 250 + 1), count: 10_007)
      text += block
      try unsafe block.withUnsafeBytes { try unsafe log.write($0) }
    }
    let found = try #require(try FileSystem.contents(of: path))
    #expect(found.count == text.count)
    #expect(found.prefix(kept) == text.prefix(kept))
    #expect(found.suffix(kept) == text.suffix(kept))
    #expect(found.count { $0 == 0 } > text.count / 2)
  }
}
