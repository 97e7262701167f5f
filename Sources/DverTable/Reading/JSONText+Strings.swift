extension JSONText {
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
      case ..<0x20: throw Flaw(reason: "a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw Flaw(reason: "a string has no end")
  }

  /// What follows a backslash.
  private mutating func appendEscape(to text: inout [UInt8]) throws(Flaw) {
    guard let letter = peek else { throw Flaw(reason: "a string has no end") }
    position += 1
    switch letter {
    case UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      text += [UInt8(ascii: "\\"), letter]
    case UInt8(ascii: "u"): append(try codeUnit(), to: &text)
    default: throw Flaw(reason: "a backslash stands before something else than an escape")
    }
  }

  private mutating func codeUnit() throws(Flaw) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw Flaw(reason: "expected four hexadecimal digits")
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
}
