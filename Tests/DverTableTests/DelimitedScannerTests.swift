import TestSupport
import Testing

@testable import DverTable

@Suite struct DelimitedScannerTests {
  @Test func rowsHaveCellsUnderTheNamesOfTheHeading() throws {
    let table = try Tables.text("id,name\n1,a\n2,b\n")
    #expect(table.names == ["id", "name"])
    #expect(table.rows == [["1", "a", ""], ["2", "b", ""]])
  }

  @Test func quotesLineEndsAndMarksDoNotCount() throws {
    let plain = try Tables.text("a,b\n1,2\n3,4\n")
    #expect(try Tables.text("a,b\r\n1,2\r\n3,4").rows == plain.rows)
    #expect(try Tables.text("a,b\r1,2\r3,4\r").rows == plain.rows)
    #expect(try Tables.text("\u{feff}a,b\n1,2\n\n\n3,4\n").rows == plain.rows)
    #expect(try Tables.text("\u{feff}\"a\",b\n\"1\",\"2\"\n3,\"4\"").rows == plain.rows)
    #expect(try Tables.text("\u{feff}\"a\",b\n").names == plain.names)
  }

  @Test func quotedCellsHoldDelimitersLineEndsAndQuotes() throws {
    let rows = try Tables.text("a,b\n\"1,\n\r\",\"x\"\"y\"\"\"\n\"\",\"\"\"\"\n").rows
    #expect(rows == [["1,\n\r", "x\"y\"", ""], ["", "\"", ""]])
  }

  @Test func whatStandsBehindAClosingQuoteBelongsToTheCell() throws {
    #expect(try Tables.text("a\n\"x\"y\"z\n").rows == [["xy\"z", ""]])
    #expect(try Tables.text("a\nx\"y\"\n").rows == [["x\"y\"", ""]])
  }

  @Test func shortRowsEndInEmptyCellsAndLongOnesInWhatIsTooMuch() throws {
    #expect(
      try Tables.text("a,b\n1\n1,2,3,\"4\"\n,\n").rows
        == [["1", "", ""], ["1", "2", "3,\"4\""], ["", "", ""]])
  }

  @Test func aHeadingAloneAndNothingAtAllHaveNoRows() throws {
    #expect(try Tables.text("a,b").names == ["a", "b"])
    #expect(try Tables.text("a,b\r\n").rows == [])
    #expect(try Tables.text("").names == [])
    #expect(try Tables.text("\u{feff}\n\n").names == [])
  }

  @Test func repeatedNamesGetNumbers() throws {
    #expect(
      try Tables.text("a,b,a,a (2),a\n").names == ["a", "b", "a (3)", "a (2)", "a (4)"])
  }

  @Test func anOpenQuoteIsAnError() {
    #expect(throws: TableError.openQuote(row: 2)) { try Tables.text("a\n1\n\"2\n3\n") }
    #expect(throws: TableError.openQuote(row: 1)) { try Tables.text("a\n\"") }
    #expect(throws: TableError.openQuote(row: 1)) { try Tables.text("a\n\"\"\"") }
  }

  @Test func wideTextIsAnError() {
    #expect(throws: TableError.wideText) { try Tables.read([0xff, 0xfe, 0x61, 0x00]) }
    #expect(throws: TableError.wideText) { try Tables.read([0xfe, 0xff]) }
  }

  @Test func nulBytesAndInvalidTextAreBytesOfCells() throws {
    let rows = try Tables.read([0x61, 0x0a, 0x00, 0xff, 0x00, 0x0a]).rows
    #expect(rows == [[[0x00, 0xff, 0x00], []]])
  }

  @Test func rowsLongerThanAnyBlockAreRead() throws {
    let long = String(repeating: "x\n", count: 300_000)
    let rows = try Tables.read(Array("a,b\n1,\"\(long)\"\n2,3\n".utf8), blockByteCount: 10_000)
      .rows
    #expect(rows.map { $0.map(\.count) } == [[1, 600_000, 0], [1, 1, 0]])
  }

  @Test func aRowWithoutEndIsAnErrorBeforeItFillsTheMemory() {
    let block = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
    let endless = ByteSource(byteCount: 1 << 40) { take in
      guard try take(Array("a\n\"".utf8).span) else { return }
      while try take(block.span) {}
    }
    #expect {
      try TableVersion(endless, format: TableFormat(.delimited(by: 0x2c)))
        .scan(key: [], ignoring: [])
    } throws: { error in
      if case TableError.longRow(row: 1, _) = error { true } else { false }
    }
  }

  @Test(arguments: Seeds.standard)
  func anyBlocksGiveWhatASlowModelReads(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("a,\"\n\r".utf8) + [0x22, 0x2c, 0xff]
    for _ in 0..<200 {
      let count = Int.random(in: 0..<40, using: &generator)
      var text = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      if Bool.random(using: &generator) { text = [0xef, 0xbb, 0xbf] + text }
      let expected = DelimitedModel.read(text)
      let wrong = (1...max(text.count, 1)).filter { size in
        (try? Tables.read(text, blockByteCount: size)) != expected
      }
      #expect(wrong.isEmpty, "\(text)")
    }
  }
}
