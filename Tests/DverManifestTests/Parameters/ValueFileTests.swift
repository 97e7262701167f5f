import Testing

@testable import DverManifest

@Suite struct ValueFileTests {
  private func value(_ text: String, _ source: String) throws -> ParameterValue {
    try ValueFile.value(bytes: Array(text.utf8), source: source)
  }

  @Test func theEndingTellsTheFormat() throws {
    #expect(try value("[1, 2.5]", "a.json") == .list([.integer(1), .double(2.5)]))
    #expect(
      try value("- a\n- b: 1\n", "a.yaml")
        == .list([.string("a"), .map([.init(key: "b", value: .integer(1))])]))
    #expect(try value("0.5\n", "metric") == .double(0.5))
    #expect(try value("", "a.yaml") == .null)
    #expect(try value("a = 1\n", "a.TOML") == .map([.init(key: "a", value: .integer(1))]))
  }

  @Test func whatIsBrokenIsRefused() {
    #expect(throws: (any Error).self) { try value("{", "a.json") }
    #expect(throws: (any Error).self) { try value("", "a.json") }
    #expect(throws: (any Error).self) { try value("a: [", "a.yaml") }
  }
}

@Suite struct ParameterValuePythonTests {
  @Test func textsAreThoseOfPython() {
    let values: [(ParameterValue, String)] = [
      (.null, "None"), (.bool(true), "True"), (.integer(-3), "-3"), (.double(1e-5), "1e-05"),
      (.double(1e16), "1e+16"), (.double(30_000), "30000.0"), (.double(.nan), "nan"),
      (.double(-.infinity), "-inf"), (.string("a"), "a"),
      (
        .list([.string("a"), .string("it's"), .string("\"'"), .null]),
        "['a', \"it's\", '\"\\'', None]"
      ),
      (.map([.init(key: "k", value: .list([.double(1)]))]), "{'k': [1.0]}"),
      (.list([.string("\n\t\\\u{1}é")]), "['\\n\\t\\\\\\x01é']"),
    ]
    for (value, text) in values { #expect(value.pythonText == text) }
  }

  @Test func numbersAreEqualWhateverTheirType() {
    #expect(ParameterValue.integer(1).isEqualInPython(to: .double(1)))
    #expect(ParameterValue.bool(true).isEqualInPython(to: .integer(1)))
    #expect(!ParameterValue.string("1").isEqualInPython(to: .integer(1)))
    #expect(!ParameterValue.null.isEqualInPython(to: .bool(false)))
    #expect(!ParameterValue.double(.nan).isEqualInPython(to: .double(.nan)))
    let map = ParameterValue.map([
      .init(key: "a", value: .integer(1)), .init(key: "b", value: .list([.double(2)])),
    ])
    let other = ParameterValue.map([
      .init(key: "b", value: .list([.integer(2)])), .init(key: "a", value: .integer(1)),
    ])
    #expect(map.isEqualInPython(to: other))
  }

  @Test func differencesKeepTheirType() {
    #expect(ParameterValue.integer(5).difference(from: .integer(3)) == .integer(2))
    #expect(ParameterValue.double(0.5).difference(from: .integer(1)) == .double(-0.5))
    #expect(ParameterValue.bool(false).difference(from: .bool(true)) == .integer(-1))
    #expect(ParameterValue.string("a").difference(from: .integer(1)) == nil)
    #expect(
      ParameterValue.integer(.max).difference(from: .integer(-1))
        == ParameterValue(integer: "9223372036854775808"))
    let large = ParameterValue(integer: "18446744073709551615")
    #expect(large?.difference(from: .bool(true)) == ParameterValue(integer: "18446744073709551614"))
    #expect(large?.difference(from: .double(0x1p63)) == .double(0x1p63))
  }
}
