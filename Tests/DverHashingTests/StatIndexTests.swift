import DverCore
import DverFileSystem
import DverHashing
import TestSupport
import Testing

@Suite struct StatIndexTests {
  private static let second: Int64 = 1_000_000_000

  /// After a restart files that changed shortly before the index was saved are hashed again.
  @Test func aRestartEndsTheTrustInYoungFiles() throws {
    let folder = try TemporaryDirectory()
    let path = AbsolutePath(normalized: Array("\(folder.path)/index".utf8))
    try StatIndex().save(to: path)
    let now = try #require(try FileSystem.status(of: path)).modified
    let ages: [Int64] = [3600, 61, 59, 0]
    var index = StatIndex()
    let digest = try #require(Digest(hex: String(repeating: "07", count: 32)))
    for (number, age) in ages.enumerated() {
      index.entries.append(
        path: Array("\(number)".utf8), kind: .file, digest: digest, size: 0)
      let time = now - age * Self.second
      index.stamps.append(
        FileStamp(device: 1, inode: UInt64(number), size: 0, modified: 0, changed: time))
    }
    try index.save(to: path)
    let same = try #require(try StatIndex.load(from: path))
    #expect(same.stamps == index.stamps)
    let other = try #require(try StatIndex.load(from: path, boot: StatIndex.presentBoot &+ 1))
    #expect(other.stamps[0...0] == index.stamps[0...0])
    #expect(other.stamps[2...].allSatisfy { $0 == StatIndex.untrusted })
    #expect(other.entries.digests == index.entries.digests)
  }
}
