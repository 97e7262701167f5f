import DverCore
import DverHashing
import DverRemote
import Testing

@Suite struct ObjectBatchTests {
  @Test func selectionKeepsOrder() {
    var batch = ObjectBatch()
    for number in 0..<4 {
      batch.append(SHA256.digest(of: [UInt8(number)].span), size: Int64(number))
    }
    let selected = batch.selecting([3, 1])
    #expect(selected.sizes == [3, 1])
    #expect(selected.digests == [batch.digests[3], batch.digests[1]])
  }

  @Test func unknownSizesDoNotCount() {
    var batch = ObjectBatch()
    batch.append(SHA256.digest(of: [1].span), size: -1)
    batch.append(SHA256.digest(of: [2].span), size: 5)
    #expect(batch.byteCount == 5)
  }
}
