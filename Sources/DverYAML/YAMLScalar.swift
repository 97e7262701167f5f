package import DverCore

/// A scalar with the type that YAML gives it.
package enum YAMLScalar: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case largeInteger(LargeInteger)
  case double(Double)
  case string(String)
}

extension YAMLScalar {
  /// The value of a plain scalar.
  ///
  /// A date stays a string: there is no type for it.
  init(plain text: ArraySlice<UInt8>) {
    switch YAMLPlainKind(text) {
    case .null: self = .null
    case .bool: self = .bool(text.first == UInt8(ascii: "t") || text.first == UInt8(ascii: "T"))
    case .integer: self = Self.whole(text) ?? .string(Self.string(text))
    case .double: self = Self.double(text).map(Self.double) ?? .string(Self.string(text))
    case .string, .date, .reserved: self = .string(Self.string(text))
    }
  }

  static func string(_ text: ArraySlice<UInt8>) -> String { String(decoding: text, as: UTF8.self) }

  /// `nil` where `text` is no integer.
  static func whole(_ text: ArraySlice<UInt8>) -> YAMLScalar? {
    var digits = text.filter { $0 != UInt8(ascii: "_") }
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    var radix = 10
    if digits.count > 2, digits[0] == UInt8(ascii: "0") {
      switch digits[1] {
      case UInt8(ascii: "b"): radix = 2
      case UInt8(ascii: "o"): radix = 8
      case UInt8(ascii: "x"): radix = 16
      default: break
      }
      if radix != 10 { digits.removeFirst(2) }
    }
    return whole((isNegative ? "-" : "") + string(digits[...]), radix: radix)
  }

  /// The integer of the digits, behind a sign or none; `nil` where they say none.
  static func whole(_ digits: String, radix: Int) -> YAMLScalar? {
    if let value = Int64(digits, radix: radix) { return .integer(value) }
    return LargeInteger(digits, radix: radix).map { .largeInteger($0) }
  }

  static func double(_ text: ArraySlice<UInt8>) -> Double? {
    let digits = string(text.filter { $0 != UInt8(ascii: "_") }[...]).lowercased()
    switch digits {
    case ".inf", "+.inf": return .infinity
    case "-.inf": return -.infinity
    case ".nan": return .nan
    default: return Double(digits)
    }
  }
}

extension YAMLScalar {
  /// The number as Python's `repr` writes it, which is how DVC writes it: the fewest digits that
  /// read back as the same value, such as `1e-05`, `0.1` or `30000.0`.
  package static func text(of value: Double) -> String {
    if value.isNaN { return ".nan" }
    if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let (digits, point) = shortestDigits(of: value.magnitude)
    let sign = value < 0 ? "-" : ""
    if point > 16 || point < -3 {
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let exponent = point - 1
      let padding = exponent.magnitude < 10 ? "0" : ""
      return sign + digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+") + padding
        + String(exponent.magnitude)
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count {
      return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
    }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }

  /// The significant digits of a positive number, and where the decimal point stands among them.
  private static func shortestDigits(of value: Double) -> (digits: String, point: Int) {
    let text = value.description
    let parts = text.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    var digits = mantissa.joined()[...]
    var point = mantissa[0].count + exponent
    while digits.first == "0" {
      digits = digits.dropFirst()
      point -= 1
    }
    while digits.last == "0", digits.count > 1 { digits = digits.dropLast() }
    return (String(digits), point)
  }
}
