/// A line of a shell, taken apart as far as examples need it.
enum ExampleLine {
  /// The words behind each `dver` that is called.
  static func calls(in line: Substring) -> [[String]] {
    var calls: [[String]] = []
    var isInside = false
    var expectsCommand = true
    for part in line.split(separator: " ") {
      let word = part.trimming { $0 == "\"" || $0 == "$" || $0 == "(" || $0 == ")" }
      if expectsCommand, word == "dver" {
        calls.append([])
        isInside = true
        expectsCommand = false
      } else if ["&&", "||", "|", ";"].contains(part) {
        isInside = false
        expectsCommand = true
      } else if isInside {
        calls[calls.count - 1].append(word)
      } else if word != "$" && !word.isEmpty {
        expectsCommand = false
      }
    }
    return calls
  }
}

extension Substring {
  func trimming(_ isDropped: (Character) -> Bool) -> String {
    var text = drop(while: isDropped)
    while let last = text.last, isDropped(last) { text.removeLast() }
    return String(text)
  }
}

extension StringProtocol {
  var trimmed: String { Substring(self).trimming { $0.isWhitespace } }
}
