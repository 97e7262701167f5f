/// What stands between the braces of a template: a name, and steps below it as `.name` or
/// `[name]`.
enum TemplateExpression {
  private static let dot = UInt8(ascii: ".")
  private static let opening = UInt8(ascii: "[")
  private static let closing = UInt8(ascii: "]")

  /// Refuses what is no expression.
  static func check(_ text: String) throws(TemplateProblem) {
    let bytes = Array(text.utf8)
    guard var position = endOfWord(in: bytes, from: 0) else { throw .syntax(text) }
    while true {
      while position < bytes.count, isBlank(bytes[position]) { position += 1 }
      guard position < bytes.count else { return }
      let isIndex = bytes[position] == opening
      guard isIndex || bytes[position] == dot,
        let end = endOfWord(in: bytes, from: position + 1)
      else { throw .syntax(text) }
      position = end
      if isIndex {
        guard position < bytes.count, bytes[position] == closing else { throw .syntax(text) }
        position += 1
      }
    }
  }

  /// The names of the steps, without blanks around them.
  static func steps(of text: String) -> [String] {
    var steps: [String] = []
    var step: [UInt8] = []
    func end() {
      steps.append(trimmed(step))
      step.removeAll(keepingCapacity: true)
    }
    for byte in text.utf8 {
      switch byte {
      case dot, opening: end()
      case closing: break
      default: step.append(byte)
      }
    }
    end()
    return steps
  }

  /// `nil` where no word begins at `start`.
  private static func endOfWord(in bytes: [UInt8], from start: Int) -> Int? {
    var end = start
    while end < bytes.count, bytes[end] != dot, bytes[end] != opening, bytes[end] != closing {
      end += 1
    }
    return end > start ? end : nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }

  private static func trimmed(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let isPlain = [bytes.first, bytes.last].allSatisfy { byte in
      byte.map { $0 > 0x20 && $0 < 0x80 } ?? true
    }
    if isPlain { return text }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}
