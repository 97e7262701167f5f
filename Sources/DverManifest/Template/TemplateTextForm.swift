import DverCore
import DverYAML

/// How values look inside a text: as Python prints them, except that booleans are lower case and
/// maps become flags of a command.
struct TemplateTextForm {
  private let options: TemplateOptions

  init(_ options: TemplateOptions = TemplateOptions()) {
    self.options = options
  }

  func text(of value: TemplateValue) throws(TemplateProblem) -> String {
    switch value.content {
    case .scalar(let scalar): Self.text(of: scalar)
    case .list: Self.representation(of: value.parameter)
    case .map: try flags(of: value.parameter)
    }
  }

  static func text(of scalar: YAMLScalar) -> String {
    if case .bool(let value) = scalar { return value ? "true" : "false" }
    return pythonText(of: scalar)
  }

  /// `str()` of Python.
  static func pythonText(of scalar: YAMLScalar) -> String {
    switch scalar {
    case .null: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .largeInteger(let value): value.text
    case .double(let value): pythonText(of: value)
    case .string(let text): text
    }
  }

  private static func pythonText(of value: Double) -> String {
    if value.isNaN { return "nan" }
    return value.isInfinite ? (value < 0 ? "-inf" : "inf") : YAMLScalar.text(of: value)
  }

  // MARK: Flags

  private func flags(of value: ParameterValue) throws(TemplateProblem) -> String {
    var flat: [(key: String, value: ParameterValue)] = []
    Self.flatten(value, below: nil, into: &flat)
    var known: Set<String> = []
    var words: [String] = []
    for (key, value) in flat {
      guard known.insert(key).inserted else { throw .duplicateFlag(key) }
      words += try flag(key, value)
    }
    // Only a last flag without a name, or with a blank one, has blanks behind it.
    return Self.withoutTrailingBlanks(words.joined(separator: " "))
  }

  /// Keys of maps within maps are joined by dots; empty maps leave nothing.
  private static func flatten(
    _ value: ParameterValue, below path: String?,
    into flat: inout [(key: String, value: ParameterValue)]
  ) {
    guard case .map(let members) = value else { return }
    for member in members {
      let key = path.map { "\($0).\(member.key)" } ?? member.key
      if case .map = member.value {
        flatten(member.value, below: key, into: &flat)
      } else {
        flat.append((key, member.value))
      }
    }
  }

  private func flag(
    _ key: String, _ value: ParameterValue
  ) throws(TemplateProblem) -> [String] {
    switch value {
    case .bool(true): return ["--\(key)"]
    case .bool(false): return options.negatesFlags ? ["--no-\(key)"] : []
    case .list(let items):
      var words: [String] = []
      for (position, item) in items.enumerated() {
        if position == 0 || options.repeatsFlags { words.append("--\(key)") }
        words.append(try Self.argument(item, of: key))
      }
      return words
    default: return ["--\(key)", try Self.argument(value, of: key)]
    }
  }

  private static func argument(
    _ value: ParameterValue, of key: String
  ) throws(TemplateProblem) -> String {
    switch value {
    case .null: return "None"
    case .bool(let value): return value ? "True" : "False"
    case .integer(let value): return String(value)
    case .largeInteger(let value): return value.text
    case .double(let value): return pythonText(of: value)
    case .string(let text): return shellQuoted(text)
    case .list, .map: throw .nestedList(key: key)
    }
  }

  /// `text` as one word of a POSIX shell.
  static func shellQuoted(_ text: String) -> String {
    let plain = "_@%+=:,./-".utf8
    let isPlain = text.utf8.allSatisfy { byte in
      let letter = byte | 0x20
      return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || plain.contains(byte)
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + text.replacing("'", with: "'\"'\"'") + "'"
  }

  private static func withoutTrailingBlanks(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    return String(scalars[...last])
  }

  // MARK: Lists

  /// `repr()` of Python, which is what a list becomes inside a text.
  static func representation(of value: ParameterValue) -> String {
    switch value {
    case .null: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .largeInteger(let value): value.text
    case .double(let value): pythonText(of: value)
    case .string(let text): representation(of: text)
    case .list(let items): "[" + items.map(representation).joined(separator: ", ") + "]"
    case .map(let members):
      "{"
        + members.map { "\(representation(of: $0.key)): \(representation(of: $0.value))" }
        .joined(separator: ", ") + "}"
    }
  }

  private static func representation(of text: String) -> String {
    let quote = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = quote
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "'" where quote == "'": result += "\\'"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + quote
  }
}
