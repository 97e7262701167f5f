import DverYAML

/// Values as Python shows and compares them, which is what tables and differences of metrics and
/// parameters follow, so that they read like those of DVC.
extension ParameterValue {
  /// `str()` of the value: strings are themselves.
  package var pythonText: String {
    if case .string(let text) = self { return text }
    return pythonRepresentation
  }

  /// `repr()` of the value: strings stand in quotes.
  package var pythonRepresentation: String {
    switch self {
    case .null: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .double(let value) where value.isNaN: "nan"
    case .double(let value) where value.isInfinite: value < 0 ? "-inf" : "inf"
    case .double(let value): YAMLScalar.text(of: value)
    case .string(let text): Self.representation(of: text)
    case .list(let items): "[\(items.map(\.pythonRepresentation).joined(separator: ", "))]"
    case .map(let members):
      "{"
        + members.map {
          "\(Self.representation(of: $0.key)): \($0.value.pythonRepresentation)"
        }.joined(separator: ", ") + "}"
    }
  }

  private static func representation(of text: String) -> String {
    let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = String(Character(quote))
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote, "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _
      where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) || scalar == "\u{ad}":
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    result.unicodeScalars.append(quote)
    return result
  }

  /// Whether Python calls the values equal: numbers and booleans by their value whatever their
  /// type, not-a-number never, maps whatever their order.
  package func isEqualInPython(to other: ParameterValue) -> Bool {
    if let left = exactInteger, let right = other.exactInteger { return left == right }
    if let left = number, let right = other.number { return left == right }
    switch (self, other) {
    case (.null, .null): return true
    case (.string(let left), .string(let right)):
      return left.utf8.elementsEqual(right.utf8)
    case (.list(let left), .list(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.isEqualInPython(to: $1) }
    case (.map(let left), .map(let right)):
      guard left.count == right.count else { return false }
      let others = Dictionary(right.map { ($0.key, $0.value) }) { $1 }
      return left.allSatisfy { others[$0.key]?.isEqualInPython(to: $0.value) == true }
    default: return false
    }
  }

  /// `self - other` where both are numbers or booleans: an integer if both are and it fits.
  package func difference(from other: ParameterValue) -> ParameterValue? {
    if let new = exactInteger, let old = other.exactInteger {
      let (difference, overflows) = new.subtractingReportingOverflow(old)
      return overflows ? .double(Double(new) - Double(old)) : .integer(difference)
    }
    guard let new = number, let old = other.number else { return nil }
    return .double(new - old)
  }

  /// The value as a number; booleans are 1 and 0.
  package var number: Double? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .integer(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The value of an integer or a boolean.
  private var exactInteger: Int64? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .integer(let value): value
    default: nil
    }
  }
}
