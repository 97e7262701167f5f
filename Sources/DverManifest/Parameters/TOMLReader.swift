/// Reads TOML 1.0; dates and times stay the text that they are.
struct TOMLReader {
  var cursor: TextCursor
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
