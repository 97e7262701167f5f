import DverCore
import TestSupport
import Testing

@Suite struct LargeIntegerTests {
  @Test(arguments: [
    ("9223372036854775808", 10, "9223372036854775808"),
    ("-9223372036854775809", 10, "-9223372036854775809"),
    ("+0018446744073709551615", 10, "18446744073709551615"),
    ("1fFFFFFFFFFFFFFFFFF", 16, "9444732965739290427391"),
    ("-8000000000000001", 16, "-9223372036854775809"),
    ("2000000000000000000000", 8, "18446744073709551616"),
    ("1" + String(repeating: "0", count: 70), 2, "1180591620717411303424"),
    // Groups of digits in the middle that begin with zeros.
    ("de0b6b3a7640001" + "000000000000", 16, "281474976710656000281474976710656"),
  ])
  func keepsEveryDigit(text: String, radix: Int, decimal: String) {
    #expect(LargeInteger(text, radix: radix)?.text == decimal)
  }

  @Test(arguments: [
    ("", 10), ("-", 10), ("12a", 10), ("--92233720368547758080", 10), ("0", 10),
    ("9223372036854775807", 10), ("-9223372036854775808", 10), ("g0000000000000000", 16),
    (String(repeating: "0", count: 30), 16),
  ])
  func takesNothingElse(text: String, radix: Int) {
    #expect(LargeInteger(text, radix: radix) == nil)
  }

  @Test func doublesAreTakenExactly() {
    #expect(LargeInteger(exactly: 0x1p63)?.text == "9223372036854775808")
    #expect(LargeInteger(exactly: -1e30)?.text == "-1000000000000000019884624838656")
    #expect(LargeInteger(exactly: 0x1.8p70)?.text == "1770887431076116955136")
    for value in [1.5, -0x1p63, 0, .infinity, .nan, 9e18] {
      #expect(LargeInteger(exactly: value) == nil)
    }
    #expect(LargeInteger("1" + String(repeating: "0", count: 400))?.nearestDouble == .infinity)
  }

  @Test(arguments: Seeds.standard)
  func doublesComeBack(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let value = Double(
        sign: Bool.random(using: &generator) ? .minus : .plus,
        exponent: Int.random(in: 64...1023, using: &generator),
        significand: Double.random(in: 1..<2, using: &generator))
      #expect(LargeInteger(exactly: value)?.nearestDouble == value)
    }
  }

  @Test(arguments: [
    ("18446744073709551615", "18446744073709551614", "1"),
    ("18446744073709551614", "18446744073709551615", "-1"),
    ("9223372036854775807", "-1", "9223372036854775808"),
    ("-9223372036854775808", "1", "-9223372036854775809"),
    ("100000000000000000000", "1", "99999999999999999999"),
    ("-100000000000000000000", "-1", "-99999999999999999999"),
    ("5", "100000000000000000000", "-99999999999999999995"),
    ("-5", "-5", "0"), ("0", "7", "-7"), ("99", "-1", "100"),
  ])
  func differencesAreExact(left: String, right: String, difference: String) {
    #expect(LargeInteger.difference(left, right) == difference)
  }

  @Test(arguments: Seeds.standard)
  func differencesAreThoseOfTheMachine(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let low = -(Int64(1) << Int64.random(in: 1...61, using: &generator))
      let range = low...1_000_000_000_000
      let (left, right) = (
        Int64.random(in: range, using: &generator), Int64.random(in: range, using: &generator)
      )
      #expect(LargeInteger.difference("\(left)", "\(right)") == "\(left - right)")
    }
  }
}
