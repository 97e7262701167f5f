import DverCore
import DverObjectStore
import TestSupport
import Testing

@Suite struct PackRebuilderTests {
  private func rebuild(
    _ bytes: [UInt8]
  ) throws -> (recovery: PackRebuilder.Recovery, bytes: [UInt8]) {
    let file = SunkBytes()
    let (recovery, _) = try PackRebuilder(source(bytes)).rebuild(sink: file.append)
    return (recovery, file.bytes)
  }

  @Test func bringsBackALostTable() throws {
    let bytes = try fixture("mixed.pack")
    let tableOffset = try #require(
      try PackReader(source(bytes)).entriesInFileOrder.last?.end)
    for count in [Int(tableOffset), Int(tableOffset) + 100, bytes.count - 1, bytes.count] {
      let (recovery, rebuilt) = try rebuild(Array(bytes.prefix(count)))
      #expect(rebuilt == bytes)
      #expect(recovery.end == tableOffset)
      #expect((recovery.reason == nil) == (count == Int(tableOffset)))
      #expect(recovery.damaged.isEmpty)
    }
  }

  @Test func savesWhatStandsBeforeACut() throws {
    let bytes = try fixture("mixed.pack")
    let entries = try PackReader(source(bytes)).entriesInFileOrder
    for count in 16..<bytes.count {
      let recovery = try PackRebuilder(source(Array(bytes.prefix(count)))).scan()
      #expect(recovery.entries == entries.filter { $0.end <= count }, "cut at \(count)")
    }
  }

  @Test func skipsADamagedObjectAndGoesOn() throws {
    var bytes = try fixture("mixed.pack")
    let entries = try PackReader(source(bytes)).entriesInFileOrder
    bytes[Int(entries[2].offset) + 60] ^= 1
    let (recovery, rebuilt) = try rebuild(bytes)
    #expect(
      recovery.entries.map(\.digest)
        == entries.indices.filter { $0 != 2 }.map { entries[$0].digest })
    #expect(recovery.damaged.count == 1)
    let reader = try PackReader(source(rebuilt))
    #expect(reader.objectCount == entries.count - 1)
    for entry in reader.entriesInFileOrder { _ = try reader.content(of: entry) }
  }

  @Test func stopsAtARecordThatIsNone() throws {
    var bytes = try fixture("mixed.pack")
    let entries = try PackReader(source(bytes)).entriesInFileOrder
    bytes[Int(entries[3].offset)] ^= 1
    let recovery = try PackRebuilder(source(bytes)).scan()
    #expect(recovery.entries == Array(entries.prefix(3)))
    #expect(recovery.end == entries[3].offset)
    #expect(try #require(recovery.reason).message.contains("no record begins here"))
  }

  @Test func neverRecoversAnythingWrong() throws {
    let bytes = try fixture("mixed.pack")
    let digests = try Set(PackReader(source(bytes)).entriesInFileOrder.map(\.digest))
    for index in bytes.indices where !(8..<12).contains(index) {
      var damaged = bytes
      damaged[index] ^= 0x11
      let (recovery, rebuilt) = try rebuild(damaged)
      #expect(digests.isSuperset(of: recovery.entries.map(\.digest)))
      let reader = try PackReader(source(rebuilt))
      for entry in reader.entriesInFileOrder { _ = try reader.content(of: entry) }
    }
  }

  @Test func leavesALaterVersionAlone() throws {
    var bytes = try fixture("mixed.pack")
    bytes[8] = 9
    #expect(throws: PackError.unsupportedVersion(pack: "test.pack", version: 9)) {
      try PackRebuilder(source(bytes)).scan()
    }
  }

  @Test func handsOnAnErrorOfTheDisk() throws {
    struct Broken: Error {}
    let bytes = try fixture("raw.pack")
    let broken = PackSource(name: "p", byteCount: Int64(bytes.count)) { offset, count in
      if offset > 100 { throw Broken() }
      return Array(bytes.dropFirst(Int(offset)).prefix(count))
    }
    #expect(throws: Broken.self) { try PackRebuilder(broken).scan() }
  }
}
