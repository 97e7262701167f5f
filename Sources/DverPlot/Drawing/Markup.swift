/// HTML or SVG that is being written; every text and attribute is escaped on its way in.
struct Markup {
  private(set) var text = ""

  /// A start tag.
  mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    tag(name, attributes)
    text += ">"
  }

  mutating func close(_ name: String) { text += "</\(name)>" }

  /// An element without content, or with a text alone.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], content: String = ""
  ) {
    open(name, attributes)
    self.content(content)
    close(name)
  }

  /// An element of SVG, with what a pointer over it says.
  mutating func shape(
    _ name: String, _ attributes: KeyValuePairs<String, String>, tooltip: String? = nil
  ) {
    tag(name, attributes)
    guard let tooltip else {
      text += "/>"
      return
    }
    text += ">"
    element("title", content: tooltip)
    close(name)
  }

  mutating func content(_ content: String) { Self.append(content, to: &text) }

  /// Takes over markup as it is.
  mutating func append(_ other: Markup) { text += other.text }

  /// Takes over text that is known to hold nothing to escape, such as a style sheet of our own.
  mutating func appendVerbatim(_ verbatim: StaticString) { text += verbatim.description }

  mutating func lineEnd() { text += "\n" }

  private mutating func tag(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    text += "<\(name)"
    for (name, value) in attributes {
      text += " \(name)=\""
      Self.append(value, to: &text)
      text += "\""
    }
  }

  private static func append(_ content: String, to text: inout String) {
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\t", "\n": text.unicodeScalars.append(scalar)
      // Not allowed in HTML, nor useful: control characters, and those that turn text around.
      case _ where scalar.value < 0x20 || 0x7f..<0xa0 ~= scalar.value,
        "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}", "\u{fffe}"..."\u{ffff}":
        text += "\u{fffd}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Double {
  /// A coordinate, to a hundredth.
  var coordinate: String {
    let hundredths = (self * 100).rounded()
    guard abs(hundredths) < 1e12 else { return "0" }
    let whole = Int64(hundredths)
    let (digits, rest) = whole.magnitude.quotientAndRemainder(dividingBy: 100)
    var text = (whole < 0 ? "-" : "") + String(digits)
    if rest > 0 { text += rest < 10 ? ".0\(rest)" : rest % 10 == 0 ? ".\(rest / 10)" : ".\(rest)" }
    return text
  }
}
