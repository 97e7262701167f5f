/// Reads git's configuration syntax byte by byte.
struct ConfigParser {
  private let bytes: [UInt8]
  private let file: [UInt8]
  private var position = 0
  private var line = 1
  /// The present section's name and a dot; `nil` before the first header.
  private var prefix: [UInt8]?

  init(_ bytes: [UInt8], file: [UInt8]) {
    (self.bytes, self.file) = (bytes, file)
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    if bytes.starts(with: byteOrderMark) { position = byteOrderMark.count }
  }

  /// Appends everything in the file to `text`.
  mutating func parse(into text: inout ConfigText) throws(GitError) {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "#"), UInt8(ascii: ";"):
        skipComment()
      case UInt8(ascii: "["):
        text.endLastSection(at: position)
        text.append(try section())
      case _ where Self.isSpace(byte) || byte == Self.newline:
        advance()
      case _ where Self.isLetter(byte):
        text.append(try entry(noting: &text))
      default:
        throw error("expected a section or an option")
      }
    }
    text.endLastSection(at: bytes.count)
  }

  // MARK: - Sections

  private mutating func section() throws(GitError) -> ConfigText.Section {
    let start = position
    advance()
    var name: [UInt8] = []
    while let byte = peek(), Self.isNameByte(byte) || byte == UInt8(ascii: ".") {
      name.append(Self.lowercased(byte))
      advance()
    }
    guard !name.isEmpty else { throw error("expected the name of a section") }
    if let byte = peek(), byte == 0x20 || byte == 0x09 {
      while let byte = peek(), byte == 0x20 || byte == 0x09 { advance() }
      name.append(UInt8(ascii: "."))
      name.append(contentsOf: try subsection())
    }
    guard peek() == UInt8(ascii: "]") else { throw error("expected ']' after a section") }
    advance()
    prefix = name + [UInt8(ascii: ".")]
    return ConfigText.Section(name: name, header: start..<position, body: start..<position)
  }

  private mutating func subsection() throws(GitError) -> [UInt8] {
    guard peek() == Self.quote else { throw error("expected a subsection in double quotes") }
    advance()
    var name: [UInt8] = []
    while let byte = peek(), byte != Self.newline {
      advance()
      if byte == Self.quote { return name }
      guard byte == Self.backslash else {
        name.append(byte)
        continue
      }
      guard let escaped = peek(), escaped != Self.newline else { break }
      name.append(escaped)
      advance()
    }
    throw error("the quotes of a subsection do not end")
  }

  // MARK: - Entries

  private mutating func entry(
    noting text: inout ConfigText
  ) throws(GitError) -> ConfigText.Entry {
    let line = line
    guard var name = prefix else { throw error("an option stands before the first section") }
    while let byte = peek(), Self.isNameByte(byte) || byte == UInt8(ascii: "_") {
      name.append(Self.optionByte(byte))
      if byte == UInt8(ascii: "_") { text.append(underscore: position) }
      advance()
    }
    while let byte = peek(), byte == 0x20 || byte == 0x09 { advance() }
    if peek() == 0x0d, next() == Self.newline { advance() }
    switch peek() {
    case nil, Self.newline, UInt8(ascii: "#"), UInt8(ascii: ";"):
      return ConfigText.Entry(name: name, value: nil, line: line)
    case UInt8(ascii: "="):
      advance()
      return ConfigText.Entry(name: name, value: try value(), line: line)
    default:
      throw error("expected '=' after the name of an option")
    }
  }

  private mutating func value() throws(GitError) -> [UInt8] {
    var value: [UInt8] = []
    /// The length without blanks at the end, which do not belong to the value.
    var length = 0
    var isQuoted = false
    while let byte = peek(), byte != Self.newline {
      if byte == 0x0d, next() == Self.newline { break }
      if !isQuoted, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
        skipComment()
        break
      }
      if !isQuoted, Self.isSpace(byte) {
        if !value.isEmpty || length > 0 { value.append(byte) }
        advance()
        continue
      }
      switch byte {
      case Self.quote:
        isQuoted.toggle()
        advance()
      case Self.backslash:
        // Blanks before the end of a continued line belong to the value.
        if let escaped = try escape() { value.append(escaped) }
      default:
        value.append(byte)
        advance()
      }
      length = value.count
    }
    guard !isQuoted else { throw error("the quotes of a value do not end") }
    return Array(value[..<length])
  }

  /// Reads an escape; `nil` for a continued line.
  private mutating func escape() throws(GitError) -> UInt8? {
    advance()
    guard let byte = peek() else { throw error("the file ends in a backslash") }
    if byte == 0x0d, next() == Self.newline { advance() }
    let escaped: UInt8?
    switch peek() {
    case Self.newline: escaped = nil
    case UInt8(ascii: "n"): escaped = Self.newline
    case UInt8(ascii: "t"): escaped = 0x09
    case UInt8(ascii: "b"): escaped = 0x08
    case Self.quote, Self.backslash: escaped = byte
    default: throw error("unknown escape in a value")
    }
    advance()
    return escaped
  }

  // MARK: - Bytes

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private func next() -> UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

  private mutating func advance() {
    if bytes[position] == Self.newline { line += 1 }
    position += 1
  }

  private mutating func skipComment() {
    while let byte = peek(), byte != Self.newline { advance() }
  }

  private func error(_ detail: String) -> GitError {
    .configSyntax(file: file, line: line, detail: detail)
  }

  private static let newline = UInt8(ascii: "\n")
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// What C's `isspace` accepts within a line.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || (0x0b...0x0d).contains(byte)
  }

  static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

  static func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
  }

  /// A byte of an option's name in normal form.
  static func optionByte(_ byte: UInt8) -> UInt8 {
    byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : lowercased(byte)
  }

  static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
  }
}
