import DverYAML
import TestSupport
import Testing

@Suite struct YAMLWriterTests {
  @Test(arguments: [
    ("data.csv", "data.csv"), ("a b", "a b"), ("a:b", "a:b"), ("a#b", "a#b"), ("-x", "-x"),
    ("?x", "?x"), ("\u{e9}t\u{e9}", "\u{e9}t\u{e9}"), ("a, b [c]", "a, b [c]"), ("it's", "it's"),
    ("yes", "yes"), ("~x", "~x"), ("python a.py --x 1", "python a.py --x 1"),
    ("", "''"), ("null", "'null'"), ("~", "'~'"), ("true", "'true'"), ("12", "'12'"),
    ("2.0", "'2.0'"), ("1e5", "'1e5'"), ("0x10", "'0x10'"), ("2024-01-02", "'2024-01-02'"),
    ("a: b", "'a: b'"), ("a #b", "'a #b'"), ("a:", "'a:'"), (" a", "' a'"), ("a ", "'a '"),
    ("- a", "'- a'"), ("-", "'-'"), ("? a", "'? a'"), ("[a", "'[a'"), ("{a", "'{a'"),
    ("*a", "'*a'"), ("&a", "'&a'"), ("!a", "'!a'"), ("%a", "'%a'"), ("@a", "'@a'"),
    ("`a", "'`a'"), ("|", "'|'"), (">", "'>'"), ("#a", "'#a'"), ("'a", "\"'a\""),
    ("2024-1-2", "2024-1-2"), ("a: 'b' \"c\"", "\"a: 'b' \\\"c\\\"\""),
    ("\"a", "'\"a'"), ("---", "'---'"), ("...", "'...'"), ("<<", "'<<'"), ("=", "'='"),
    ("a\nb", "\"a\\nb\""), ("a\tb", "\"a\\tb\""), ("\u{1}", "\"\\x01\""), ("\u{85}", "\"\\x85\""),
    ("\u{2028}\"\\", "\"\\u2028\\\"\\\\\""), ("\u{feff}", "\"\\uFEFF\""), ("\u{7f}", "\"\\x7F\""),
  ])
  func quotesOnlyWhereNeeded(string: String, text: String) {
    var bytes: [UInt8] = []
    YAMLWriter.append(string: string, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test func listsStandAtTheColumnOfTheirKey() {
    var writer = YAMLWriter()
    writer.key("outs", indent: 0)
    writer.endLine()
    writer.dash(indent: 0)
    writer.key("path", indent: 2)
    writer.value(string: "a")
    writer.key("size", indent: 2)
    writer.value(.integer(3))
    writer.dash(indent: 0)
    writer.value(.null)
    writer.dash(indent: 0)
    writer.dash(indent: 2)
    writer.value(.integer(1))
    #expect(text(writer) == "outs:\n- path: a\n  size: 3\n- null\n- - 1\n")
  }

  @Test func longKeysReadBack() throws {
    let key = String(repeating: "k", count: 4000)
    var writer = YAMLWriter()
    writer.key("list", indent: 0)
    writer.endLine()
    writer.dash(indent: 0)
    writer.key(key, indent: 2)
    writer.value(.integer(1))
    let root = try YAMLDocument.parse(bytes: writer.bytes, source: "t").root
    #expect(root?["list"]?.items[0][key]?.scalar == .integer(1))
  }

  @Test(arguments: Seeds.standard)
  func everyStringReadsBackAsItself(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array(
      "aZ09 ~:-#&*!|>'\"%@`{}[],?<=.\\\n\r\t\u{0}\u{1b}\u{85}\u{a0}\u{e9}\u{2028}\u{feff}\u{1f600}"
        .unicodeScalars)
    for _ in 0..<300 {
      var string = String.UnicodeScalarView()
      for _ in 0..<generator.next() % 8 {
        string.append(alphabet[Int(generator.next() % UInt64(alphabet.count))])
      }
      let expected = String(string)
      for inFlow in [false, true] {
        var bytes = Array((inFlow ? "{k: [" : "k: ").utf8)
        YAMLWriter.append(string: expected, inFlow: inFlow, to: &bytes)
        if inFlow { bytes += "]}".utf8 }
        let node = try YAMLDocument.parse(bytes: bytes, source: "t").root?["k"]
        let read = (inFlow ? node?.items.first : node)?.scalar
        // Compared by bytes: equal strings may differ in their normal form.
        guard case .string(let actual) = read, Array(actual.utf8) == Array(expected.utf8) else {
          Issue.record(
            "\(Array(expected.utf8)) was written as \(bytes) and read as \(String(describing: read))"
          )
          continue
        }
      }
    }
  }

  @Test(arguments: ["yes", "n", "On", "0644", "0o17", "1:30", "-1:30:05", "-.5", "089", "text"])
  func textsStayTextsInTheOldVersion(text: String) throws {
    for inFlow in [false, true] {
      var bytes = Array("%YAML 1.1\n---\nk: ".utf8)
      if inFlow { bytes += Array("[".utf8) }
      YAMLWriter.append(string: text, inFlow: inFlow, isOldVersion: true, to: &bytes)
      if inFlow { bytes += Array("]".utf8) }
      let document = try YAMLDocument.parse(bytes: bytes, source: "t", allowsOldVersion: true)
      let node = document.root?["k"]
      #expect((inFlow ? node?.items.first : node)?.string == text)
    }
  }

  @Test func everyStringServesAsAKey() throws {
    for key in ["a: b", "", "null", "- x", "a\nb", "? q", "12", "{", "#"] {
      var writer = YAMLWriter()
      writer.key(key, indent: 0)
      writer.value(.bool(true))
      let root = try YAMLDocument.parse(bytes: writer.bytes, source: "t").root
      #expect(root?[key]?.scalar == .bool(true), "\(key)")
    }
  }

  private func text(_ writer: YAMLWriter) -> String {
    String(decoding: writer.bytes, as: UTF8.self)
  }
}
