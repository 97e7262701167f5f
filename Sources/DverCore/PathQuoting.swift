/// Git's quoting of names that hold control characters, quotes, backslashes or invalid UTF-8.
///
/// Names are bytes. A name stands in double quotes when it holds a byte below 0x20, 0x7f, `"` or
/// `\`, or is not valid UTF-8; in the last case every byte from 0x80 on is escaped too. Escapes are
/// `\a \b \t \n \v \f \r \" \\`, else three octal digits.
package enum PathQuoting {
  /// Whether `name` must be quoted.
  package static func needsQuotes(_ name: Span<UInt8>) -> Bool {
    var isASCII = true
    for index in name.indices {
      let byte = name[index]
      if byte < 0x20 || byte == 0x7f || byte == 0x22 || byte == 0x5c { return true }
      if byte >= 0x80 { isASCII = false }
    }
    return !isASCII && !isValidUTF8(name)
  }

  /// Whether `name` is well-formed UTF-8 (Unicode 15, table 3-7).
  package static func isValidUTF8(_ name: Span<UInt8>) -> Bool {
    var index = 0
    func isContinuation(_ position: Int, _ range: ClosedRange<UInt8> = 0x80...0xbf) -> Bool {
      position < name.count && range.contains(name[position])
    }
    while index < name.count {
      switch name[index] {
      case 0x00...0x7f:
        index += 1
      case 0xc2...0xdf where isContinuation(index + 1):
        index += 2
      case 0xe0 where isContinuation(index + 1, 0xa0...0xbf) && isContinuation(index + 2),
        0xed where isContinuation(index + 1, 0x80...0x9f) && isContinuation(index + 2),
        0xe1...0xec where isContinuation(index + 1) && isContinuation(index + 2),
        0xee...0xef where isContinuation(index + 1) && isContinuation(index + 2):
        index += 3
      case 0xf0 where isContinuation(index + 1, 0x90...0xbf) && isTail(index + 2),
        0xf1...0xf3 where isContinuation(index + 1) && isTail(index + 2),
        0xf4 where isContinuation(index + 1, 0x80...0x8f) && isTail(index + 2):
        index += 4
      default:
        return false
      }
    }
    return true

    func isTail(_ position: Int) -> Bool {
      isContinuation(position) && isContinuation(position + 1)
    }
  }

  /// Appends `name` to `text`, quoted where it must be.
  package static func append(_ name: Span<UInt8>, to text: inout [UInt8]) {
    guard needsQuotes(name) else {
      for index in name.indices { text.append(name[index]) }
      return
    }
    let escapesHighBytes = !isValidUTF8(name)
    text.append(0x22)
    for index in name.indices {
      let byte = name[index]
      if let letter = escapeLetter(of: byte) {
        text.append(0x5c)
        text.append(letter)
      } else if byte < 0x20 || byte == 0x7f || (escapesHighBytes && byte >= 0x80) {
        text.append(0x5c)
        text.append(0x30 + (byte >> 6))
        text.append(0x30 + (byte >> 3 & 7))
        text.append(0x30 + (byte & 7))
      } else {
        text.append(byte)
      }
    }
    text.append(0x22)
  }

  /// `name` as text, quoted where it must be.
  package static func quoted(_ name: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    let bytes = Array(name)
    append(bytes.span, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The name that `append` would print as `text`; `nil` where `text` is not canonical.
  package static func unquote(_ text: Span<UInt8>) -> [UInt8]? {
    var name: [UInt8] = []
    guard text.count >= 2, text[0] == 0x22 else {
      guard !needsQuotes(text) else { return nil }
      for index in text.indices { name.append(text[index]) }
      return name
    }
    guard text[text.count - 1] == 0x22 else { return nil }
    var index = 1
    while index < text.count - 1 {
      guard text[index] == 0x5c else {
        name.append(text[index])
        index += 1
        continue
      }
      guard index + 1 < text.count - 1 else { return nil }
      if let byte = byte(ofEscapeLetter: text[index + 1]) {
        name.append(byte)
        index += 2
      } else {
        guard index + 3 < text.count - 1 else { return nil }
        let digits = (text[index + 1], text[index + 2], text[index + 3])
        guard (0x30...0x33).contains(digits.0), (0x30...0x37).contains(digits.1),
          (0x30...0x37).contains(digits.2)
        else { return nil }
        name.append((digits.0 - 0x30) << 6 | (digits.1 - 0x30) << 3 | (digits.2 - 0x30))
        index += 4
      }
    }
    // Only one spelling is canonical: print the name again and compare.
    var canonical: [UInt8] = []
    append(name.span, to: &canonical)
    guard canonical.count == text.count else { return nil }
    for index in text.indices where canonical[index] != text[index] { return nil }
    return name
  }

  private static func escapeLetter(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x07: UInt8(ascii: "a")
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0a: UInt8(ascii: "n")
    case 0x0b: UInt8(ascii: "v")
    case 0x0c: UInt8(ascii: "f")
    case 0x0d: UInt8(ascii: "r")
    case 0x22, 0x5c: byte
    default: nil
    }
  }

  private static func byte(ofEscapeLetter letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "a"): 0x07
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "v"): 0x0b
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "r"): 0x0d
    case 0x22, 0x5c: letter
    default: nil
    }
  }
}
