import DverYAML
import Testing

@Suite struct YAMLEditorTests {
  static let text = """
    # head
    outs:  # the outs
    - path: 'a b'   # quoted
      size: 3
      # about the next
      note: |
        two
        lines

    - path: c
    meta: {k: [1, x]}
    # tail

    """

  @Test func setReplacesTheScalarAlone() throws {
    let result = try edit { editor in
      try editor.set(["outs", 0, "path"], to: .string("it's"))
      try editor.set(["outs", 0, "size"], to: .integer(4))
      try editor.set(["meta", "k", 1], to: .string("a, b"))
    }
    let expected = Self.text.replacing("'a b'", with: "'it''s'").replacing(
      "size: 3", with: "size: 4"
    )
    .replacing("[1, x]", with: "[1, 'a, b']")
    #expect(result == expected)
  }

  @Test func setReplacesABlockScalarAndAnEmptyValue() throws {
    let result = try edit { try $0.set(["outs", 0, "note"], to: .string("one")) }
    #expect(result == Self.text.replacing("|\n    two\n    lines\n", with: "one\n"))
    #expect(try edit("a:\nb: 1\n") { try $0.set(["a"], to: .integer(1)) } == "a: 1\nb: 1\n")
  }

  @Test(arguments: [
    ("{k: [1, x]}", "{k: [1, x], z: true}"), ("{}", "{z: true}"), ("{ a: 1 }", "{ a: 1, z: true }"),
    ("{a: 1,}", "{a: 1, z: true,}"), ("{a: 1 # one\n  }", "{a: 1, z: true # one\n  }"),
    ("{a: 1,  # one\n  # end\n  }", "{a: 1, z: true,  # one\n  # end\n  }"),
    ("{ # none\n  }", "{z: true # none\n  }"), ("{a: [b] # {\n  }", "{a: [b], z: true # {\n  }"),
    ("{\n  a: {b: c},\n  d: e\n}", "{\n  a: {b: c},\n  d: e, z: true\n}"),
    ("{a: 'x}'}  # tail", "{a: 'x}', z: true}  # tail"),
  ])
  func addAndRemoveWorkBetweenBraces(old: String, new: String) throws {
    let (before, after) = ("m: \(old)\nn: 1\n", "m: \(new)\nn: 1\n")
    #expect(try edit(before) { try $0.add("z", .bool(true), to: ["m"]) } == after)
    #expect(try edit(after) { try $0.remove(["m", "z"]) } == before)
  }

  @Test(arguments: [
    ("{a: 1, b: 2, c: 3}", "a", "{b: 2, c: 3}"), ("{a: 1, b: 2, c: 3}", "b", "{a: 1, c: 3}"),
    ("{a: 1, b: 2, c: 3}", "c", "{a: 1, b: 2}"), ("{a: 1}", "a", "{}"),
    ("{a: [1, {x: y}], b: 2}", "a", "{b: 2}"), ("{a, b: 2}", "a", "{b: 2}"),
  ])
  func removeTakesOneKeyOutOfBraces(old: String, key: String, new: String) throws {
    #expect(try edit("m: \(old)\n") { try $0.remove(["m", .key(key)]) } == "m: \(new)\n")
  }

