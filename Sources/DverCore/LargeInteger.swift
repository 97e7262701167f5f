/// An integer that no `Int64` holds, as its decimal digits.
package struct LargeInteger: Hashable, Sendable {
  /// A `-` for a negative number, then digits without leading zeros.
  package let text: String

  /// More digits of another radix than these are not converted: the work grows with their square.
  private static let maximumConvertedDigitCount = 4_300

  /// The number that `text` says with its digits and perhaps a sign before them; `nil` where it says
  /// none, or one that an `Int64` holds.
  package init?(_ text: some StringProtocol, radix: Int = 10) {
    var digits = Array(text.utf8)[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    guard let decimal = Self.decimal(digits, radix: radix) else { return nil }
    let number = (isNegative ? "-" : "") + decimal
    guard Int64(number) == nil else { return nil }
    self.text = number
  }

  /// The number that `value` is; `nil` where it has a fraction, is no number or fits in an `Int64`.
  package init?(exactly value: Double) {
    // Every number from here on is whole.
    guard value.isFinite, value.magnitude >= 0x1p63 else { return nil }
    let exponent = Int(value.exponent) - Double.significandBitCount
    let significand = value.significandBitPattern | 1 << UInt64(Double.significandBitCount)
    let digits = String(significand << UInt64(exponent % 4), radix: 16)
    let zeros = String(repeating: "0", count: exponent / 4)
    self.init((value < 0 ? "-" : "") + digits + zeros, radix: 16)
  }

  /// The nearest number that a `Double` holds.
  package var nearestDouble: Double { Double(text) ?? .nan }

  // MARK: Radix

  /// `digits` in decimal, without leading zeros; `nil` where one of them is none of the radix.
  private static func decimal(_ digits: ArraySlice<UInt8>, radix: Int) -> String? {
    let values = digits.map { value(ofDigit: $0) }
    guard !values.isEmpty, values.allSatisfy({ $0 < radix }) else { return nil }
    let significant = values.drop { $0 == 0 }
    guard !significant.isEmpty else { return "0" }
    if radix == 10 {
      return String(decoding: significant.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }
    guard significant.count <= maximumConvertedDigitCount else { return nil }
    // Nine decimal digits each, the lowest ones first.
    var groups: [UInt64] = [0]
    for digit in significant {
      var carry = UInt64(digit)
      for index in groups.indices {
        let sum = groups[index] * UInt64(radix) + carry
        groups[index] = sum % 1_000_000_000
        carry = sum / 1_000_000_000
      }
      if carry > 0 { groups.append(carry) }
    }
    var text = ""
    for group in groups.reversed() {
      let digits = String(group)
      if !text.isEmpty { text += String(repeating: "0", count: 9 - digits.utf8.count) }
      text += digits
    }
    return text
  }

  private static func value(ofDigit byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: .max
    }
  }
}

extension LargeInteger {
  /// `left - right` of two integers of any size, all three as decimal digits behind a `-` or none.
  package static func difference(_ left: String, _ right: String) -> String {
    let (isLeftNegative, isRightNegative) = (left.hasPrefix("-"), right.hasPrefix("-"))
    let (leftDigits, rightDigits) = (lowestFirst(left), lowestFirst(right))
    let isSwapped = isSmaller(leftDigits, rightDigits)
    let isSum = isLeftNegative != isRightNegative
    let digits = combined(
      isSwapped ? rightDigits : leftDigits, isSwapped ? leftDigits : rightDigits, isSum: isSum)
    let isNegative = isSum ? isLeftNegative : isLeftNegative != isSwapped
    let significant = digits.reversed().drop { $0 == 0 }
    guard !significant.isEmpty else { return "0" }
    return (isNegative ? "-" : "") + significant.map { String($0) }.joined()
  }

  /// The values of the digits of `text`, from the lowest one up.
  private static func lowestFirst(_ text: String) -> [Int] {
    text.utf8.reversed().filter { $0 != UInt8(ascii: "-") }.map { Int($0) - 0x30 }
  }

  private static func isSmaller(_ left: [Int], _ right: [Int]) -> Bool {
    if left.count != right.count { return left.count < right.count }
    return left.reversed().lexicographicallyPrecedes(right.reversed())
  }

  /// `larger + smaller` or `larger - smaller`.
  private static func combined(_ larger: [Int], _ smaller: [Int], isSum: Bool) -> [Int] {
    var digits = larger
    var carry = 0
    for index in digits.indices {
      let other = index < smaller.count ? smaller[index] : 0
      let value = digits[index] + (isSum ? other : -other) + carry
      digits[index] = (value + 10) % 10
      carry = value < 0 ? -1 : value / 10
    }
    if carry > 0 { digits.append(carry) }
    return digits
  }
}
