import DverCore

extension ParameterValue {
  /// The integer that `digits` say, behind a sign or none; `nil` where they say none.
  package init?(integer digits: some StringProtocol, radix: Int = 10) {
    if let value = Int64(digits, radix: radix) {
      self = .integer(value)
    } else if let value = LargeInteger(digits, radix: radix) {
      self = .largeInteger(value)
    } else {
      return nil
    }
  }

  /// The value as a number; booleans are 1 and 0.
  package var number: Double? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .integer(let value): Double(value)
    case .largeInteger(let value): value.nearestDouble
    case .double(let value): value
    case .null, .string, .list, .map: nil
    }
  }

  /// `self - other` where both are numbers or booleans: an integer, exactly, if both are.
  package func difference(from other: ParameterValue) -> ParameterValue? {
    if let new = integerText, let old = other.integerText {
      return ParameterValue(integer: LargeInteger.difference(new, old))
    }
    guard let new = number, let old = other.number else { return nil }
    return .double(new - old)
  }

  /// The decimal digits of an integer or a boolean.
  private var integerText: String? {
    switch self {
    case .bool(let value): value ? "1" : "0"
    case .integer(let value): String(value)
    case .largeInteger(let value): value.text
    case .null, .double, .string, .list, .map: nil
    }
  }
}
