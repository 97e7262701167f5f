/// A text cut into its templates, `${…}`, and what stands between them.
///
/// A template reaches to the nearest `}` of its line; a backslash before the `$` makes it plain
/// text.
struct TemplateText {
  private let bytes: [UInt8]
  /// The byte ranges of the templates, braces included, in order.
  private let templates: [Range<Int>]

  private static let dollar = UInt8(ascii: "$")
  private static let brace = UInt8(ascii: "{")
  private static let closing = UInt8(ascii: "}")
  private static let backslash = UInt8(ascii: "\\")
  private static let lineFeed = UInt8(ascii: "\n")

  init(_ text: String) {
    bytes = Array(text.utf8)
    templates = Self.templates(in: bytes)
  }

  /// Whether `${` stands in `text`; where it does not, there is nothing to fill in.
  static func mayHold(_ text: String) -> Bool {
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if previous == dollar, byte == brace { return true }
      previous = byte
    }
    return false
  }

  /// Whether any template stands in `text`.
  static func isTemplate(_ text: String) -> Bool {
    mayHold(text) && !TemplateText(text).templates.isEmpty
  }

  /// What stands between the braces of each template.
  var expressions: [String] { templates.map(expression) }

  /// The expression of a text that is one template and nothing else.
  var wholeExpression: String? {
    guard templates.count == 1, templates[0] == bytes.indices else { return nil }
    return expression(templates[0])
  }

  /// The text with `value` of each expression in the place of its template, and without the
  /// backslashes that kept others from being one.
  func filled<Failure>(
    _ value: (String) throws(Failure) -> String
  ) throws(Failure) -> String {
    var result: [UInt8] = []
    var end = 0
    for template in templates {
      result.append(contentsOf: bytes[end..<template.lowerBound])
      result.append(contentsOf: try value(expression(template)).utf8)
      end = template.upperBound
    }
    result.append(contentsOf: bytes[end...])
    return String(decoding: Self.unescaped(result), as: UTF8.self)
  }

  private func expression(_ template: Range<Int>) -> String {
    String(decoding: bytes[template.lowerBound + 2..<template.upperBound - 1], as: UTF8.self)
  }

  private static func templates(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    // Where the next of each is, so that a text of openings alone is not searched again and again.
    var (nextClosing, nextLineFeed) = (0, 0)
    var position = 0
    while position + 1 < bytes.count {
      guard bytes[position] == dollar, bytes[position + 1] == brace,
        position == 0 || bytes[position - 1] != backslash
      else {
        position += 1
        continue
      }
      let start = position + 2
      advance(&nextClosing, to: closing, from: start, in: bytes)
      advance(&nextLineFeed, to: lineFeed, from: start, in: bytes)
      guard nextClosing < bytes.count, nextClosing < nextLineFeed else {
        position += 1
        continue
      }
      found.append(position..<nextClosing + 1)
      position = nextClosing + 1
    }
    return found
  }

  private static func advance(
    _ place: inout Int, to byte: UInt8, from start: Int, in bytes: [UInt8]
  ) {
    place = max(place, start)
    while place < bytes.count, bytes[place] != byte { place += 1 }
  }

  private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(backslash) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (position, byte) in bytes.enumerated() {
      let isEscape =
        byte == backslash && position + 2 < bytes.count && bytes[position + 1] == dollar
        && bytes[position + 2] == brace
      if !isEscape { result.append(byte) }
    }
    return result
  }
}
