/// A place in a text that is read from left to right.
struct TextCursor {
  let source: String
  let bytes: [UInt8]
  private(set) var position: Int

  init(source: String, bytes: [UInt8]) {
    self.source = source
    self.bytes = bytes
    position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
  }

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  mutating func advance(by count: Int = 1) { position = min(position + count, bytes.count) }

  mutating func move(to position: Int) { self.position = position }

  /// Goes behind `text` if it stands here.
  mutating func skip(_ text: String) -> Bool {
    guard starts(with: text) else { return false }
    position += text.utf8.count
    return true
  }

  /// Goes behind the bytes that pass `test`, and returns their text.
  mutating func take(while test: (UInt8) -> Bool) -> String {
    let start = position
    while let byte = peek, test(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// The character whose number stands here in `count` hexadecimal digits.
  mutating func hexadecimalScalar(_ count: Int) throws(FileFormatError) -> Unicode.Scalar {
    let digits = bytes[position...].prefix(count)
    guard digits.count == count,
      digits.allSatisfy({
        Self.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
      }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw error("expected \(count) hexadecimal digits of a character") }
    position += count
    return scalar
  }

  /// `text` as a string, if it is UTF-8.
  func string(_ text: [UInt8]) throws(FileFormatError) -> String {
    guard let string = String(validating: text, as: UTF8.self) else {
      throw error("the text is not UTF-8")
    }
    return string
  }

  func error(_ text: String, at place: Int? = nil) -> FileFormatError {
    FileFormatError(source: source, at: place ?? position, in: bytes, text)
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
