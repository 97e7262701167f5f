/// A word of Python.
enum PythonToken: Hashable {
  case name(String)
  /// A number as it is written.
  case number(String)
  case string(String)
  /// A string whose value depends on more than its text, or is no text.
  case otherString
  /// One character, or an operator with `=` in it.
  case symbol(String)
}

/// A line of Python, with the lines that continue it.
struct PythonLine {
  /// Where its first word begins, in bytes.
  let position: Int
  /// The width of the blanks before it.
  let indent: Int
  let tokens: [PythonToken]

  /// The name of the class that begins here.
  var className: String? {
    guard tokens.first == .name("class"), tokens.count > 2, case .name(let name) = tokens[1] else {
      return nil
    }
    return name
  }

  /// Whether `__init__` begins here.
  var isInitializer: Bool {
    tokens.starts(with: [.name("def"), .name("__init__")])
  }

  /// What stands behind the colon of a class or function in the same line; `nil` for nothing.
  var body: ArraySlice<PythonToken>? {
    var depth = 0
    for (place, token) in tokens.enumerated() {
      switch token {
      case .symbol("("), .symbol("["), .symbol("{"): depth += 1
      case .symbol(")"), .symbol("]"), .symbol("}"): depth -= 1
      case .symbol(":") where depth == 0:
        return place + 1 < tokens.count ? tokens[(place + 1)...] : nil
      default: break
      }
    }
    return nil
  }
}

/// Cuts a Python file into lines and words.
struct PythonLineReader {
  private var cursor: TextCursor
  private var lines: [PythonLine] = []
  private var tokens: [PythonToken] = []
  private var indent = 0
  /// Where the line's first word begins.
  private var start = 0
  /// Whether half of a character stands in the string, which is no text then.
  private var isSurrogate = false
  /// Whether the first lines may say that the file is not in UTF-8.
  private let hasOtherEncoding: Bool
  /// Where the brackets begin that are open.
  private var open: [Int] = []

  static func lines(
    of bytes: [UInt8], source: String
  ) throws(FileFormatError) -> [PythonLine] {
    var reader = PythonLineReader(cursor: TextCursor(source: source, bytes: bytes))
    try reader.read()
    return reader.lines
  }

  private init(cursor: TextCursor) {
    self.cursor = cursor
    let firstLines = cursor.bytes.prefix(256).split(
      separator: 0x0a, maxSplits: 2, omittingEmptySubsequences: false
    ).prefix(2)
    hasOtherEncoding = firstLines.contains {
      $0.first == UInt8(ascii: "#") && String(decoding: $0, as: UTF8.self).contains("coding")
    }
  }

  private mutating func read() throws(FileFormatError) {
    readIndent()
    while let byte = cursor.peek {
      switch byte {
      case 0x0a:
        cursor.advance()
        if open.isEmpty {
          endLine()
          readIndent()
        }
      case 0x20, 0x09, 0x0c, 0x0d: cursor.advance()
      case UInt8(ascii: "#"): _ = cursor.take { $0 != 0x0a }
      case UInt8(ascii: "\\"): cursor.advance(by: cursor.peek(1) == 0x0d ? 3 : 2)
      default: try readToken(byte)
      }
    }
    if let start = open.last { throw cursor.error("the bracket is not closed", at: start) }
    endLine()
  }

  private mutating func endLine() {
    if !tokens.isEmpty {
      lines.append(PythonLine(position: start, indent: indent, tokens: tokens))
    }
    tokens = []
  }

  private mutating func readIndent() {
    indent = 0
    while let byte = cursor.peek, byte == 0x20 || byte == 0x09 || byte == 0x0c {
      // A tab goes to the next multiple of eight.
      indent = byte == 0x09 ? (indent / 8 + 1) * 8 : byte == 0x20 ? indent + 1 : 0
      cursor.advance()
    }
  }

