import Testing

@testable import DverPlot

@Suite struct DelimitedTextTests {
  private func rows(_ text: String, _ delimiter: Character = ",") throws -> [[String]] {
    try DelimitedText(Array(text.utf8), delimiter: delimiter.asciiValue ?? 0).rows
  }

  @Test func rowsEndWithAnyLineEnd() throws {
    #expect(
      try rows("a,b\n1,2\r\n3,4\r5,6") == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]])
    #expect(try rows("") == [])
    #expect(try rows("a\tb\n", "\t") == [["a", "b"]])
  }

  @Test func quotesHoldDelimitersLineEndsAndQuotes() throws {
    #expect(try rows("\"a,\n\"\"b\"\"\",c\n") == [["a,\n\"b\"", "c"]])
    #expect(try rows("\"\"\n") == [[""]])
  }

  @Test func emptyLinesAreNoRowsAndEmptyFieldsAreFields() throws {
    #expect(try rows("a\n\n\nb\n") == [["a"], ["b"]])
    #expect(try rows("a,\n,b\n,") == [["a", ""], ["", "b"], ["", ""]])
  }

  @Test func aByteOrderMarkIsNoPartOfTheFirstName() throws {
    #expect(try rows("\u{feff}a,b\n") == [["a", "b"]])
  }

  @Test func brokenTextIsRefusedWithItsLine() {
    #expect(throws: DelimitedTextError.openQuote(line: 2)) { try rows("a\n\"b\n") }
    #expect(throws: DelimitedTextError.textBehindQuote(line: 1)) { try rows("\"a\"b\n") }
    #expect(throws: DelimitedTextError.notUTF8) {
      try DelimitedText([0x61, 0xff, 0x0a], delimiter: 0x2c)
    }
  }
}

@Suite struct Base64Tests {
  @Test func encodesTheExamplesOfItsStandard() {
    let examples = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foobar": "Zm9vYmFy"]
    for (text, encoded) in examples { #expect(Base64.encoded(Array(text.utf8)) == encoded) }
    #expect(Base64.encoded([0xff, 0xfe, 0xfb]) == "//77")
  }
}
