import DverManifest
import DverYAML
import Testing

/// JSON, TOML and Python parameter files; what they hold was held against the readers of Python.
@Suite struct ParameterFormatTests {
  private func read(_ text: String, _ name: String) throws -> ParameterValue {
    try ParameterFile(bytes: Array(text.utf8), source: name).root
  }

  private func message(_ text: String, _ name: String) -> String? {
    let error = #expect(throws: FileFormatError.self) { try read(text, name) }
    return error?.message
  }

  // MARK: JSON

  @Test func readsJSON() throws {
    let text = #"{"a": [1, -2, 1.0, 1e3, true, null], "b": {"c": "é\ud83d\ude00\/\n"}, "": NaN}"#
    let file = try ParameterFile(bytes: Array(text.utf8), source: "p.json")
    #expect(
      file.value(at: "a")
        == .list([.integer(1), .integer(-2), .double(1), .double(1000), .bool(true), .null]))
    #expect(file.value(at: "b.c") == .string("é😀/\n"))
  }

  @Test func theLastOfEqualJSONKeysCounts() throws {
    #expect(
      try read(#"{"a": 1, "b": 2, "a": 3}"#, "p.json")
        == .map([.init(key: "a", value: .integer(3)), .init(key: "b", value: .integer(2))]))
  }

  @Test(arguments: [
    ("", "p.json:1:1: expected a value"), ("{\"a\": 01}", "p.json:1:7: expected a value"),
    ("{\"a\": 1,}", "p.json:1:9: expected a key"), ("{a: 1}", "p.json:1:2: expected a key"),
    ("{'a': 1}", "p.json:1:2: expected a key"),
    ("{\"a\": \"x\ty\"}", "p.json:1:9: a control character must be escaped"),
    ("{\"a\": 1} x", "p.json:1:10: expected the end of the file"),
    ("{\"a\": 1.}", "p.json:1:9: expected a digit"),
    ("{\"a\":\n \"\\x\"}", "p.json:2:4: unknown escape"),
    ("{\"a\": \"\\ud800\"}", "p.json:1:14: half of a surrogate pair"),
    ("{\"a\": \"x", "p.json:1:9: the string does not end"),
    ("{\"a\" 1}", "p.json:1:6: expected ':'"), ("[1 2]", "p.json:1:4: expected ',' or ']'"),
    ("[1]", "p.json:1:1: expected a mapping of parameters"),
    ("\"x\"", "p.json:1:1: expected a mapping of parameters"),
  ])
  func refusesOtherJSON(text: String, message: String) {
    #expect(self.message(text, "p.json") == message)
  }

  @Test(arguments: ["null", "[]", "{}", " \n{ }\n"])
  func JSONMayBeEmpty(text: String) throws {
    #expect(try ParameterFile(bytes: Array(text.utf8), source: "p.json").value(at: "a") == nil)
  }

  // MARK: TOML

  @Test func readsTOML() throws {
    let text = """
      a = 1 # one
      b.c.d = "x\\u00e9\\t"
      b.c."e f" = 'raw\\n'
      i = [0x1F, 0o17, 0b101, 1_000, -5, +3]
      f = [1e5, 1.5e-3, -0.0, 6.02_2E23, inf, -inf]
      when = 1979-05-27 07:32:00Z
      s = \"\"\"
      one
      two \\
         three\"\"\"\"
      l = '''
      raw''s'''
      inline = {a = 1, b = {c = true}, d.e = [ { x = 1 }, { x = 2 }, ] }
      [t]
      [t.u] # sub
      v = false
      [[p]]
      n = 1
      [[p]]
      n = 2
      [p.q]
      z = 3
      [[p.r]]
      """
    let file = try ParameterFile(bytes: Array(text.utf8), source: "p.TOML")
    let expected: [(String, ParameterValue)] = [
      ("a", .integer(1)), ("b.c.d", .string("xé\t")), ("b.c.e f", .string("raw\\n")),
      ("i", .list([31, 15, 5, 1000, -5, 3].map { .integer($0) })),
      (
        "f",
        .list([1e5, 1.5e-3, -0.0, 6.022e23, .infinity, -.infinity].map { .double($0) })
      ),
      ("when", .string("1979-05-27 07:32:00Z")), ("s", .string("one\ntwo three\"")),
      ("l", .string("raw''s")), ("inline.b.c", .bool(true)), ("inline.d.e[1].x", .integer(2)),
      ("t.u.v", .bool(false)), ("p[0].n", .integer(1)), ("p[1].n", .integer(2)),
      ("p[1].q.z", .integer(3)), ("p[1].r", .list([.map([])])),
    ]
    for (key, value) in expected { #expect(file.value(at: key) == value, "\(key)") }
  }

  @Test(arguments: [
    ("a = 1\na = 2\n", "p.toml:2:1: the key 'a' is there already"),
    ("[a]\n[a]\n", "p.toml:2:2: the table 'a' is there already"),
    ("a.b = 1\n[a]\n", "p.toml:2:2: the table 'a' is there already"),
    ("[a]\nb.c = 1\n[a.b]\n", "p.toml:3:2: the table 'a.b' is there already"),
    ("a = {b = 1}\n[a.c]\n", "p.toml:2:2: the table 'a.c' is there already"),
    ("a = [1]\n[[a]]\n", "p.toml:2:3: the table 'a' is there already"),
    ("[a.b]\n[a]\nb.c = 1\n", "p.toml:3:1: the key 'b.c' is there already"),
    ("a =\n", "p.toml:1:4: expected a value"), ("a = 01\n", "p.toml:1:5: expected a value"),
    ("a = 1__0\n", "p.toml:1:5: expected a value"), ("a = .5\n", "p.toml:1:5: expected a value"),
    ("a = 5.\n", "p.toml:1:5: expected a value"), ("a = tru\n", "p.toml:1:5: expected a value"),
    ("a = 1 b = 2\n", "p.toml:1:7: expected the end of the line"),
    ("a = \"x\n\"\n", "p.toml:1:7: the string does not end"),
    ("a = \"\\q\"\n", "p.toml:1:8: unknown escape"), ("= 1\n", "p.toml:1:1: expected a key"),
    ("a\n", "p.toml:1:2: expected '='"), ("[a\n", "p.toml:1:3: expected ']'"),
    ("[[a]\n", "p.toml:1:4: expected ']'"), ("[a]]\n", "p.toml:1:4: expected the end of the line"),
    ("a = [1,, 2]\n", "p.toml:1:8: expected a value"),
    ("a = [1\n", "p.toml:2:1: expected ',' or ']'"),
  ])
  func refusesOtherTOML(text: String, message: String) {
    #expect(self.message(text, "p.toml") == message)
  }

  // MARK: Python

  @Test func readsPython() throws {
    let text = """
      import os  # not a parameter
      a = 1; b = "x" 'y'
      c: float = -2.5e-3
      d = {"k": [1, (2, 3), {4}], 5: None, 'u': u"é\\x41\\101"}
      e = os.getcwd()
      f = f"{a}"
      g = h = 3
      i += 1
      j = 0x10
      k = 1_000
      l = 1,
      m = (7)
      n = r"\\n"
      o = \"\"\"two
      lines\"\"\"
      p = [
        1,  # one
        True,
      ]
      if True:
          q = 1
      class T(object):
          \"\"\"Not a parameter.\"\"\"
          x = 1
          class U: z = "q"; w = 2
          def __init__(self, y=1):
              self.v = 5
              local = 6
              self.t: int = 7
          def other(self):
              self.no = 1
          s = \\
            9
      r = 8
      """
    let file = try ParameterFile(bytes: Array(text.utf8), source: "p.py")
    let expected: [(String, ParameterValue)] = [
      ("a", .integer(1)), ("b", .string("xy")), ("c", .double(-2.5e-3)),
      ("d.k", .list([.integer(1), .list([.integer(2), .integer(3)]), .list([.integer(4)])])),
      ("d.5", .null), ("d.u", .string("éAA")), ("j", .integer(16)), ("k", .integer(1000)),
      ("l", .list([.integer(1)])), ("m", .integer(7)), ("n", .string("\\n")),
      ("o", .string("two\nlines")), ("p", .list([.integer(1), .bool(true)])),
      ("r", .integer(8)), ("T.x", .integer(1)), ("T.U.z", .string("q")), ("T.U.w", .integer(2)),
      ("T.v", .integer(5)), ("T.t", .integer(7)), ("T.s", .integer(9)),
    ]
    for (key, value) in expected { #expect(file.value(at: key) == value, "\(key)") }
    for key in ["e", "f", "g", "h", "i", "q", "T.local", "T.no", "T.y"] {
      #expect(file.value(at: key) == nil, "\(key)")
    }
  }

  @Test(arguments: [
    ("a = (1 +\n", "p.py:1:5: the bracket is not closed"),
    ("a = 1)\n", "p.py:1:6: the bracket closes nothing"),
    ("a = 'x\n", "p.py:1:5: the string does not end"),
    ("a = '''x\n", "p.py:1:5: the string does not end"),
    ("a = = 2\n", "p.py:1:1: the assignment has no value"),
    ("b = 1\na =\n", "p.py:2:1: the assignment has no value"),
    ("b = 1; a = 3 4\n", "p.py:1:1: two values stand side by side"),
    ("a = 'x' y\n", "p.py:1:1: two values stand side by side"),
    ("a = 1\n  b = 2\n", "p.py:2:3: the line is indented, and begins no block"),
    ("class A:\n    a = 1\n  b = 2\n", "p.py:3:3: the line is indented like none of the blocks"),
    ("class A:\nb = 2\n", "p.py:2:1: expected an indented block"),
  ])
  func refusesBrokenPython(text: String, message: String) {
    #expect(self.message(text, "p.py")?.hasPrefix(message) == true)
  }

  /// None of it is a parameter, and all of it is Python.
  @Test func passesOverWhatIsNoParameter() throws {
    let text = #"""
      # -*- coding: latin-1 -*-
      a = "x" "y" b"z"
      f = lambda x=1: x if not x else -x
      b, *c = [i for i in range(3) if i in (1, 2)], ...
      if a == "x": b = 2
      x: int = ...
      y = "\ud83d\ude00"
      def g(a, *, k=1) -> int:
      	return a
      while (n := f()): m = yield n
      z = 1if b else 2
      r = 8
      """#
    let file = try ParameterFile(bytes: Array(text.utf8), source: "p.py")
    #expect(file.value(at: "r") == .integer(8))
    #expect(file.value(at: "y") == nil)
  }

  @Test func keysAreOneHoweverTheyAreSpelled() throws {
    let text = "{a: {0x10: 1, 1.50: 2, True: 3, ~: 4, 'no': 5}}\n"
    let file = try ParameterFile(bytes: Array(text.utf8), source: "p.yaml")
    let members = file.value(at: "a")
    guard case .map(let members)? = members else {
      Issue.record("no map")
      return
    }
    #expect(members.map(\.key) == ["16", "1.5", "True", "None", "no"])
  }

  @Test(arguments: ["p.json", "p.toml", "p.py"])
  func damageIsAnErrorOrOtherValuesButNeverACrash(name: String) throws {
    let text =
      switch name {
      case "p.json": #"{"a": [1, -2.5e3, "x\u00e9"], "b": {"c": null}}"#
      case "p.toml": "a = [1, -2.5e3]\n[t]\nb.c = \"x\\u00e9\"\n[[u]]\nd = {e = '''f'''}\n"
      default: "a = [1, -2.5e3, 'x\\x41']\nclass C:\n  b: int = {'c': (1,)}\n"
      }
    for bytes in Array(text.utf8).damaged {
      _ = try? ParameterFile(bytes: bytes, source: name)
    }
  }
}