  private mutating func readToken(_ byte: UInt8) throws(FileFormatError) {
    if tokens.isEmpty { start = cursor.position }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      return tokens.append(try string(prefix: ""))
    }
    let isFraction = byte == UInt8(ascii: ".") && cursor.peek(1).map(TextCursor.isDigit) == true
    if TextCursor.isDigit(byte) || isFraction { return tokens.append(.number(number())) }
    if Self.isWord(byte) {
      let word = cursor.take(while: Self.isWord)
      let isPrefix = word.count <= 2 && word.allSatisfy { "rbufRBUF".contains($0) }
      if isPrefix, cursor.peek == UInt8(ascii: "\"") || cursor.peek == UInt8(ascii: "'") {
        return tokens.append(try string(prefix: word.lowercased()))
      }
      return tokens.append(.name(word))
    }
    try readSymbol(byte)
  }

  private mutating func readSymbol(_ byte: UInt8) throws(FileFormatError) {
    let start = cursor.position
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(start)
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      guard open.popLast() != nil else { throw cursor.error("the bracket closes nothing") }
    default: break
    }
    cursor.advance()
    var text = String(decoding: [byte], as: UTF8.self)
    // `==`, `+=` and the like assign nothing that counts here.
    if "=!<>+-*/%&|^@:~".utf8.contains(byte), cursor.peek == UInt8(ascii: "=") {
      cursor.advance()
      text += "="
    }
    tokens.append(.symbol(text))
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    TextCursor.isLetter(byte) || TextCursor.isDigit(byte) || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }

  private mutating func number() -> String {
    var text = ""
    while true {
      text += cursor.take { Self.isWord($0) || $0 == UInt8(ascii: ".") }
      let isHexadecimal = text.lowercased().hasPrefix("0x")
      let hasExponent = !isHexadecimal && (text.hasSuffix("e") || text.hasSuffix("E"))
      guard hasExponent, let sign = cursor.peek, "+-".utf8.contains(sign) else { return text }
      text.append(Character(Unicode.Scalar(sign)))
      cursor.advance()
    }
  }

  // MARK: Strings

  private mutating func string(prefix: String) throws(FileFormatError) -> PythonToken {
    let start = cursor.position
    let quote = cursor.starts(with: "\"") ? "\"" : "'"
    let isLong = cursor.starts(with: quote + quote + quote)
    let end = isLong ? quote + quote + quote : quote
    cursor.advance(by: end.utf8.count)
    var text: [UInt8] = []
    isSurrogate = false
    let isRaw = prefix.contains("r")
    while let byte = cursor.peek, isLong || byte != 0x0a {
      if cursor.skip(end) {
        let isText = !prefix.contains("f") && !prefix.contains("b") && !isSurrogate
        guard isText else { return .otherString }
        if hasOtherEncoding, String(validating: text, as: UTF8.self) == nil { return .otherString }
        return .string(try cursor.string(text))
      }
      if byte == UInt8(ascii: "\\") {
        try escape(into: &text, isRaw: isRaw)
      } else {
        text.append(byte)
        cursor.advance()
      }
    }
    throw cursor.error("the string does not end", at: start)
  }

  private mutating func escape(
    into text: inout [UInt8], isRaw: Bool
  ) throws(FileFormatError) {
    cursor.advance()
    guard let letter = cursor.peek else { return }
    cursor.advance()
    if isRaw { return text += [UInt8(ascii: "\\"), letter] }
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "'"): UInt8(ascii: "'"),
      UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08,
      UInt8(ascii: "f"): 0x0c, UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d,
      UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0b,
    ]
    if let byte = simple[letter] { return text.append(byte) }
    switch letter {
    case 0x0a: return
    case UInt8(ascii: "x"): append(try cursor.hexadecimalScalar(2), to: &text)
    case UInt8(ascii: "u"):
      let digits = String(decoding: cursor.bytes[cursor.position...].prefix(4), as: UTF8.self)
      if let value = UInt16(digits, radix: 16), UTF16.isSurrogate(value) {
        isSurrogate = true
        cursor.advance(by: 4)
      } else {
        append(try cursor.hexadecimalScalar(4), to: &text)
      }
    case UInt8(ascii: "U"): append(try cursor.hexadecimalScalar(8), to: &text)
    case UInt8(ascii: "0")...UInt8(ascii: "7"): appendOctal(letter, to: &text)
    default: text += [UInt8(ascii: "\\"), letter]
    }
  }

  /// Up to three octal digits.
  private mutating func appendOctal(_ first: UInt8, to text: inout [UInt8]) {
    var value = UInt32(first - UInt8(ascii: "0"))
    for _ in 0..<2 {
      guard let digit = cursor.peek, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit)
      else { break }
      value = value * 8 + UInt32(digit - UInt8(ascii: "0"))
      cursor.advance()
    }
    if let scalar = Unicode.Scalar(value) { append(scalar, to: &text) }
  }

  private func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
    text.append(contentsOf: Character(scalar).utf8)
  }
}
