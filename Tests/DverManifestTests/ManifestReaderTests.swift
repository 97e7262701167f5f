import DverCore
import DverManifest
import Testing

@Suite struct ManifestReaderTests {
  @Test(arguments: seeds)
  func readsBackWhatTheBuilderWrote(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for count in [0, 1, 12, 13, 60, 400] {
      let table = EntryTable(randomEntries(count, &numbers))
      let store = NodeStore()
      let summary = try store.build(table, .small)
      #expect(summary.fileCount == Int64(table.fileCount))
      #expect(summary.byteCount == table.byteCount)
      let read = try store.reader(.small).entries(of: summary.digest)
      #expect(read.list == table.list)
    }
  }
}
