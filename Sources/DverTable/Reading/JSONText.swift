/// Reads JSON values byte by byte, and writes them the one way in which equal values are equal text:
/// no blanks, members sorted by name, characters not escaped where they need not be. Numbers stay as
/// they are written.
///
/// What is written is never longer than what was read.
@safe struct JSONText {
  private let base: UnsafePointer<UInt8>
  let end: Int
  var position: Int

  /// What was expected at the place where the text is not JSON.
  struct Flaw: Error {
    let reason: String
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
    guard skip(byte) else { throw Flaw(reason: "expected \(name)") }
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
      if byte < 0x20 { throw Flaw(reason: "a control character stands in a string") }
    }
    throw Flaw(reason: "a string has no end")
  }

  /// Passes over a number, `true`, `false`, `null`, and what Python writes for other numbers.
  private mutating func skipWord() throws(Flaw) {
    let start = position
    while let byte = peek, Self.isWordByte(byte) { position += 1 }
    let word = unsafe UnsafeBufferPointer(start: base + start, count: position - start)
    if unsafe CellKinds.isJSONNumber(word) { return }
    guard Self.words.contains(where: { unsafe word.elementsEqual($0) }) else {
      position = start
      throw Flaw(reason: "expected a value")
    }
  }

  private static let words = ["true", "false", "null", "NaN", "Infinity", "-Infinity"].map {
    Array($0.utf8)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }

  /// Reads a value and appends it.
  mutating func appendValue(to text: inout [UInt8], depth: Int = 0) throws(Flaw) {
    guard depth < Self.depthLimit else { throw Flaw(reason: "values lie too deep in each other") }
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

  func slice(_ start: Int, _ end: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
    unsafe UnsafeBufferPointer(start: base, count: end)[start..<end]
  }

  /// So deep are few values, and the stack of a thread is deeper.
  private static let depthLimit = 256
}

/// Sorts names as their bytes.
private func < (left: ([UInt8], Int), right: ([UInt8], Int)) -> Bool {
  left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
}
