import DverCore
import DverYAML

/// Reads a literal of Python: text, numbers, `True`, `False`, `None`, and lists, tuples, sets and
/// dictionaries of them.
struct PythonLiteral {
  private var tokens: ArraySlice<PythonToken>

  init(_ tokens: ArraySlice<PythonToken>) {
    self.tokens = tokens
  }

  /// `nil` where the tokens are anything else.
  mutating func read() -> ParameterValue? {
    guard let first = value(depth: 0) else { return nil }
    if tokens.isEmpty { return first }
    // `1, 2` is a tuple.
    var items = [first]
    while skip(",") {
      if tokens.isEmpty { break }
      guard let item = value(depth: 0) else { return nil }
      items.append(item)
    }
    return tokens.isEmpty ? .list(items) : nil
  }

  private mutating func value(depth: Int) -> ParameterValue? {
    guard depth < JSONReader.maximumDepth, let token = tokens.popFirst() else { return nil }
    switch token {
    case .string(var text):
      while case .string(let next)? = tokens.first {
        text += next
        tokens.removeFirst()
      }
      if tokens.first == .otherString { return nil }
      return .string(text)
    case .number(let text): return Self.number(text)
    case .name("True"): return .bool(true)
    case .name("False"): return .bool(false)
    case .name("None"): return .null
    case .symbol("-"): return negated(depth: depth)
    case .symbol("+"): return number(depth: depth)
    case .symbol("["): return items(until: "]", depth: depth)?.list
    case .symbol("("): return parenthesized(depth: depth)
    case .symbol("{"): return braced(depth: depth)
    default: return nil
    }
  }

  /// What may stand behind a sign.
  private mutating func number(depth: Int) -> ParameterValue? {
    guard case .number? = tokens.first else { return nil }
    return switch value(depth: depth + 1) {
    case .integer(let value): .integer(value)
    case .largeInteger(let value): .largeInteger(value)
    case .double(let value): .double(value)
    default: nil
    }
  }

  private mutating func negated(depth: Int) -> ParameterValue? {
    switch number(depth: depth) {
    case .integer(let value): return .integer(-value)
    case .largeInteger(let value): return ParameterValue(integer: "-" + value.text)
    case .double(let value): return .double(-value)
    default: return nil
    }
  }

  private mutating func items(
    until end: String, depth: Int
  ) -> (list: ParameterValue, count: Int, hasComma: Bool)? {
    var items: [ParameterValue] = []
    var hasComma = false
    while !skip(end) {
      guard items.isEmpty || hasComma, let item = value(depth: depth + 1) else { return nil }
      items.append(item)
      hasComma = skip(",")
      if !hasComma, tokens.first != .symbol(end) { return nil }
    }
    return (.list(items), items.count, hasComma)
  }

  /// A tuple, or a value in parentheses.
  private mutating func parenthesized(depth: Int) -> ParameterValue? {
    guard let (list, count, hasComma) = items(until: ")", depth: depth) else { return nil }
    if count == 1, !hasComma, case .list(let items) = list { return items[0] }
    return list
  }

  /// A dictionary or a set.
  private mutating func braced(depth: Int) -> ParameterValue? {
    var members: [ParameterValue.Member] = []
    var places: [String: Int] = [:]
    var items: [ParameterValue] = []
    var isMore = true
    while !skip("}") {
      guard isMore, let item = value(depth: depth + 1) else { return nil }
      if skip(":") {
        guard items.isEmpty, let key = item.keyText, let value = value(depth: depth + 1) else {
          return nil
        }
        if let place = places[key] {
          members[place].value = value
        } else {
          places[key] = members.count
          members.append(ParameterValue.Member(key: key, value: value))
        }
      } else {
        guard members.isEmpty else { return nil }
        items.append(item)
      }
      isMore = skip(",")
    }
    return items.isEmpty ? .map(members) : .list(items)
  }

  private mutating func skip(_ symbol: String) -> Bool {
    guard tokens.first == .symbol(symbol) else { return false }
    tokens.removeFirst()
    return true
  }

  private static func number(_ text: String) -> ParameterValue? {
    let digits = text.filter { $0 != "_" }.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      return ParameterValue(integer: digits.dropFirst(2), radix: radix)
    }
    if digits.utf8.allSatisfy(TextCursor.isDigit) { return ParameterValue(integer: digits) }
    // What ends in `j` is no number here, and `Double` takes words that Python does not.
    guard digits.utf8.allSatisfy({ TextCursor.isDigit($0) || "e.+-".utf8.contains($0) }) else {
      return nil
    }
    return Double(digits).map { .double($0) }
  }
}

extension ParameterValue {
  /// The value as the key of a map.
  fileprivate var keyText: String? {
    switch self {
    case .string(let text): text
    case .integer(let value): String(value)
    case .largeInteger(let value): value.text
    case .bool(let value): value ? "True" : "False"
    case .double(let value): TemplateTextForm.pythonText(of: .double(value))
    case .null: "None"
    case .list, .map: nil
    }
  }
}
