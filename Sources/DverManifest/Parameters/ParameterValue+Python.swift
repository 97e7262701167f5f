import DverCore
import DverYAML

/// Values as Python shows them, which is what tables and differences of metrics and
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
    case .largeInteger(let value): value.text
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
}
