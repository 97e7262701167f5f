import Glibc

/// How numbers are written beside axes and in tooltips.
enum NumberLabel {
  /// A value at an axis whose ticks are `step` apart: as many digits as tell neighbours apart.
  static func text(_ value: Double, step: Double) -> String {
    let exponent = step > 0 && step.isFinite ? Int(floor(log10(step) + 1e-9)) : 0
    let size = max(abs(value), step)
    if size < 1e-12 || abs(value) < step * 1e-6 { return "0" }
    if size >= 1e15 || exponent < -5 { return scientific(value, step: step) }
    for (suffix, unit) in [("T", 1e12), ("G", 1e9), ("M", 1e6)] where size >= unit {
      return fixed(value / unit, digits: max(0, -(exponent - Int(log10(unit))))) + suffix
    }
    return grouped(fixed(value, digits: max(0, -exponent)))
  }

  /// A value by itself: up to six significant digits, minus and all.
  static func text(_ value: Double) -> String {
    if value == 0 { return "0" }
    if value == value.rounded(), abs(value) < 1e15 { return grouped(String(Int64(value))) }
    let exponent = Int(floor(log10(abs(value))))
    if exponent >= 15 || exponent < -5 {
      return scientific(value, step: pow(10, Double(exponent - 5)))
    }
    return grouped(trimmed(fixed(value, digits: max(0, 5 - exponent))))
  }

  /// `value` with so many digits behind the point.
  static func fixed(_ value: Double, digits: Int) -> String {
    let scale = pow(10, Double(min(digits, 15)))
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e18 else { return value.description }
    var text = String(UInt64(scaled))
    if digits > 0 {
      text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
    }
    return value < 0 && scaled > 0 ? minus + text : text
  }

  private static func scientific(_ value: Double, step: Double) -> String {
    if value == 0 { return "0" }
    let exponent = Int(floor(log10(abs(value)) + 1e-12))
    let digits = max(0, exponent - Int(floor(log10(step) + 1e-9)))
    // The power may lie outside of what a double holds.
    let half = exponent / 2
    let mantissa = value / pow(10, Double(half)) / pow(10, Double(exponent - half))
    return trimmed(fixed(mantissa, digits: min(digits, 8))) + "e\(exponent)"
  }

  /// Without zeros at the end of a fraction.
  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text[...]
    while text.last == "0" { text = text.dropLast() }
    return String(text.last == "." ? text.dropLast() : text)
  }

  /// With a comma before every three digits of the whole part.
  private static func grouped(_ text: String) -> String {
    let isNegative = text.hasPrefix(minus) || text.hasPrefix("-")
    let unsigned = isNegative ? text.dropFirst() : text[...]
    let whole = unsigned.prefix { $0 != "." }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (isNegative ? minus : "") + result + unsigned.dropFirst(whole.count)
  }

  private static let minus = "\u{2212}"
}
