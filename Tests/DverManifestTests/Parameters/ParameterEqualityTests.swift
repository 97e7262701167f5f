import DverCore
import DverManifest
import Glibc
import TestSupport
import Testing

/// Equality of parameters against a slow model of Python's rules, which are DVC's.
@Suite struct ParameterEqualityTests {
  /// Values of which many are equal.
  private static let scalars: [ParameterValue] = {
    let integers: [Int64] = [
      0, 1, 2, -1, 42, 9_007_199_254_740_992, 9_007_199_254_740_993, .max, .min,
    ]
    let largeIntegers = [
      "9223372036854775808", "18446744073709551616", "18446744073709551617",
      "1000000000000000000000000000000", "1000000000000000019884624838656",
    ]
    let doubles: [Double] = [
      0, -0.0, 1, 1.5, -1, 42, 0.1, 0x1p53, 0x1p63, -0x1p63, 0x1p64, 1e30, .infinity, -.infinity,
      .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    let texts = ["", "1", "1.0", "True", "caf\u{e9}", "cafe\u{301}", "9223372036854775808"]
    var scalars: [ParameterValue] = [.null, .bool(true), .bool(false)]
    scalars += integers.map { .integer($0) }
    scalars += largeIntegers.compactMap { ParameterValue(integer: $0) }
    scalars += doubles.map { .double($0) }
    scalars += texts.map { .string($0) }
    return scalars
  }()

  @Test func isThatOfPythonForAllPairsOfScalars() {
    for left in Self.scalars {
      for right in Self.scalars {
        let isEqual = ParameterModel.areEqual(left, right)
        #expect(left.isEqualInPython(to: right) == isEqual, "\(left) \(right)")
        let isSame = isEqual || (ParameterModel.isNaN(left) && ParameterModel.isNaN(right))
        #expect(left.hasSameMeaning(as: right) == isSame, "\(left) \(right)")
      }
    }
  }

  @Test(arguments: Seeds.standard)
  func isThatOfPythonInsideOfListsAndMaps(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let left = Self.value(&generator, depth: 3)
      let right =
        Bool.random(using: &generator)
        ? Self.respelled(left, &generator) : Self.value(&generator, depth: 3)
      let isEqual = ParameterModel.areEqual(left, right)
      #expect(left.isEqualInPython(to: right) == isEqual, "\(left) \(right)")
      #expect(right.isEqualInPython(to: left) == isEqual, "\(left) \(right)")
      if isEqual { #expect(left.hasSameMeaning(as: right), "\(left) \(right)") }
    }
  }

  @Test(arguments: Seeds.standard)
  func anotherSpellingMeansTheSame(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let value = Self.value(&generator, depth: 3)
      #expect(value.hasSameMeaning(as: Self.respelled(value, &generator)), "\(value)")
    }
  }

  private static func value(
    _ generator: inout SeededGenerator, depth: Int
  ) -> ParameterValue {
    let count = Int.random(in: 0...3, using: &generator)
    switch Int.random(in: 0..<(depth > 0 ? 4 : 2), using: &generator) {
    case 2: return .list((0..<count).map { _ in value(&generator, depth: depth - 1) })
    case 3:
      return .map(
        (0..<count).map { .init(key: "k\($0)", value: value(&generator, depth: depth - 1)) })
    default: return scalars[Int.random(in: 0..<scalars.count, using: &generator)]
    }
  }

  /// The value with numbers of other types, and maps in another order.
  private static func respelled(
    _ value: ParameterValue, _ generator: inout SeededGenerator
  ) -> ParameterValue {
    switch value {
    case .list(let items): return .list(items.map { respelled($0, &generator) })
    case .map(let members):
      let other = members.map { member in
        ParameterValue.Member(key: member.key, value: respelled(member.value, &generator))
      }
      return .map(other.shuffled(using: &generator))
    default:
      let alike = scalars.filter { ParameterModel.areEqual($0, value) }
      return alike.randomElement(using: &generator) ?? value
    }
  }
}

/// Python's `==` in its plainest form: numbers are compared by all their digits.
private enum ParameterModel {
  static func areEqual(_ left: ParameterValue, _ right: ParameterValue) -> Bool {
    if let leftDigits = digits(left), let rightDigits = digits(right) {
      return leftDigits == rightDigits && leftDigits != "nan"
    }
    switch (left, right) {
    case (.null, .null): return true
    case (.string(let left), .string(let right)): return Array(left.utf8) == Array(right.utf8)
    case (.list(let left), .list(let right)):
      return left.count == right.count && left.indices.allSatisfy { areEqual(left[$0], right[$0]) }
    case (.map(let left), .map(let right)):
      return left.count == right.count
        && left.allSatisfy { member in
          right.contains { $0.key == member.key && areEqual($0.value, member.value) }
        }
    default: return false
    }
  }

  static func isNaN(_ value: ParameterValue) -> Bool { digits(value) == "nan" }

  /// The exact decimal digits of a number; `nil` for what is none.
  private static func digits(_ value: ParameterValue) -> String? {
    switch value {
    case .bool(let value): return value ? "1" : "0"
    case .integer(let value): return String(value)
    case .largeInteger(let value): return value.text
    case .double(let value):
      if value == 0 { return "0" }
      if value.isNaN { return "nan" }
      if value.isInfinite { return value < 0 ? "-inf" : "inf" }
      var text = [CChar](repeating: 0, count: 1500)
      _ = unsafe withVaList([value]) { unsafe vsnprintf(&text, text.count, "%.1080f", $0) }
      var digits = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      while digits.last == UInt8(ascii: "0") { digits.removeLast() }
      if digits.last == UInt8(ascii: ".") { digits.removeLast() }
      return String(decoding: digits, as: UTF8.self)
    case .null, .string, .list, .map: return nil
    }
  }
}