  @Test func anAnchorThatNothingRefersToIsNoObstacle() throws {
    #expect(
      try edit("a: &x\n  b: 1\nc: 2\n") { editor in
        try editor.add("z", .bool(true), to: ["a"])
        try editor.remove(["a", "b"])
      } == "a: &x\n  z: true\nc: 2\n")
    #expect(
      try edit("a: &x {b: 1}\n") { try $0.add("z", .bool(true), to: ["a"]) }
        == "a: &x {b: 1, z: true}\n")
  }

  @Test func aKeyIsReplacedBetweenBraces() throws {
    let entry = Array("b: {x: [1]}".utf8)
    #expect(
      try edit("m: {a: 1, b: [2, 3], c: }\n") {
        try $0.replace(flowEntry: entry, named: "b", in: ["m"])
      } == "m: {a: 1, b: {x: [1]}, c: }\n")
    #expect(
      try edit("m: {b}\n") { try $0.replace(flowEntry: entry, named: "b", in: ["m"]) }
        == "m: {b: {x: [1]}}\n")
    #expect(throws: YAMLError.self) {
      try edit("m: {a: 1}\n") { try $0.replace(flowEntry: entry, named: "b", in: ["m"]) }
    }
  }

  @Test func whatAFlowMappingCannotTakeIsRefused() throws {
    for text in ["m: &x {a: 1}\nn: *x\n", "n: &x {a: 1}\nm: *x\n"] {
      #expect(throws: YAMLError.self) { try edit(text) { try $0.add("z", .bool(true), to: ["m"]) } }
    }
  }

  @Test func addPutsAKeyBehindTheLastOne() throws {
    #expect(
      try edit { try $0.add("size", .integer(9), to: ["outs", 1]) }
        == Self.text.replacing("- path: c\n", with: "- path: c\n  size: 9\n"))
    #expect(
      try edit { try $0.add("z", .null, to: ["outs", 0]) }
        == Self.text.replacing("    lines\n", with: "    lines\n  z: null\n"))
    #expect(
      try edit { try $0.add("z", .bool(true), to: []) }
        == Self.text.replacing("[1, x]}\n", with: "[1, x]}\nz: true\n"))
  }

  @Test func addWorksWithoutALastLineEndAndOnEmptyText() throws {
    #expect(try edit("a: 1") { try $0.add("b", .integer(2), to: []) } == "a: 1\nb: 2\n")
    #expect(try edit("# c\n") { try $0.add("b", .integer(2), to: []) } == "# c\nb: 2\n")
    #expect(
      try edit("a: |+\n  x\n\n") { try $0.add("b", .integer(2), to: []) } == "a: |+\n  x\n\nb: 2\n")
  }

  @Test func addIndentsNestedLines() throws {
    let entry = Array("new:\n  cmd: x\n  deps:\n  - y\n".utf8)
    let result = try edit("stages:\n    old:\n        cmd: a # c\n\nvars: []\n") {
      try $0.add(entry: entry, named: "new", to: ["stages"])
    }
    #expect(
      result == """
        stages:
            old:
                cmd: a # c
            new:
              cmd: x
              deps:
              - y

        vars: []

        """)
  }

  @Test func appendPutsAnItemBehindTheLastOne() throws {
    #expect(
      try edit { try $0.append(item: Array("- path: d\n  size: 1\n".utf8), to: ["outs"]) }
        == Self.text.replacing("- path: c\n", with: "- path: c\n- path: d\n  size: 1\n"))
    #expect(
      try edit("a:\n  - x\nb: 1\n") { try $0.append(.string("y: z"), to: ["a"]) }
        == "a:\n  - x\n  - 'y: z'\nb: 1\n")
  }

  @Test func replacePutsLinesInThePlaceOfAKeyAndItsValue() throws {
    let entry = Array("outs:\n- path: d\n".utf8)
    #expect(
      try edit { try $0.replace(entry: entry, named: "outs", in: []) }
        == "# head\nouts:\n- path: d\nmeta: {k: [1, x]}\n# tail\n")
    #expect(
      try edit("a:\n  b: 1 # b\n  # c\n  c: [2]\n") {
        try $0.replace(entry: Array("b:\n- x\n".utf8), named: "b", in: ["a"])
      } == "a:\n  b: # b\n  - x\n  # c\n  c: [2]\n")
    for (text, name) in [("a: {b: 1}\n", "b"), ("a:\n  c: 1\n", "b")] {
      var editor = try YAMLEditor(bytes: Array(text.utf8), source: "y")
      #expect(throws: YAMLError.self) {
        try editor.replace(entry: Array("b: 2\n".utf8), named: name, in: ["a"])
      }
      #expect(editor.bytes == Array(text.utf8))
    }
  }

  @Test func removeTakesTheLinesOfAKey() throws {
    #expect(
      try edit { try $0.remove(["outs", 0, "size"]) }
        == Self.text.replacing("  size: 3\n", with: ""))
    #expect(
      try edit { try $0.remove(["outs", 0, "note"]) }
        == Self.text.replacing("  note: |\n    two\n    lines\n", with: ""))
    #expect(
      try edit { try $0.remove(["outs", 0, "path"]) }
        == Self.text.replacing("path: 'a b'   # quoted\n  ", with: ""))
    #expect(
      try edit { try $0.remove(["outs"]) }
        == "# head\nmeta: {k: [1, x]}\n# tail\n")
  }

  @Test func newLinesEndAsTheOthersDo() throws {
    let result = try edit("a: 1\r\nb: 2\r\n") { editor in
      try editor.set(["a"], to: .integer(3))
      try editor.add("c", .integer(4), to: [])
      try editor.remove(["b"])
    }
    #expect(result == "a: 3\r\nc: 4\r\n")
  }

  @Test func settingTheSameValueChangesNothing() throws {
    let text = "a: 0x10\nb: \"x\"\n"
    let result = try edit(text) { editor in
      try editor.set(["a"], to: .integer(16))
      try editor.set(["b"], to: .string("x"))
    }
    #expect(result == text)
  }

  @Test(arguments: [
    ("a: &x {b: 1}\nc: *x\n", ["a"] as [YAMLPathStep]), ("a: &x\n  b: 1\nc: *x\n", ["a"]),
    ("a: &x\n  b: 1\nc: *x\n", ["c"]), ("a: [1]\n", ["a"]), ("a: 1\n", ["b"]),
  ])
  func whatCannotBeEditedIsRefused(text: String, path: [YAMLPathStep]) throws {
    var editor = try YAMLEditor(bytes: Array(text.utf8), source: "t")
    #expect(throws: YAMLError.self) { try editor.add("new", .integer(1), to: path) }
    #expect(editor.bytes == Array(text.utf8))
  }

  @Test func theOnlyKeyCannotBeRemoved() throws {
    var editor = try YAMLEditor(bytes: Array("a:\n  b: 1\n".utf8), source: "t")
    #expect(throws: YAMLError.self) { try editor.remove(["a", "b"]) }
  }

  /// An anchor may be defined twice; what refers to the second one would then mean the first.
  @Test(arguments: [
    "m:\n  a: &x 1\n  b: &x 2\n  c: *x\n", "m: {a: &x 1, b: &x 2, c: *x}\n",
    "m:\n  a: &x {k: 1}\n  b: &x {k: 2}\n  c: [{<<: *x}]\n",
    "m: {a: 0, b: &x 2}\no: [&x 3]\nc: *x\nb: &x 4\nd: *x\n",
  ])
  func anEditThatChangesAnotherValueIsRefused(text: String) throws {
    let path: [YAMLPathStep] = text.contains("\nd:") ? ["b"] : ["m", "b"]
    #expect(throws: YAMLError.self) { try edit(text) { try $0.remove(path) } }
    // What changes nothing else is done.
    _ = try edit(text) { try $0.remove(["m", "a"]) }
  }

  @Test func theOtherItemsOfAListStayWhatTheyAre() throws {
    let text = "l:\n- &x 1\n- &x 2\n- *x\n- 4\n"
    let item = Array("- 5\n".utf8)
    #expect(throws: YAMLError.self) { try edit(text) { try $0.remove(itemAt: 1, of: ["l"]) } }
    #expect(throws: YAMLError.self) {
      try edit(text) { try $0.replace(item: item, at: 1, of: ["l"]) }
    }
    let result = try edit(text) { editor in
      try editor.remove(itemAt: 0, of: ["l"])
      try editor.insert(item: item, at: 1, of: ["l"])
      try editor.append(.integer(6), to: ["l"])
      try editor.remove(itemAt: 3, of: ["l"])
    }
    #expect(result == "l:\n- &x 2\n- 5\n- *x\n- 6\n")
  }

  @Test(arguments: [
    ("a: |\n  x", "a: |-\n  x\nb: 2\n"), ("a: >2 # c\n  x", "a: >-2 # c\n  x\nb: 2\n"),
    ("a: |-\n  x", "a: |-\n  x\nb: 2\n"),
  ])
  func aBlockScalarAtTheEndStaysWithoutALineEnd(old: String, new: String) throws {
    #expect(try edit(old) { try $0.add("b", .integer(2), to: []) } == new)
  }

  private func edit(
    _ text: String = text, _ change: (inout YAMLEditor) throws -> Void
  ) throws -> String {
    var editor = try YAMLEditor(bytes: Array(text.utf8), source: "t")
    try change(&editor)
    return String(decoding: editor.bytes, as: UTF8.self)
  }
}

extension String {
  /// The text with the first `part`, which must be there, replaced.
  fileprivate func replacing(_ part: String, with other: String) -> String {
    let (text, part) = (Array(utf8), Array(part.utf8))
    let start = text.indices.first { text[$0...].starts(with: part) }
    guard let start else { preconditionFailure("'\(part)' is not in the text") }
    let bytes = text[..<start] + Array(other.utf8) + text[(start + part.count)...]
    return String(decoding: bytes, as: UTF8.self)
  }
}
