extension YAMLScalar {
  /// The value of a plain scalar in a text that asks for YAML 1.1, read as the Python library behind
  /// DVC reads it: `yes` and `off` are booleans, `017` is octal and `1:30` counts to base 60.
  init(oldPlain text: ArraySlice<UInt8>) {
    let isSigned = [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(text.first)
    let digits = (isSigned ? text.dropFirst() : text).filter { $0 != UInt8(ascii: "_") }
    let plain = YAMLScalar(plain: text)
    switch YAMLPlainKind(text) {
    case .integer where digits.count > 1 && digits[0] == UInt8(ascii: "0"):
      switch digits[1] {
      case UInt8(ascii: "b"), UInt8(ascii: "x"): self = plain
      case UInt8(ascii: "o"): self = .string(Self.string(text))
      default:
        let sign = text.first == UInt8(ascii: "-") ? "-" : ""
        self =
          Self.whole(sign + Self.string(digits[...]), radix: 8) ?? .string(Self.string(text))
      }
    case .double where isSigned && digits.count > 1 && digits[0] == UInt8(ascii: "."):
      // Behind a sign only infinity may begin with a point.
      self = digits[1] | 0x20 == UInt8(ascii: "i") ? plain : .string(Self.string(text))
    case .string: self = Self.oldBool(text) ?? Self.sexagesimal(text) ?? plain
    default: self = plain
    }
  }

  private static func oldBool(_ text: ArraySlice<UInt8>) -> YAMLScalar? {
    guard text.count <= 3 else { return nil }
    switch string(text) {
    case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
    case "n", "N", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
    default: return nil
    }
  }

  /// `190:20:30` or `190:20:30.15`.
  private static func sexagesimal(_ text: ArraySlice<UInt8>) -> YAMLScalar? {
    let isNegative = text.first == UInt8(ascii: "-")
    let unsigned = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
    let parts = unsigned.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    // More than these would not fit in a number.
    guard 2...4 ~= parts.count, 1...12 ~= parts[0].count,
      isDigits(parts[0]), isDigit(unsigned.first)
    else { return nil }
    var (minor, fraction) = (parts[parts.count - 1], ArraySlice<UInt8>())
    let hasPoint = minor.contains(UInt8(ascii: "."))
    if hasPoint {
      fraction = minor.drop { $0 != UInt8(ascii: ".") }
      minor = minor.prefix { $0 != UInt8(ascii: ".") }
    }
    let places = parts[1..<(parts.count - 1)] + [minor]
    guard places.allSatisfy(isPlace), isDigits(fraction.dropFirst()),
      hasPoint || unsigned.first != UInt8(ascii: "0")
    else { return nil }
    if hasPoint {
      var (value, base) = (0.0, 1.0)
      for part in parts.reversed() {
        value += (double(part) ?? 0) * base
        base *= 60
      }
      return .double(isNegative ? -value : value)
    }
    let value = parts.reduce(Int64(0)) { sum, part in
      sum * 60 + (Int64(string(part.filter { $0 != UInt8(ascii: "_") }[...])) ?? 0)
    }
    return .integer(isNegative ? -value : value)
  }

  /// One or two digits below 60.
  private static func isPlace(_ text: ArraySlice<UInt8>) -> Bool {
    1...2 ~= text.count && text.allSatisfy { isDigit($0) }
      && (text.count == 1 || text[text.startIndex] < UInt8(ascii: "6"))
  }

  private static func isDigits(_ text: ArraySlice<UInt8>) -> Bool {
    text.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isDigit(_ byte: UInt8?) -> Bool {
    byte.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false
  }
}
