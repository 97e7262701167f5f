import DverCore

/// Prints YAML in block style, the way DVC's files look: two blanks a level, lists at the column of
/// their key, quotes only where they are needed.
///
/// Lines are built from left to right: ``key(_:indent:)`` or ``dash(indent:)``, then a value, which
/// ends the line, or ``endLine()`` before nested lines. What follows a dash stands in its line.
package struct YAMLWriter: Sendable {
  /// What was printed so far.
  package private(set) var bytes: [UInt8] = []
  /// Whether the line has dashes and nothing behind them.
  private var isBehindDash = false
  /// Longer keys take YAML's explicit form: a reader looks for the colon only so far.
  private static let longestSimpleKeyByteCount = 1000

  /// Whether nothing stands for null, as in DVC's own files.
  private let leavesNullOut: Bool
  /// Whether the lines are for a text that asks for YAML 1.1, where more texts need quotes.
  private let isOldVersion: Bool

  package init(leavesNullOut: Bool = false, isOldVersion: Bool = false) {
    self.leavesNullOut = leavesNullOut
    self.isOldVersion = isOldVersion
  }

  package mutating func reserveCapacity(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

  /// Begins a line with `key:` at column `indent`, from 0, or goes on behind a dash.
  package mutating func key(_ key: String, indent: Int) {
    appendMargin(indent)
    let start = bytes.count
    Self.append(string: key, isOldVersion: isOldVersion, to: &bytes)
    if bytes.count - start > Self.longestSimpleKeyByteCount {
      bytes.insert(contentsOf: Array("? ".utf8), at: start)
      endLine()
      appendMargin(indent)
    }
    bytes.append(UInt8(ascii: ":"))
  }

  /// Begins a line with the `-` of a list item at column `indent`, or goes on behind a dash.
  package mutating func dash(indent: Int) {
    appendMargin(indent)
    bytes.append(UInt8(ascii: "-"))
    isBehindDash = true
  }

  /// Ends the line with a value.
  package mutating func value(_ scalar: YAMLScalar) {
    if leavesNullOut, scalar == .null { return endLine() }
    bytes.append(UInt8(ascii: " "))
    Self.append(scalar, isOldVersion: isOldVersion, to: &bytes)
    endLine()
  }

  /// Ends the line with a string.
  package mutating func value(string: String) { value(.string(string)) }

  /// Ends the line with text that is YAML already, such as `[]`.
  package mutating func value(literal: String) {
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: literal.utf8)
    endLine()
  }

  package mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    isBehindDash = false
  }

  /// A comment in a line of its own.
  package mutating func comment(_ text: String, indent: Int) {
    appendMargin(indent)
    bytes.append(contentsOf: "# \(text)\n".utf8)
  }

  /// Adds whole lines as they are.
  package mutating func append(lines: some Sequence<UInt8>) { bytes.append(contentsOf: lines) }

  private mutating func appendMargin(_ indent: Int) {
    for _ in 0..<(isBehindDash ? 1 : indent) { bytes.append(UInt8(ascii: " ")) }
    isBehindDash = false
  }
}

extension YAMLWriter {
  /// Appends `scalar` so that it reads back with its type.
  package static func append(
    _ scalar: YAMLScalar, inFlow: Bool = false, isOldVersion: Bool = false,
    to bytes: inout [UInt8]
  ) {
    switch scalar {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .largeInteger(let value): bytes.append(contentsOf: value.text.utf8)
    case .double(let value): bytes.append(contentsOf: YAMLScalar.text(of: value).utf8)
    case .string(let value):
      append(string: value, inFlow: inFlow, isOldVersion: isOldVersion, to: &bytes)
    }
  }

  /// Appends `string`: as it is where YAML reads that as the same string, else in single quotes, or
  /// in double quotes if it holds a single one or anything that is not printable.
  package static func append(
    string: String, inFlow: Bool = false, isOldVersion: Bool = false, to bytes: inout [UInt8]
  ) {
    let text = Array(string.utf8)
    if isPrintable(text), isPlain(text, inFlow: inFlow, isOldVersion: isOldVersion) {
      bytes.append(contentsOf: text)
    } else if text.contains(UInt8(ascii: "'")) || !isPrintable(text) {
      appendDoubleQuoted(string, to: &bytes)
    } else {
      appendSingleQuoted(text, to: &bytes)
    }
  }

  static func appendSingleQuoted(_ text: [UInt8], to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "'")
    bytes.append(quote)
    for byte in text {
      bytes.append(byte)
      if byte == quote { bytes.append(quote) }
    }
    bytes.append(quote)
  }

  static func appendDoubleQuoted(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case "\n": bytes.append(contentsOf: "\\n".utf8)
      case "\r": bytes.append(contentsOf: "\\r".utf8)
      case "\t": bytes.append(contentsOf: "\\t".utf8)
      default:
        if isPrintable(scalar) {
          bytes.append(contentsOf: String(scalar).utf8)
        } else {
          appendEscape(of: scalar.value, to: &bytes)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendEscape(of value: UInt32, to bytes: inout [UInt8]) {
    let (letter, count) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
    let digits = String(value, radix: 16, uppercase: true)
    bytes.append(contentsOf: "\\\(letter)".utf8)
    bytes.append(contentsOf: String(repeating: "0", count: count - digits.count).utf8)
    bytes.append(contentsOf: digits.utf8)
  }

  /// Whether all of `text` may stand in a file as it is, on one line.
  static func isPrintable(_ text: [UInt8]) -> Bool {
    var isASCII = true
    for byte in text {
      if byte < 0x20 || byte == 0x7f { return false }
      if byte >= 0x80 { isASCII = false }
    }
    return isASCII || String(decoding: text, as: UTF8.self).unicodeScalars.allSatisfy(isPrintable)
  }

  /// YAML's printable characters without the line breaks, the byte order mark and the tab.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd,
      0x10000...0x10ffff:
      true
    default: false
    }
  }

  /// Whether `text`, which is printable, reads back as the same string without quotes.
  static func isPlain(_ text: [UInt8], inFlow: Bool, isOldVersion: Bool = false) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    let space = UInt8(ascii: " ")
    if first == space || last == space || last == UInt8(ascii: ":") { return false }
    switch first {
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"),
      UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "'"),
      UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
      return false
    case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
      if text.count == 1 || text[1] == space || inFlow { return false }
    default: break
    }
    if text.starts(with: "---".utf8) || text.starts(with: "...".utf8) { return false }
    for index in text.indices.dropFirst() {
      switch text[index] {
      case UInt8(ascii: "#") where text[index - 1] == space: return false
      case space where text[index - 1] == UInt8(ascii: ":"): return false
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
        UInt8(ascii: "}"), UInt8(ascii: "?"), UInt8(ascii: ":"):
        if inFlow { return false }
      default: break
      }
    }
    guard YAMLPlainKind(text[...]) == .string else { return false }
    guard isOldVersion else { return true }
    if case .string = YAMLScalar(oldPlain: text[...]) { return true }
    return false
  }
}
