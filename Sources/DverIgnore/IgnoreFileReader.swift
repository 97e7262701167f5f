/// Finds the patterns in the bytes of an ignore file.
enum IgnoreFileReader {
  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  /// The rules in file order; empty lines and comments hold none.
  static func rules(of contents: [UInt8]) -> [IgnoreRule] {
    var rules: [IgnoreRule] = []
    var start = contents.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    var line = 1
    while start < contents.count {
      let end = contents[start...].firstIndex(of: UInt8(ascii: "\n")) ?? contents.count
      if start < end, contents[start] != UInt8(ascii: "#") {
        let text = patternRange(start..<end, in: contents)
        if !text.isEmpty { rules.append(IgnoreRule(text: text, line: line, in: contents)) }
      }
      line += 1
      start = end + 1
    }
    return rules
  }

  /// What of a line is its pattern: neither a carriage return at its end nor anything from a NUL
  /// on nor the blanks before those, unless a backslash stands before the first one.
  private static func patternRange(_ line: Range<Int>, in contents: [UInt8]) -> Range<Int> {
    var end = line.upperBound
    if contents[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    end = contents[line.lowerBound..<end].firstIndex(of: 0) ?? end
    var index = line.lowerBound
    var kept = line.lowerBound
    while index < end {
      switch contents[index] {
      case UInt8(ascii: " "):
        index += 1
      case UInt8(ascii: "\\"):
        index = min(index + 2, end)
        kept = index
      default:
        index += 1
        kept = index
      }
    }
    return line.lowerBound..<kept
  }
}
