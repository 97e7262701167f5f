/// Reads TOML 1.0; dates and times stay the text that they are.
struct TOMLReader {
  private var cursor: TextCursor
  private var root = TOMLTable()
  /// The table that the present lines belong to.
  private var current: [String] = []

  static func read(_ bytes: [UInt8], source: String) throws(FileFormatError) -> ParameterValue {
    var reader = TOMLReader(cursor: TextCursor(source: source, bytes: bytes))
    try reader.readLines()
    return reader.root.value
  }

  private init(cursor: TextCursor) {
    self.cursor = cursor
  }

  // MARK: Lines

  private mutating func readLines() throws(FileFormatError) {
    while true {
      skipBlankLines()
      guard let byte = cursor.peek else { return }
      if byte == UInt8(ascii: "[") { try readHeader() } else { try readPair() }
      try endLine()
    }
  }

  private mutating func readHeader() throws(FileFormatError) {
    cursor.advance()
    let isArray = cursor.skip("[")
    let start = cursor.position
    let path = try key()
    guard cursor.skip(isArray ? "]]" : "]") else { throw cursor.error("expected ']'") }
    current = path
    guard isArray ? root.appendTable(at: path) : root.defineTable(at: path) else {
      throw cursor.error("the table '\(path.joined(separator: "."))' is there already", at: start)
    }
  }

  private mutating func readPair() throws(FileFormatError) {
    let start = cursor.position
    let path = try key()
    guard cursor.skip("=") else { throw cursor.error("expected '='") }
    skipBlanks()
    let value = try value(depth: 0)
    guard root.set(path, to: value, in: current) else {
      throw cursor.error("the key '\(path.joined(separator: "."))' is there already", at: start)
    }
  }

  private mutating func endLine() throws(FileFormatError) {
    skipBlanks()
    skipComment()
    guard cursor.peek == nil || cursor.skip("\n") || cursor.skip("\r\n") else {
      throw cursor.error("expected the end of the line")
    }
  }

  // MARK: Keys

  /// A key with dots; what stands around it is blanks.
  private mutating func key() throws(FileFormatError) -> [String] {
    var path: [String] = []
    repeat {
      skipBlanks()
      path.append(try simpleKey())
      skipBlanks()
      guard path.count <= JSONReader.maximumDepth else { throw cursor.error("the key is too deep") }
    } while cursor.skip(".")
    return path
  }

  private mutating func simpleKey() throws(FileFormatError) -> String {
    switch cursor.peek {
    case UInt8(ascii: "\""): return try basicString()
    case UInt8(ascii: "'"): return try literalString()
    default:
      let word = cursor.take { Self.isBare($0) }
      guard !word.isEmpty else { throw cursor.error("expected a key") }
      return word
    }
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || TextCursor.isDigit(byte)
      || TextCursor.isLetter(byte)
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(FileFormatError) -> TOMLValue {
    guard depth < JSONReader.maximumDepth else {
      throw cursor.error("lists and tables are nested too deeply")
    }
    switch cursor.peek {
    case UInt8(ascii: "\""):
      return .plain(
        .string(cursor.starts(with: "\"\"\"") ? try longBasicString() : try basicString()))
    case UInt8(ascii: "'"):
      return .plain(
        .string(cursor.starts(with: "'''") ? try longLiteralString() : try literalString()))
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "{"): return try inlineTable(depth: depth)
    default: return .plain(try word())
    }
  }

  private mutating func list(depth: Int) throws(FileFormatError) -> TOMLValue {
    cursor.advance()
    var items: [TOMLValue] = []
    while true {
      skipBlankLines()
      if cursor.skip("]") { return .list(items) }
      items.append(try value(depth: depth + 1))
      skipBlankLines()
      if cursor.skip(",") { continue }
      guard cursor.skip("]") else { throw cursor.error("expected ',' or ']'") }
      return .list(items)
    }
  }

  private mutating func inlineTable(depth: Int) throws(FileFormatError) -> TOMLValue {
    cursor.advance()
    var table = TOMLTable()
    while true {
      skipBlanks()
      if cursor.skip("}") { return .closed(table) }
      let start = cursor.position
      let path = try key()
      guard cursor.skip("=") else { throw cursor.error("expected '='") }
      skipBlanks()
      guard table.set(path, to: try value(depth: depth + 1), in: []) else {
        throw cursor.error("the key '\(path.joined(separator: "."))' is there already", at: start)
      }
      skipBlanks()
      if cursor.skip(",") { continue }
      guard cursor.skip("}") else { throw cursor.error("expected ',' or '}'") }
      return .closed(table)
    }
  }

  /// A boolean, a number, a date or a time.
  private mutating func word() throws(FileFormatError) -> ParameterValue {
    let start = cursor.position
    var text = takeWord()
    // A date and a time may have a blank between them.
    if TOMLNumber.isDate(text), cursor.peek == 0x20, cursor.peek(1).map(TextCursor.isDigit) == true
    {
      cursor.advance()
      text += " " + takeWord()
    }
    guard let value = TOMLNumber.value(text) else {
      throw cursor.error("expected a value", at: start)
    }
    return value
  }

  private mutating func takeWord() -> String {
    cursor.take { byte in
      Self.isBare(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: ":")
    }
  }

  // MARK: Strings

  private mutating func basicString() throws(FileFormatError) -> String {
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

  private mutating func literalString() throws(FileFormatError) -> String {
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

  private mutating func longBasicString() throws(FileFormatError) -> String {
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

  private mutating func longLiteralString() throws(FileFormatError) -> String {
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

  // MARK: Blanks

  private mutating func skipBlanks() { _ = cursor.take { $0 == 0x20 || $0 == 0x09 } }

  private mutating func skipComment() {
    if cursor.peek == UInt8(ascii: "#") { _ = cursor.take { $0 != 0x0a } }
  }

  private mutating func skipBlankLines() {
    while true {
      _ = cursor.take { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      guard cursor.peek == UInt8(ascii: "#") else { return }
      skipComment()
    }
  }
}
