/// Strings in all four kinds of quotes.
extension TOMLReader {
  mutating func basicString() throws(FileFormatError) -> String {
    cursor.advance()
    var text: [UInt8] = []
    while let byte = cursor.peek, byte != UInt8(ascii: "\n") {
      switch byte {
      case UInt8(ascii: "\""):
        cursor.advance()
        return try cursor.string(text)
      case UInt8(ascii: "\\"): try escape(into: &text)
      default: try plain(byte, into: &text)
      }
    }
    throw cursor.error("the string does not end")
  }

  mutating func literalString() throws(FileFormatError) -> String {
    cursor.advance()
    var text: [UInt8] = []
    while let byte = cursor.peek, byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "'") {
        cursor.advance()
        return try cursor.string(text)
      }
      try plain(byte, into: &text)
    }
    throw cursor.error("the string does not end")
  }

  mutating func longBasicString() throws(FileFormatError) -> String {
    cursor.advance(by: 3)
    skipFirstLineEnd()
    var text: [UInt8] = []
    while let byte = cursor.peek {
      if cursor.starts(with: "\"\"\"") { return try endOfLongString("\"", text) }
      if byte == UInt8(ascii: "\\") {
        if !skipEscapedLineEnd() { try escape(into: &text) }
      } else {
        try plain(byte, into: &text)
      }
    }
    throw cursor.error("the string does not end")
  }

  mutating func longLiteralString() throws(FileFormatError) -> String {
    cursor.advance(by: 3)
    skipFirstLineEnd()
    var text: [UInt8] = []
    while let byte = cursor.peek {
      if cursor.starts(with: "'''") { return try endOfLongString("'", text) }
      try plain(byte, into: &text)
    }
    throw cursor.error("the string does not end")
  }

  /// Up to two quotes before the closing three belong to the text.
  private mutating func endOfLongString(
    _ quote: String, _ text: [UInt8]
  ) throws(FileFormatError) -> String {
    cursor.advance(by: 3)
    var text = text
    for _ in 0..<2 where cursor.skip(quote) { text.append(contentsOf: quote.utf8) }
    return try cursor.string(text)
  }

  private mutating func plain(_ byte: UInt8, into text: inout [UInt8]) throws(FileFormatError) {
    let isAllowed = byte >= 0x20 && byte != 0x7f || [0x09, 0x0a, 0x0d].contains(byte)
    guard isAllowed else { throw cursor.error("a control character must be escaped") }
    text.append(byte)
    cursor.advance()
  }

  private mutating func skipFirstLineEnd() {
    if !cursor.skip("\n") { _ = cursor.skip("\r\n") }
  }

  /// A backslash at the end of a line takes all blanks and line ends behind it with it.
  private mutating func skipEscapedLineEnd() -> Bool {
    var ahead = cursor
    ahead.advance()
    _ = ahead.take { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
    guard ahead.peek == 0x0a else { return false }
    _ = ahead.take { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    cursor = ahead
    return true
  }

  private mutating func escape(into text: inout [UInt8]) throws(FileFormatError) {
    cursor.advance()
    let letters: [UInt8: UInt8] = [
      UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0a,
      UInt8(ascii: "f"): 0x0c, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "\""): UInt8(ascii: "\""),
      UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "e"): 0x1b,
    ]
    guard let letter = cursor.peek else { throw cursor.error("the string does not end") }
    cursor.advance()
    if let byte = letters[letter] { return text.append(byte) }
    let counts: [UInt8: Int] = [
      UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
    ]
    guard let count = counts[letter] else { throw cursor.error("unknown escape") }
    text.append(contentsOf: Character(try cursor.hexadecimalScalar(count)).utf8)
  }
}
