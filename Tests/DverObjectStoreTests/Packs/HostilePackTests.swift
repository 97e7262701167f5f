import DverCore
import DverObjectStore
import TestSupport
import Testing

/// Packs whose digests are right and whose numbers are not.
@Suite struct HostilePackTests {
  private static let objects = ["one", "three", "seventeen"].map {
    HandmadePack.Object(content: Array($0.utf8))
  }

  private func refusal(_ change: (inout HandmadePack) -> Void) throws -> String {
    var handmade = HandmadePack(Self.objects)
    change(&handmade)
    let error = #expect(throws: PackError.self) { try PackReader(source(handmade.bytes)) }
    return try #require(error).message
  }

  @Test func theUnchangedPackIsFine() throws {
    #expect(try PackReader(source(HandmadePack(Self.objects).bytes)).objectCount == 3)
  }

  @Test func refusesRecordsThatOverlap() throws {
    #expect(try refusal { $0.objects[1].offset = 17 }.contains("overlap"))
    #expect(try refusal { $0.objects[1].offset = 16 }.contains("overlap"))
  }

  @Test func refusesRecordsOutsideOfTheFile() throws {
    for offset in [1 << 20, UInt64(Int64.max), UInt64(Int64.max / 2), .max, .max - 55] {
      let message = try refusal { $0.objects[2].offset = offset }
      #expect(message.contains("outside of the records"), "\(offset)")
    }
  }

  @Test func refusesLengthsThatCannotBe() throws {
    for length in [1 << 26 + 1, UInt64(Int64.max), .max, .max - 100] {
      let message = try refusal {
        $0.objects[0].storedLength = length
        $0.objects[0].length = length
      }
      #expect(message.contains("a length above 64 MiB"), "\(length)")
    }
    #expect(try refusal { $0.objects[0].length = 2 }.contains("two lengths"))
    let message = try refusal {
      $0.objects[0].flags = 1
      $0.objects[0].length = 3 * 1032 + 1
    }
    #expect(message.contains("no zlib stream of this size"))
  }

  @Test func refusesBytesThatBelongToNothing() throws {
    #expect(try refusal { $0.padding = [1, 2, 3] }.contains("in no record"))
  }

  @Test func refusesATableOutOfOrder() throws {
    #expect(try refusal { $0.objects.append($0.objects[0]) }.contains("do not ascend"))
    let descending = Self.objects.sorted {
      digest(of: $1.content) < digest(of: $0.content)
    }
    #expect(
      try refusal {
        $0.objects = descending
        $0.sortsTable = false
      }.contains("do not ascend"))
  }

  @Test func refusesCountsAndOffsetsOfTheTable() throws {
    for count in [0, 2, 4, 1 << 22, 1 << 22 + 1, UInt64(Int64.max), .max] {
      _ = try refusal { $0.count = count }
    }
    for offset in [0, 16, UInt64(Int64.max), .max] {
      _ = try refusal { $0.tableOffset = offset }
    }
  }

  @Test func refusesFlagsWithoutMeaning() throws {
    #expect(try refusal { $0.objects[0].flags = 1 << 16 }.contains("unknown flags"))
  }

  @Test(arguments: [(2, "zstd"), (3, "encoding 3")] as [(UInt32, String)])
  func namesAnEncodingItCannotRead(flags: UInt32, name: String) throws {
    var handmade = HandmadePack(Self.objects)
    handmade.objects[1].flags = flags
    let reader = try PackReader(source(handmade.bytes))
    let object = digest(of: handmade.objects[1].content)
    let entry = try #require(reader.entry(of: object))
    #expect(
      throws: PackError.unsupportedEncoding(pack: "test.pack", digest: object, encoding: name)
    ) { try reader.content(of: entry) }
    let other = try #require(reader.entry(of: digest(of: Array("one".utf8))))
    #expect(try reader.content(of: other) == Array("one".utf8))
  }

  /// A stream that says more or less than the record, or is none, or has something behind it.
  @Test func refusesStreamsOfAnotherLength() throws {
    let content = [UInt8](repeating: 7, count: 1000)
    let written = try pack { try $0.append(content.span, compressing: true) }
    let reader = try PackReader(source(written.bytes))
    let stream = try reader.storedBytes(of: reader[0])
    let wrong: [(stored: [UInt8], length: UInt64?)] = [
      (stream, 999), (stream, 1001), (stream, 0), (stream, UInt64(stream.count) * 1032),
      (stream + [0], nil), (stream.dropLast(), nil), (content, nil),
    ]
    for (stored, length) in wrong {
      let object = HandmadePack.Object(content: content, stored: stored, flags: 1, length: length)
      let reader = try PackReader(source(HandmadePack([object]).bytes))
      let error = #expect(throws: PackError.self) { try reader.content(of: reader[0]) }
      #expect(try #require(error).message.contains("no zlib stream"))
    }
  }

  @Test func namesTheDigestThatItFoundInstead() throws {
    let object = HandmadePack.Object(content: Array("one".utf8), stored: Array("two".utf8))
    let reader = try PackReader(source(HandmadePack([object]).bytes))
    #expect(
      throws: PackError.mismatch(
        pack: "test.pack", offset: 16, expected: digest(of: Array("one".utf8)),
        actual: digest(of: Array("two".utf8)))
    ) { try reader.content(of: reader[0]) }
  }

  @Test(arguments: Seeds.standard)
  func noiseIsRefused(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for count in [0, 1, 63, 64, 1104, 5000] {
      let noise = generator.bytes(count)
      #expect(throws: PackError.self) { try PackReader(source(noise)) }
      let framed = Array("dverpack".utf8) + [1, 0, 0, 0, 0, 0, 0, 0] + noise
      #expect(throws: PackError.self) { try PackReader(source(framed)) }
      #expect(try PackRebuilder(source(framed)).scan().entries.isEmpty)
    }
  }
}
