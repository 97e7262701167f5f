/// Finds what is not Python in a file of parameters: blocks that are not indented as they must be, and
/// assignments without a value or with two values side by side. A mistake elsewhere does not touch
/// the parameters.
struct PythonSyntaxCheck {
  private let bytes: [UInt8]
  private let source: String
  /// The indents of the blocks around a line, the innermost last.
  private var indents = [0]
  private var beginsBlock = false

  static func run(
    on lines: [PythonLine], of bytes: [UInt8], source: String
  ) throws(FileFormatError) {
    var check = PythonSyntaxCheck(bytes: bytes, source: source)
    for line in lines {
      try check.checkIndent(of: line)
      try check.checkAssignments(in: line)
    }
  }

  private init(bytes: [UInt8], source: String) { (self.bytes, self.source) = (bytes, source) }

  private func error(_ line: PythonLine, _ text: String) -> FileFormatError {
    FileFormatError(source: source, at: line.position, in: bytes, text)
  }

  // MARK: Blocks

  private mutating func checkIndent(of line: PythonLine) throws(FileFormatError) {
    let outer = indents[indents.count - 1]
    if beginsBlock {
      guard line.indent > outer else { throw error(line, "expected an indented block") }
      indents.append(line.indent)
    } else if line.indent > outer {
      throw error(line, "the line is indented, and begins no block")
    } else {
      while let last = indents.last, last > line.indent { indents.removeLast() }
      guard indents.last == line.indent else {
        throw error(line, "the line is indented like none of the blocks around it")
      }
    }
    beginsBlock = line.tokens.last == .symbol(":")
  }

  // MARK: Assignments

  private func checkAssignments(in line: PythonLine) throws(FileFormatError) {
    for statement in Self.parts(of: line.tokens[...], at: .symbol(";")) {
      let parts = Self.parts(of: statement, at: .symbol("="))
      guard parts.count > 1 else { continue }
      guard parts.allSatisfy({ !$0.isEmpty }) else {
        throw error(line, "the assignment has no value")
      }
      for value in parts.dropFirst() {
        for (left, right) in zip(value, value.dropFirst())
        where Self.endsValue(left) && Self.beginsValue(right)
          && !(Self.isString(left) && Self.isString(right))
        {
          throw error(line, "two values stand side by side")
        }
      }
    }
  }

  /// What lies between the separators that stand in no brackets.
  private static func parts(
    of tokens: ArraySlice<PythonToken>, at separator: PythonToken
  ) -> [ArraySlice<PythonToken>] {
    var (parts, start, depth): ([ArraySlice<PythonToken>], Int, Int) = ([], tokens.startIndex, 0)
    for (place, token) in zip(tokens.indices, tokens) {
      switch token {
      case .symbol("("), .symbol("["), .symbol("{"): depth += 1
      case .symbol(")"), .symbol("]"), .symbol("}"): depth -= 1
      case separator where depth == 0:
        parts.append(tokens[start..<place])
        start = place + 1
      default: break
      }
    }
    return parts + [tokens[start...]]
  }

  /// Words that are no values: operators, and what begins an expression.
  private static let keywords: Set<String> = [
    "and", "or", "not", "in", "is", "if", "else", "for", "lambda", "await", "yield", "from",
    "async",
  ]

  private static func isString(_ token: PythonToken) -> Bool {
    switch token {
    case .string, .otherString: true
    default: false
    }
  }

  private static func endsValue(_ token: PythonToken) -> Bool {
    switch token {
    case .symbol(")"), .symbol("]"), .symbol("}"): true
    default: beginsValue(token)
    }
  }

  private static func beginsValue(_ token: PythonToken) -> Bool {
    switch token {
    case .string, .otherString: true
    // Such as `1if`, which is a number and a word.
    case .number(let text): text.utf8.allSatisfy { !TextCursor.isLetter($0) }
    case .name(let name): !keywords.contains(name)
    case .symbol: false
    }
  }
}
