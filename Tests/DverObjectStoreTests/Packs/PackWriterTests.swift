import DverCore
import DverObjectStore
import TestSupport
import Testing

@Suite struct PackWriterTests {
  private static let contents: [[UInt8]] = [
    [], Array("a".utf8), Array("id,price\n1,9.5\n".utf8), Array(0...255),
  ]

  @Test func writesTheFixtures() throws {
    let empty = try pack()
    #expect(try empty.bytes == fixture("empty.pack"))
    let raw = try pack { writer in
      for content in Self.contents { try writer.append(content.span) }
    }
    #expect(try raw.bytes == fixture("raw.pack"))
    #expect(raw.bytes == HandmadePack(Self.contents.map { .init(content: $0) }).bytes)
    #expect(raw.summary.objectCount == 4)
    #expect(raw.summary.byteCount == Int64(raw.bytes.count))
    #expect(raw.summary.name.bytes == Array(raw.bytes.suffix(48).prefix(32)))
  }

  @Test(arguments: Seeds.standard)
  func whatIsWrittenIsRead(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var contents: [[UInt8]] = []
    for _ in 0..<Int.random(in: 0..<600, using: &generator) {
      let count = Int.random(
        in: 0..<(Bool.random(using: &generator) ? 40 : 4000), using: &generator)
      contents.append(
        Bool.random(using: &generator)
          ? generator.bytes(count) : Array(repeating: UInt8(count & 255), count: count))
    }
    let isCompressed = contents.map { _ in Bool.random(using: &generator) }
    let written = try pack { writer in
      for (content, compressing) in zip(contents, isCompressed) {
        try writer.append(content.span, compressing: compressing)
      }
    }
    let reader = try PackReader(source(written.bytes))
    #expect(reader.name == written.summary.name)
    #expect(reader.objectCount == Set(contents).count)
    for content in contents {
      let entry = try #require(reader.entry(of: digest(of: content)))
      #expect(try reader.content(of: entry) == content)
      #expect(entry.storedByteCount <= content.count)
    }
    #expect(reader.entry(of: digest(of: generator.bytes(50))) == nil)
  }

  @Test func keepsEachObjectOnce() throws {
    let content = Array("twice".utf8)
    let written = try pack { writer in
      try writer.append(content.span)
      let byteCount = writer.byteCount
      try writer.append(content.span, compressing: true)
      let (grown, isPresent) = (
        writer.byteCount - byteCount, writer.contains(digest(of: content))
      )
      #expect(grown == 0)
      #expect(isPresent)
    }
    #expect(written.summary.objectCount == 1)
  }

  @Test func copiesWhatAnotherPackStores() throws {
    let original = try fixture("mixed.pack")
    let reader = try PackReader(source(original))
    let copy = try pack { writer in
      for entry in reader.entriesInFileOrder {
        let stored = try reader.storedBytes(of: entry)
        try writer.append(stored: stored.span, as: entry)
      }
    }
    #expect(copy.bytes == original)
  }

  @Test func copiesRecordsAsTheyStand() throws {
    let original = try fixture("mixed.pack")
    let entries = try PackReader(source(original)).entriesInFileOrder
    #expect(entries.count > 2)
    let copy = try pack { writer in
      writer.reserve(objectCount: entries.count)
      for part in [entries[..<2], entries[2...]] {
        let records = Array(original[Int(part.first?.offset ?? 0)..<Int(part.last?.end ?? 0)])
        let isAdded = try writer.append(records: records.span, of: Array(part))
        #expect(isAdded)
      }
    }
    #expect(copy.bytes == original)
  }

  @Test func refusesRecordsOfAnObjectThatItHas() throws {
    let original = try fixture("mixed.pack")
    let reader = try PackReader(source(original))
    let entries = reader.entriesInFileOrder
    let records = Array(original[Int(entries[0].offset)..<Int(entries[1].end)])
    let second = try reader.storedBytes(of: entries[1])
    let written = try pack { writer in
      try writer.append(stored: second.span, as: entries[1])
      let byteCount = writer.byteCount
      let isAdded = try writer.append(records: records.span, of: Array(entries[..<2]))
      let isGrown = writer.byteCount > byteCount
      let hasFirst = writer.contains(entries[0].digest)
      #expect((isAdded, isGrown, hasFirst) == (false, false, false))
    }
    #expect(try PackReader(source(written.bytes)).objectCount == 1)
  }

  @Test func isFullAtSixtyFourMebibytes() throws {
    let content = [UInt8](repeating: 0, count: 1 << 25)
    var writer = PackWriter { _ in }
    try writer.append(content.span)
    let half = writer.isFull
    try writer.append(content.span, digest: digest(of: [1]))
    let whole = writer.isFull
    #expect((half, whole) == (false, true))
  }

  @Test func refusesAnObjectThatIsTooLong() throws {
    let content = [UInt8](repeating: 0, count: 1 << 26 + 1)
    let name = digest(of: [])
    #expect(throws: PackError.objectTooLong(digest: name, byteCount: content.count)) {
      try pack { try $0.append(content.span, digest: name) }
    }
  }

  @Test func handsOnTheErrorOfTheSink() throws {
    struct Full: Error {}
    #expect(throws: Full.self) {
      let writer = PackWriter { _ in throw Full() }
      return try writer.finish()
    }
  }
}
