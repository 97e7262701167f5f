/// What an unquoted scalar means under YAML 1.2's core schema, read as the Python library behind
/// DVC reads it: `yes` and `on` are text, `1_000`, `0o17`, `0b1` and `0x1f` are integers.
enum YAMLPlainKind {
  case string
  case null
  case bool
  case integer
  case double
  /// `2024-05-01`, with or without a time.
  case date
  /// `<<` and `=`, which mean something as keys.
  case reserved

  init(_ text: ArraySlice<UInt8>) {
    guard let first = text.first else {
      self = .null
      return
    }
    switch first {
    case UInt8(ascii: "~"): self = text.count == 1 ? .null : .string
    case UInt8(ascii: "n"), UInt8(ascii: "N"):
      self = Self.isOne(of: ["null", "Null", "NULL"], text) ? .null : .string
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      self = Self.isOne(of: ["true", "True", "TRUE"], text) ? .bool : .string
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      self = Self.isOne(of: ["false", "False", "FALSE"], text) ? .bool : .string
    case UInt8(ascii: "<"), UInt8(ascii: "="):
      self = Self.isOne(of: ["<<", "="], text) ? .reserved : .string
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."):
      self = Self.number(text)
    default: self = .string
    }
  }

  private static func isOne(of words: [StaticString], _ text: ArraySlice<UInt8>) -> Bool {
    words.contains { word in
      word.utf8CodeUnitCount == text.count && word.description.utf8.elementsEqual(text)
    }
  }

  /// The kind of a text that begins with a digit, a sign or a point.
  private static func number(_ text: ArraySlice<UInt8>) -> YAMLPlainKind {
    // Digests, the most frequent values that begin with a digit, are told apart by their length.
    if text.count == 64,
      text.contains(where: { $0 >= UInt8(ascii: "a") && $0 != UInt8(ascii: "e") }),
      !text.contains(UInt8(ascii: "x"))
    {
      return .string
    }
    let unsigned =
      [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(text.first) ? text.dropFirst() : text
    if isInteger(unsigned) { return .integer }
    if isDouble(unsigned, isSigned: unsigned.count < text.count) { return .double }
    return isDate(text) ? .date : .string
  }

  private static func isInteger(_ text: ArraySlice<UInt8>) -> Bool {
    let isPrefixed = text.count > 2 && text.first == UInt8(ascii: "0")
    let digits = text.dropFirst(2)
    switch isPrefixed ? text[text.startIndex + 1] : 0 {
    case UInt8(ascii: "b"): return isDigits(digits, in: UInt8(ascii: "0")...UInt8(ascii: "1"))
    case UInt8(ascii: "o"): return isDigits(digits, in: UInt8(ascii: "0")...UInt8(ascii: "7"))
    case UInt8(ascii: "x"):
      return digits.contains { $0 != UInt8(ascii: "_") }
        && digits.allSatisfy { byte in
          byte == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
        }
    default: return isDigits(text, in: UInt8(ascii: "0")...UInt8(ascii: "9"))
    }
  }

  /// Whether `text` is digits with at least one of them and otherwise underscores.
  private static func isDigits(_ text: ArraySlice<UInt8>, in range: ClosedRange<UInt8>) -> Bool {
    text.contains { range ~= $0 } && text.allSatisfy { range ~= $0 || $0 == UInt8(ascii: "_") }
  }

  private static func isDouble(_ text: ArraySlice<UInt8>, isSigned: Bool) -> Bool {
    if isOne(of: [".inf", ".Inf", ".INF"], text) { return true }
    if isOne(of: [".nan", ".NaN", ".NAN"], text) { return !isSigned }
    let decimal = UInt8(ascii: "0")...UInt8(ascii: "9")
    let whole = text.prefix { decimal ~= $0 || $0 == UInt8(ascii: "_") }
    guard whole.isEmpty || decimal ~= whole[whole.startIndex] else { return false }
    var rest = text[whole.endIndex...]
    let hasPoint = rest.first == UInt8(ascii: ".")
    if hasPoint {
      let fraction = rest.dropFirst().prefix { decimal ~= $0 || $0 == UInt8(ascii: "_") }
      guard !whole.isEmpty || isDigits(fraction, in: decimal) else { return false }
      rest = rest[fraction.endIndex...]
    }
    guard let letter = rest.first else { return hasPoint }
    guard letter | 0x20 == UInt8(ascii: "e"), hasPoint || !whole.isEmpty else { return false }
    let exponent = rest.dropFirst()
    let hasSign = exponent.first == UInt8(ascii: "-") || exponent.first == UInt8(ascii: "+")
    // `.5e3` without a sign is text to the library that we follow.
    guard hasSign || !whole.isEmpty else { return false }
    let digits = hasSign ? exponent.dropFirst() : exponent
    return !digits.isEmpty && digits.allSatisfy { decimal ~= $0 }
  }

  /// Whether `text` begins like a date that YAML libraries turn into a date.
  private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(
      separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
    let decimal = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard parts.count == 3, parts[0].count == 4, 1...2 ~= parts[1].count,
      (parts[0] + parts[1]).allSatisfy({ decimal ~= $0 })
    else { return false }
    let day = parts[2].prefix { decimal ~= $0 }
    guard let separator = parts[2].dropFirst(day.count).first else {
      return parts[1].count == 2 && day.count == 2
    }
    return 1...2 ~= day.count
      && [0x20, 0x09, UInt8(ascii: "T"), UInt8(ascii: "t")].contains(separator)
  }
}
