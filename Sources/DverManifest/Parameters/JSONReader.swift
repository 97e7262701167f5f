import DverYAML

/// Reads JSON as Python's library does: `NaN` and `Infinity` are numbers, and of equal keys the
/// last one counts.
struct JSONReader {
  /// Deeper nesting is refused, so that callers may recurse on a thread with a small stack.
  static let maximumDepth = 200

  private let source: String
  private let bytes: [UInt8]
  private var position = 0

  static func read(_ bytes: [UInt8], source: String) throws(FileFormatError) -> ParameterValue {
    var reader = JSONReader(source, bytes)
    reader.skipBlanks()
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.position == bytes.count else { throw reader.error("expected the end of the file") }
    return value
  }

  private init(_ source: String, _ bytes: [UInt8]) {
    self.source = source
    self.bytes = bytes
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(FileFormatError) -> ParameterValue {
    guard depth < Self.maximumDepth else { throw error("lists and maps are nested too deeply") }
    switch peek {
    case UInt8(ascii: "{"): return .map(try members(depth: depth))
    case UInt8(ascii: "["): return .list(try items(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    default: break
    }
    let words: [(String, ParameterValue)] = [
      ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("NaN", .double(.nan)),
      ("Infinity", .double(.infinity)), ("-Infinity", .double(-.infinity)),
    ]
    for (word, value) in words where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    return try number()
  }

  private mutating func members(
    depth: Int
  ) throws(FileFormatError) -> [ParameterValue.Member] {
    var members: [ParameterValue.Member] = []
    var places: [String: Int] = [:]
    try list(until: UInt8(ascii: "}")) { (reader: inout JSONReader) throws(FileFormatError) in
      guard reader.peek == UInt8(ascii: "\"") else { throw reader.error("expected a key") }
      let key = try reader.string()
      reader.skipBlanks()
      try reader.take(UInt8(ascii: ":"), "':'")
      reader.skipBlanks()
      let value = try reader.value(depth: depth + 1)
      if let place = places[key] {
        members[place].value = value
      } else {
        places[key] = members.count
        members.append(ParameterValue.Member(key: key, value: value))
      }
    }
    return members
  }

  private mutating func items(depth: Int) throws(FileFormatError) -> [ParameterValue] {
    var items: [ParameterValue] = []
    try list(until: UInt8(ascii: "]")) { (reader: inout JSONReader) throws(FileFormatError) in
      items.append(try reader.value(depth: depth + 1))
    }
    return items
  }

  /// What stands between brackets, with commas between its parts.
  private mutating func list(
    until end: UInt8, _ part: (inout JSONReader) throws(FileFormatError) -> Void
  ) throws(FileFormatError) {
    position += 1
    skipBlanks()
    if peek == end {
      position += 1
      return
    }
    while true {
      try part(&self)
      skipBlanks()
      if peek == end {
        position += 1
        return
      }
      try take(UInt8(ascii: ","), "',' or '\(Character(Unicode.Scalar(end)))'")
      skipBlanks()
    }
  }

  private mutating func number() throws(FileFormatError) -> ParameterValue {
    let start = position
    var isInteger = true
    if peek == UInt8(ascii: "-") { position += 1 }
    let hasLeadingZero = peek == UInt8(ascii: "0")
    let digitCount = skipDigits()
    guard digitCount > 0, !hasLeadingZero || digitCount == 1 else {
      position = start
      throw error("expected a value")
    }
    if peek == UInt8(ascii: ".") {
      position += 1
      isInteger = false
      guard skipDigits() > 0 else { throw error("expected a digit") }
    }
    if let letter = peek, letter | 0x20 == UInt8(ascii: "e") {
      position += 1
      isInteger = false
      if peek == UInt8(ascii: "-") || peek == UInt8(ascii: "+") { position += 1 }
      guard skipDigits() > 0 else { throw error("expected a digit") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard isInteger else { return .double(Double(text) ?? .nan) }
    return ParameterValue(integer: text) ?? .string(text)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  // MARK: Strings

  private mutating func string() throws(FileFormatError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw error("the text is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try appendEscaped(to: &text)
      case ..<0x20: throw error("a control character must be escaped")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error("the string does not end")
  }

  private mutating func appendEscaped(to text: inout [UInt8]) throws(FileFormatError) {
    position += 1
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
      UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0c,
      UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
    ]
    guard let letter = peek else { throw error("the string does not end") }
    if let byte = simple[letter] {
      position += 1
      return text.append(byte)
    }
    guard letter == UInt8(ascii: "u") else { throw error("unknown escape") }
    var unit = try codeUnit()
    if 0xd800..<0xdc00 ~= unit, peek == UInt8(ascii: "\\"),
      position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u")
    {
      position += 1
      let low = try codeUnit()
      guard 0xdc00..<0xe000 ~= low else { throw error("half of a surrogate pair") }
      unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw error("half of a surrogate pair") }
    text.append(contentsOf: Character(scalar).utf8)
  }

  /// The four digits behind `u`.
  private mutating func codeUnit() throws(FileFormatError) -> UInt32 {
    let digits = bytes[(position + 1)...].prefix(4)
    let isHexadecimal = digits.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
    guard digits.count == 4, isHexadecimal,
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits") }
    position += 5
    return unit
  }

  // MARK: Bytes

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
  }

  private mutating func take(_ byte: UInt8, _ name: String) throws(FileFormatError) {
    guard peek == byte else { throw error("expected \(name)") }
    position += 1
  }

  private func error(_ text: String) -> FileFormatError {
    FileFormatError(source: source, at: position, in: bytes, text)
  }
}

extension FileFormatError {
  /// The one thing that is wrong with a file, at byte `offset` of its text.
  init(source: String, at offset: Int, in bytes: [UInt8], _ text: String) {
    let line = 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
    let mark = YAMLMark(line: line, offset: offset, in: bytes)
    self.init(source: source, line: line, column: mark.column, text)
  }
}
