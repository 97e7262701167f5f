/// Reads JSON values byte by byte, and writes them the one way in which equal values are equal text:
/// no blanks, members sorted by name, characters not escaped where they need not be. Numbers stay as
/// they are written.
///
/// What is written is never longer than what was read.
@safe struct JSONText {
  private let base: UnsafePointer<UInt8>
  let end: Int
  private(set) var position: Int

  /// What was expected at the place where the text is not JSON.
  struct Flaw: Error {
    let expected: String
  }

  init(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) {
    unsafe self.base = base
    (position, self.end) = (start, end)
  }

  // MARK: Tokens

  mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a {
      position += 1
    }
  }

  /// The next byte.
  var peek: UInt8? { position < end ? unsafe base[position] : nil }

  /// Passes over a byte if it is the next one.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8, _ name: String) throws(Flaw) {
    guard skip(byte) else { throw Flaw(expected: "expected \(name)") }
  }

  // MARK: Values

  /// Passes over a value that is written the one way already.
  ///
  /// - Returns: `false` where it may not be; the position is then what it was.
  mutating func skipSimpleValue() throws(Flaw) -> Bool {
    let start = position
    guard let first = peek else { return false }
    if first == UInt8(ascii: "\"") {
      if try skipSimpleString() { return true }
      position = start
      return false
    }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return false }
    try skipWord()
    return true
  }

  /// Passes over a string without escapes; `false` where there is one.
  mutating func skipSimpleString() throws(Flaw) -> Bool {
    try expect(UInt8(ascii: "\""), "a string")
    while let byte = peek {
      if byte == UInt8(ascii: "\\") { return false }
      position += 1
      if byte == UInt8(ascii: "\"") { return true }
      if byte < 0x20 { throw Flaw(expected: "a control character stands in a string") }
    }
    throw Flaw(expected: "a string has no end")
  }

  /// Passes over a number, `true`, `false`, `null`, and what Python writes for other numbers.
  private mutating func skipWord() throws(Flaw) {
    let start = position
    while let byte = peek, Self.isWordByte(byte) { position += 1 }
    let word = unsafe UnsafeBufferPointer(start: base + start, count: position - start)
    if unsafe CellKinds.isJSONNumber(word) { return }
    let known = ["true", "false", "null", "NaN", "Infinity", "-Infinity"]
    guard known.contains(where: { unsafe word.elementsEqual($0.utf8) }) else {
      position = start
      throw Flaw(expected: "expected a value")
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }

  /// Reads a value and appends it.
  mutating func appendValue(to text: inout [UInt8], depth: Int = 0) throws(Flaw) {
    guard depth < Self.depthLimit else { throw Flaw(expected: "values lie too deep in each other") }
    switch peek {
    case UInt8(ascii: "{"): try appendObject(to: &text, depth: depth)
    case UInt8(ascii: "["): try appendArray(to: &text, depth: depth)
    case UInt8(ascii: "\""): try appendString(to: &text)
    default:
      let start = position
      try skipWord()
      unsafe text.append(contentsOf: UnsafeBufferPointer(rebasing: slice(start, position)))
    }
  }

  private mutating func appendArray(to text: inout [UInt8], depth: Int) throws(Flaw) {
    position += 1
    text.append(UInt8(ascii: "["))
    skipBlanks()
    if !skip(UInt8(ascii: "]")) {
      while true {
        skipBlanks()
        try appendValue(to: &text, depth: depth + 1)
        skipBlanks()
        if skip(UInt8(ascii: "]")) { break }
        try expect(UInt8(ascii: ","), "',' or ']'")
        text.append(UInt8(ascii: ","))
      }
    }
    text.append(UInt8(ascii: "]"))
  }

  private mutating func appendObject(to text: inout [UInt8], depth: Int) throws(Flaw) {
    position += 1
    var members: [(name: [UInt8], place: Int, value: [UInt8])] = []
    skipBlanks()
    if !skip(UInt8(ascii: "}")) {
      while true {
        var (name, value): ([UInt8], [UInt8]) = ([], [])
        skipBlanks()
        try appendString(to: &name)
        skipBlanks()
        try expect(UInt8(ascii: ":"), "':'")
        skipBlanks()
        try appendValue(to: &value, depth: depth + 1)
        members.append((name, members.count, value))
        skipBlanks()
        if skip(UInt8(ascii: "}")) { break }
        try expect(UInt8(ascii: ","), "',' or '}'")
      }
    }
    members.sort { ($0.name, $0.place) < ($1.name, $1.place) }
    text.append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      // Of several members of a name, the last one counts.
      if index + 1 < members.count, members[index + 1].name == member.name { continue }
      if text.last != UInt8(ascii: "{") { text.append(UInt8(ascii: ",")) }
      text += member.name
      text.append(UInt8(ascii: ":"))
      text += member.value
    }
    text.append(UInt8(ascii: "}"))
  }

  // MARK: Strings

  /// Reads a string and appends it with its quotes.
  mutating func appendString(to text: inout [UInt8]) throws(Flaw) {
    let start = position
    if try skipSimpleString() {
      unsafe text.append(contentsOf: UnsafeBufferPointer(rebasing: slice(start, position)))
      return
    }
    unsafe text.append(contentsOf: UnsafeBufferPointer(rebasing: slice(start, position)))
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        text.append(byte)
        return
      case UInt8(ascii: "\\"): try appendEscape(to: &text)
      case ..<0x20: throw Flaw(expected: "a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw Flaw(expected: "a string has no end")
  }

  /// What follows a backslash.
  private mutating func appendEscape(to text: inout [UInt8]) throws(Flaw) {
    guard let letter = peek else { throw Flaw(expected: "a string has no end") }
    position += 1
    switch letter {
    case UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      text += [UInt8(ascii: "\\"), letter]
    case UInt8(ascii: "u"): append(try codeUnit(), to: &text)
    default: throw Flaw(expected: "a backslash stands before something else than an escape")
    }
  }

  private mutating func codeUnit() throws(Flaw) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw Flaw(expected: "expected four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
    if let letter = Self.shortEscapes[unit] {
      text += [UInt8(ascii: "\\"), letter]
    } else if unit < 0x20 {
      appendEscaped(unit, to: &text)
    } else if let scalar = Unicode.Scalar(unit) {
      text += Array(String(Character(scalar)).utf8)
    } else {
      appendSurrogate(unit, to: &text)
    }
  }

  /// One half of a character, with the other one if that follows.
  private mutating func appendSurrogate(_ unit: UInt16, to text: inout [UInt8]) {
    let start = position
    if unit < 0xdc00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")),
      let low = try? codeUnit(), (0xdc00...0xdfff).contains(low),
      let scalar = Unicode.Scalar(
        0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(low) - 0xdc00))
    {
      text += Array(String(Character(scalar)).utf8)
    } else {
      position = start
      appendEscaped(unit, to: &text)
    }
  }

  private func appendEscaped(_ unit: UInt16, to text: inout [UInt8]) {
    let digits = String(unit, radix: 16)
    text += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
  }

  private static let shortEscapes: [UInt16: UInt8] = [
    0x08: UInt8(ascii: "b"), 0x09: UInt8(ascii: "t"), 0x0a: UInt8(ascii: "n"),
    0x0c: UInt8(ascii: "f"), 0x0d: UInt8(ascii: "r"), 0x22: 0x22, 0x5c: 0x5c,
  ]

  private func slice(_ start: Int, _ end: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
    unsafe UnsafeBufferPointer(start: base, count: end)[start..<end]
  }

  /// So deep are few values, and the stack of a thread is deeper.
  private static let depthLimit = 256
}

/// Sorts names as their bytes.
private func < (left: ([UInt8], Int), right: ([UInt8], Int)) -> Bool {
  left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
}
