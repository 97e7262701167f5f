import TestSupport
import Testing

@testable import DverTable

@Suite struct GzipReaderTests {
  private let format = TableFormat(.delimited(by: 0x2c), isCompressed: true)
  private let text = Array("id,name\n1,a\n2,b\n".utf8)

  @Test func membersBehindEachOtherAreOneText() throws {
    let plain = try Tables.read(text + Array("3,c\n".utf8))
    let packed = Tables.gzip(text) + Tables.gzip(Array("3,c\n".utf8))
    for size in [1, 2, 7, 1000] {
      #expect(try Tables.read(packed, format, blockByteCount: size) == plain)
      #expect(try Tables.read(packed + [0, 0, 0], format, blockByteCount: size) == plain)
    }
  }

  @Test func textLargerThanABlockIsInflatedInParts() throws {
    let large = Array("id\n".utf8) + (0..<60_000).flatMap { Array("\($0)\n".utf8) }
    let found = try Tables.read(Tables.gzip(large), format, blockByteCount: 4096)
    #expect(found.rows.count == 60_000)
    #expect(found.rows.last?.first == Array("59999".utf8))
  }

  @Test func whatIsCutOrDamagedIsAnError() throws {
    let packed = Tables.gzip(text)
    for count in 1..<packed.count {
      #expect(throws: TableError.cutGzip) { try Tables.read(Array(packed[..<count]), format) }
    }
    #expect(throws: TableError.notGzip) { try Tables.read(text, format) }
    #expect(throws: TableError.damagedGzip) { try Tables.read(packed + [0x61], format) }
    var damaged = packed
    damaged[damaged.count - 6] ^= 1
    #expect(throws: TableError.damagedGzip) { try Tables.read(damaged, format) }
    #expect(try Tables.read([], format) == Tables.Content())
  }

  @Test(arguments: Seeds.standard)
  func noDamageCrashes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let packed = Tables.gzip(text + generator.bytes(2000))
    for _ in 0..<200 {
      var damaged = packed
      let place = Int.random(in: 0..<packed.count, using: &generator)
      damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
      _ = try? Tables.read(damaged, format, blockByteCount: 64)
    }
  }
}
