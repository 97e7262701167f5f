import DverCore
import DverYAML
import TestSupport
import Testing

@Suite struct YAMLScalarTests {
  @Test(arguments: [
    ("~", YAMLScalar.null), ("null", .null), ("Null", .null), ("", .null),
    ("true", .bool(true)), ("False", .bool(false)), ("TRUE", .bool(true)),
    ("0", .integer(0)), ("-17", .integer(-17)), ("+5", .integer(5)), ("017", .integer(17)),
    ("0o17", .integer(15)), ("-0o17", .integer(-15)), ("0x1F", .integer(31)),
    ("0b101", .integer(5)), ("1_000", .integer(1000)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("1.5", .double(1.5)), ("1.", .double(1)), (".5", .double(0.5)), ("1e3", .double(1000)),
    ("1E-5", .double(1e-5)), ("-2.5e+3", .double(-2500)), ("1_0.5", .double(10.5)),
    (".inf", .double(.infinity)), ("-.INF", .double(-.infinity)), ("+.5e-1", .double(0.05)),
  ])
  func readsTypedValues(text: String, value: YAMLScalar) throws {
    #expect(try scalar(text) == value)
  }

  @Test(arguments: [
    "yes", "no", "on", "off", "nULL", "tRue", "1e", "e5", "0x", "0o8", "0b2", "1.2.3", "+",
    ".", "._", "_1", "1:30", ".5e3", "+.nan", "2024-05-01", "2024-05-01T10:00:00Z", "=",
  ])
  func readsEverythingElseAsText(text: String) throws {
    #expect(try scalar(text) == .string(text))
  }

  @Test(arguments: [
    ("9223372036854775808", "9223372036854775808"),
    ("-1_000_000_000_000_000_000_000", "-1000000000000000000000"),
    ("+00010000000000000000000", "10000000000000000000"),
    ("0xFFFF_FFFF_FFFF_FFFF", "18446744073709551615"),
    ("-0o2000000000000000000000", "-18446744073709551616"),
    ("0b1" + String(repeating: "0", count: 64), "18446744073709551616"),
    ("!!int '9223372036854775808'", "9223372036854775808"),
  ])
  func integersOfAnySizeKeepTheirDigits(text: String, digits: String) throws {
    let value = try #require(try scalar(text))
    let number = try #require(LargeInteger(digits))
    #expect(value == .largeInteger(number))
    var bytes: [UInt8] = []
    YAMLWriter.append(value, to: &bytes)
    #expect(bytes == Array(digits.utf8))
  }

  /// Each was held against the library that DVC reads files with.
  @Test(arguments: [
    ("yes", YAMLScalar.bool(true)), ("Y", .bool(true)), ("On", .bool(true)), ("no", .bool(false)),
    ("n", .bool(false)), ("OFF", .bool(false)), ("true", .bool(true)), ("yEs", .string("yEs")),
    ("0777", .integer(511)), ("-010", .integer(-8)), ("010_1", .integer(65)), ("00", .integer(0)),
    ("0", .integer(0)), ("089", .string("089")), ("0o17", .string("0o17")), ("0b11", .integer(3)),
    ("-0x1f", .integer(-31)), ("1_000", .integer(1000)), ("1:30", .integer(90)),
    ("-1:30:05", .integer(-5405)), ("1_:30", .integer(90)), ("1:5", .integer(65)),
    ("1:2:3:4", .integer(223_384)), ("1:60", .string("1:60")), ("0:30", .string("0:30")),
    ("1:30_", .string("1:30_")), ("0:30.5", .double(30.5)),
    ("190:20:30.15", .double(685_230.15)), ("-1:30.", .double(-90)), (".5", .double(0.5)),
    ("-.5", .string("-.5")), ("-.inf", .double(-.infinity)), ("1e3", .double(1000)),
    ("~", .null), ("'yes'", .string("yes")), ("!!str yes", .string("yes")),
    ("2001-12-14", .string("2001-12-14")),
  ])
  func readsTheOldVersionWhereItMay(text: String, value: YAMLScalar) throws {
    let bytes = Array("%YAML 1.1\n---\nk: \(text)\n".utf8)
    let document = try YAMLDocument.parse(bytes: bytes, source: "t", allowsOldVersion: true)
    #expect(document.root?["k"]?.scalar == value)
  }

  @Test func readsNotANumber() throws {
    guard case .double(let value) = try scalar(".nan") else {
      Issue.record("no number")
      return
    }
    #expect(value.isNaN)
  }

  @Test(arguments: [
    ("!!str 12", YAMLScalar.string("12")), ("! 12", .string("12")), ("!!int '12'", .integer(12)),
    ("!!float 3", .double(3)), ("!!bool 'true'", .bool(true)), ("!!null ''", .null),
    ("'12'", .string("12")), ("\"true\"", .string("true")),
  ])
  func tagsAndQuotesDecideTheType(text: String, value: YAMLScalar) throws {
    #expect(try scalar(text) == value)
  }

  @Test func aTagThatDoesNotFitLeavesNoValue() throws {
    #expect(try scalar("!!int abc") == nil)
    #expect(try scalar("!!bool 3") == nil)
  }

  @Test(arguments: [
    (0.1, "0.1"), (1e-5, "1e-05"), (30000, "30000.0"), (1e16, "1e+16"),
    (1e15, "1000000000000000.0"),
    (123456789012345680, "1.2345678901234568e+17"), (0.0001, "0.0001"), (0.00012, "0.00012"),
    (1.5e-7, "1.5e-07"), (-2.5, "-2.5"), (0, "0.0"), (-0.0, "-0.0"), (1e100, "1e+100"),
    (Double.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
    (.infinity, ".inf"),
    (-.infinity, "-.inf"), (.nan, ".nan"), (9007199254740992, "9007199254740992.0"),
    (3.141592653589793, "3.141592653589793"), (100, "100.0"),
    (9999999999999998, "9999999999999998.0"),
  ])
  func printsNumbersAsPythonDoes(value: Double, text: String) {
    #expect(YAMLScalar.text(of: value) == text)
  }

  @Test(arguments: Seeds.standard)
  func printedNumbersReadBack(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      #expect(try scalar(YAMLScalar.text(of: value)) == .double(value))
    }
  }

  private func scalar(_ text: String) throws -> YAMLScalar? {
    let document = try YAMLDocument.parse(bytes: Array("k: \(text)\n".utf8), source: "t")
    return document.root?["k"]?.scalar
  }
}
