import DverYAML
import TestSupport
import Testing

@Suite struct YAMLDocumentTests {
  @Test func readsNestedCollections() throws {
    let root = try root("a: 1\nb:\n- x\n- {c: [d, 'e f'], g: }\n")
    #expect(root.kind == .mapping)
    #expect(root.pairs.map(\.key.text) == ["a", "b"])
    let items = try #require(root["b"]).items
    #expect(items[0].text == "x")
    #expect(items[1].style == .flow)
    #expect(items[1]["c"]?.items.map(\.text) == ["d", "e f"])
    #expect(items[1]["g"]?.isNull == true)
    #expect(root["missing"] == nil)
  }

  @Test func aTextWithoutValuesHasNoRoot() throws {
    for text in ["", "\n", "# only a comment\n", "\u{feff}"] {
      #expect(try YAMLDocument.parse(bytes: Array(text.utf8), source: "t").root == nil)
    }
  }

  @Test func decodesEscapesFoldsAndBlocks() throws {
    let text = """
      a: "tab\\t\\x41\\u00e9"
      b: 'it''s'
      c: |
        one
          two
      d: >-
        one
        two
      e: plain
        continued
      """
    let root = try root(text)
    #expect(root["a"]?.text == "tab\tA\u{e9}")
    #expect(root["b"]?.text == "it's")
    #expect(root["c"]?.text == "one\n  two\n")
    #expect(root["d"]?.text == "one two")
    #expect(root["e"]?.text == "plain continued")
  }

  @Test func marksCountLinesAndCharactersFromOneAndBytesFromZero() throws {
    let root = try root("\u{fc}: \u{1f600}\nk:\n  - a: \u{e9}x\n")
    let mark = try #require(root["k"]?.items[0]["a"]).mark
    #expect(mark.line == 3)
    #expect(mark.column == 8)
    #expect(mark.offset == 3 + 4 + 2 + 3 + 7)
    #expect(root.pairs[0].value.mark.column == 4)
    #expect(root.pairs[0].value.range == 4..<8)
  }

  @Test func aByteOrderMarkAndWindowsLinesAreAccepted() throws {
    let root = try root("\u{feff}a: b\r\nc: \u{e9}\r\n")
    #expect(root["a"]?.text == "b")
    #expect(root["c"]?.text == "\u{e9}")
    #expect(root["c"]?.mark.line == 2)
    #expect(root["a"]?.range == 6..<7)
  }

  @Test func mergeKeysFillInWhatIsMissing() throws {
    let text = """
      base: &base {a: 1, b: 2}
      more: &more {b: 3, c: 4}
      x:
        <<: [*base, *more]
        c: 5
      y: {<<: *base, b: 9}
      """
    let root = try root(text)
    let merged = try #require(root["x"])
    #expect(merged.pairs.map(\.key.text) == ["b", "c", "a"])
    #expect(merged.pairs.map(\.value.text) == ["2", "5", "1"])
    #expect(merged["b"]?.text == "2")
    #expect(root["y"]?["b"]?.text == "9")
  }

