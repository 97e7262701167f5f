import DverManifest
import Glibc

/// Values of metrics as tables show them.
enum NumberText {
  static let standardPrecision = 5

  /// What a table shows for a value that is not there.
  static let missing = "-"

  /// `str()` of the value; a number that is no integer is rounded first.
  ///
  /// - Parameter precision: Digits behind the point; `nil` for all.
  static func text(of value: ParameterValue?, precision: Int?) -> String {
    switch value {
    case nil, .null: return missing
    case .double(let number):
      guard let precision else { return ParameterValue.double(number).pythonText }
      return ParameterValue.double(rounded(number, precision)).pythonText
    case let value?: return value.pythonText
    }
  }

  /// The number that is nearest to `value` among those with so many digits behind the point: decided
  /// on the exact value, as Python's `round` does.
  static func rounded(_ value: Double, _ precision: Int) -> Double {
    // Beyond 323 digits no double has any.
    guard value.isFinite, precision < 324 else { return value }
    var text = [CChar](repeating: 0, count: 700)
    _ = unsafe withVaList([Int32(precision), value]) { arguments in
      unsafe vsnprintf(&text, text.count, "%.*f", arguments)
    }
    let digits = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return Double(String(decoding: digits, as: UTF8.self)) ?? value
  }
}
