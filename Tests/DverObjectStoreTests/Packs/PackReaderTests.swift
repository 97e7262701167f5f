import DverCore
import DverObjectStore
import TestSupport
import Testing

@Suite struct PackReaderTests {
  private static let texts = ["", "a", "id,price\n1,9.5\n"]

  @Test func readsTheFixtures() throws {
    let reader = try PackReader(source(fixture("mixed.pack")))
    #expect(reader.objectCount == 6)
    #expect(
      reader.name.hex == "85cb18403c218a824b098c7e8568aa50a44adef5d00ef5114eaa2b182e59966d")
    let city = Array("id,city\n".utf8) + Array(String(repeating: "1,Oslo\n", count: 100).utf8)
    let entry = try #require(reader.entry(of: digest(of: city)))
    #expect(entry.flags == PackFlags(.zlib, .content))
    #expect(try reader.content(of: entry) == city)
    let recipe = try #require(reader.entry(of: digest(of: Array("recipe".utf8))))
    #expect(recipe.flags == PackFlags(.raw, .recipe))
    for text in Self.texts {
      let name = digest(of: Array(text.utf8))
      let entry = try #require(reader.entry(of: name))
      #expect(try reader.content(of: entry) == Array(text.utf8))
    }
    #expect(try PackReader(source(fixture("empty.pack"))).objectCount == 0)
  }

  @Test func listsObjectsInBothOrders() throws {
    let reader = try PackReader(source(fixture("mixed.pack")))
    let byDigest = (0..<reader.objectCount).map { reader[$0] }
    #expect(byDigest == byDigest.sorted { $0.digest < $1.digest })
    #expect(reader.entriesInFileOrder == byDigest.sorted { $0.offset < $1.offset })
  }

  /// Opens a pack and reads all its objects; returns whether everything was right.
  private func isWhole(_ bytes: [UInt8], as original: PackReader) throws -> Bool {
    do {
      let reader = try PackReader(source(bytes))
      for index in 0..<original.objectCount {
        let entry = original[index]
        let found = try #require(reader.entry(of: entry.digest))
        #expect(try digest(of: reader.content(of: found)) == entry.digest)
      }
      return reader.objectCount == original.objectCount
    } catch is PackError {
      return false
    }
  }

  @Test(arguments: [1, 0x80, 0xff] as [UInt8])
  func noticesEveryChangedByte(change: UInt8) throws {
    let bytes = try fixture("raw.pack")
    let original = try PackReader(source(bytes))
    #expect(try isWhole(bytes, as: original))
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= change
      #expect(try !isWhole(damaged, as: original), "byte \(index)")
    }
  }

  /// Some bits of a zlib stream mean nothing; all others are noticed, and no answer is wrong.
  @Test(arguments: [1, 0x80, 0xff] as [UInt8])
  func givesNoWrongAnswerForAChangedStream(change: UInt8) throws {
    let bytes = try fixture("mixed.pack")
    let original = try PackReader(source(bytes))
    let undetected = try bytes.indices.filter { index in
      var damaged = bytes
      damaged[index] ^= change
      return try isWhole(damaged, as: original)
    }
    #expect(undetected.count <= 1)
  }

  @Test func noticesEveryCut() throws {
    let bytes = try fixture("mixed.pack")
    let original = try PackReader(source(bytes))
    for count in 0..<bytes.count {
      #expect(try !isWhole(Array(bytes.prefix(count)), as: original), "cut at \(count)")
    }
    #expect(try !isWhole(bytes + [0], as: original))
  }

  @Test func noticesAFileThatShrinksWhileItIsOpen() throws {
    let bytes = try fixture("raw.pack")
    let shrinking = PackSource(name: "p", byteCount: Int64(bytes.count)) { offset, count in
      Array(bytes.dropFirst(Int(offset)).prefix(count == 16 ? 16 : count - 1))
    }
    #expect(throws: PackError.self) { try PackReader(shrinking) }
  }

  @Test func namesAVersionItDoesNotKnow() throws {
    var bytes = try fixture("raw.pack")
    bytes[8] = 2
    #expect(throws: PackError.unsupportedVersion(pack: "test.pack", version: 2)) {
      try PackReader(source(bytes))
    }
  }
}