  /// Each was held against the library that DVC reads files with.
  @Test(arguments: [
    ("{<<: [*a, *b], z: 0}", "w 1 x 1 y 2 z 0"), ("{z: 0, <<: *a, x: 5}", "x 5 y 2 z 0"),
    ("{z: 0, <<: [*a, *b], y: 5, v: 3}", "w 1 x 1 y 5 z 0 v 3"), ("{x: 0, <<: *a}", "x 0 y 2"),
    ("{<<: [*c, {q: 1, y: 7}], z: 0}", "q 1 y 2 x 9 w 1 z 0"),
  ])
  func mergedKeysHaveTheirOrder(mapping: String, pairs: String) throws {
    let root = try root(
      "a: &a {x: 1, y: 2}\nb: &b {w: 1, x: 9}\nc: &c {<<: *a, w: 1, x: 9}\nd: \(mapping)\n")
    let merged = try #require(root["d"])
    let words = merged.pairs.map { "\($0.key.text) \($0.value.text)" }
    #expect(words.joined(separator: " ") == pairs)
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", "t:3:1: the key 'a' stands at 1:1 already"),
    ("x: {k: 1, 'k': 2}\n", "t:1:11: the key 'k' stands at 1:5 already"),
    ("x: {null: 1, ~: 2}\n", "t:1:14: the key '~' stands at 1:5 already"),
    ("0x10: 1\n16: 2\n", "t:2:1: the key '16' stands at 1:1 already"),
    ("1: 1\n1.0: 2\n", "t:2:1: the key '1.0' stands at 1:1 already"),
    ("True: 1\n1e0: 2\n", "t:2:1: the key '1e0' stands at 1:1 already"),
    ("a: 1\n---\nb: 2\n", "t:2:1: a second document begins here, only one is allowed"),
    ("a: *b\n", "t:1:4: the alias '*b' has no anchor above it"),
    ("a: &a [*a]\n", "t:1:8: the alias '*a' stands inside its own anchor"),
    ("[a]: b\n", "t:1:1: a key must be a plain or quoted text"),
    ("<<: 3\n", "t:1:1: '<<' takes a mapping or a list of mappings"),
    ("a: !!python/none x\n", "t:1:4: the tag 'tag:yaml.org,2002:python/none' is not supported"),
    ("%YAML 1.1\n---\na: yes\n", "t:1:1: only YAML 1.2 is supported"),
    ("a: b\n<<<<<<< HEAD\nc: d\n", "t:2:1: git's conflict markers are still in the file"),
  ])
  func refusesWithThePlace(text: String, message: String) {
    let error = #expect(throws: YAMLError.self) { try root(text) }
    #expect(error?.message == message)
  }

  @Test func refusesManyDuplicatesAtTheFirstOne() {
    let keys = (0..<50).map { "k\($0): 1\n" }.joined()
    let error = #expect(throws: YAMLError.self) { try root(keys + "k7: 2\nk3: 2\n") }
    #expect(error?.message == "t:51:1: the key 'k7' stands at 8:1 already")
  }

  @Test(arguments: [[0x61, 0x3a, 0x20, 0xff], [0x61, 0x0a, 0x00], [0xff, 0xfe, 0x61, 0x00]])
  func refusesBytesThatAreNoText(bytes: [UInt8]) {
    #expect(throws: YAMLError.self) { try YAMLDocument.parse(bytes: bytes, source: "t") }
  }

  @Test func refusesHostileNesting() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 300),
      String(repeating: "- ", count: 300) + "x",
    ] {
      let error = #expect(throws: YAMLError.self) { try root(text) }
      #expect(error?.problem == .tooDeep)
    }
  }

  @Test func refusesNestingThroughAliases() {
    var text = "a0: &a0 [x]\n"
    for level in 1...300 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    let error = #expect(throws: YAMLError.self) { try root(text) }
    #expect(error?.problem == .tooDeep)
  }

  @Test func refusesAnAliasBomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let error = #expect(throws: YAMLError.self) { try root(text) }
    #expect(error?.problem == .tooManyAliases)
  }

  @Test func refusesTooManyDirectives() {
    let text = (0..<200).map { "%TAG !\($0)! tag:x\n" }.joined() + "---\na: b\n"
    let error = #expect(throws: YAMLError.self) { try root(text) }
    #expect(error?.message == "t:101:1: more than 100 directives")
  }

  @Test func refusesTooManyBytes() {
    let bytes = [UInt8](repeating: 0x20, count: YAMLDocument.maximumByteCount + 1)
    let error = #expect(throws: YAMLError.self) {
      try YAMLDocument.parse(bytes: bytes, source: "t")
    }
    #expect(error?.problem == .tooLarge(byteCount: bytes.count))
    let near = YAMLError(
      source: "f", mark: YAMLMark(line: 1, column: 1, offset: 0),
      problem: .tooLarge(byteCount: YAMLDocument.maximumByteCount + 32))
    #expect(near.message == "f:1:1: 67108896 B are more than the 67108864 B allowed")
  }

  @Test(arguments: Seeds.standard)
  func noiseIsReadOrRefusedButNeverCrashes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("ab:- \n\t#&*!|>'\"%@{}[],?<~0.\\\r\u{e9}".utf8)
    for _ in 0..<400 {
      let count = Int(generator.next() % 60)
      let bytes = (0..<count).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
      guard let document = try? YAMLDocument.parse(bytes: bytes, source: "t") else { continue }
      document.root.map { visit($0, in: bytes.count) }
    }
  }

  private func visit(_ node: YAMLNode, in byteCount: Int) {
    #expect(node.range.upperBound <= byteCount)
    #expect(node.mark.line >= 1 && node.mark.column >= 1)
    _ = node.scalar
    for item in node.items { visit(item, in: byteCount) }
    for (key, value) in node.pairs {
      visit(key, in: byteCount)
      visit(value, in: byteCount)
    }
  }

  private func root(_ text: String) throws -> YAMLNode {
    try #require(YAMLDocument.parse(bytes: Array(text.utf8), source: "t").root)
  }
}
