import TestSupport
import Testing

@testable import DverManifest

@Suite struct TemplateTextTests {
  /// The same, one character at a time and without remembering anything.
  private func model(_ text: String) -> [String] {
    let characters = Array(text.utf8)
    var found: [String] = []
    var position = 0
    while position < characters.count {
      let rest = characters[position...]
      let isEscaped = position > 0 && characters[position - 1] == UInt8(ascii: "\\")
      if rest.starts(with: "${".utf8), !isEscaped,
        let end = rest.firstIndex(of: UInt8(ascii: "}")),
        !rest[..<end].contains(UInt8(ascii: "\n"))
      {
        found.append(String(decoding: characters[position + 2..<end], as: UTF8.self))
        position = end + 1
      } else {
        position += 1
      }
    }
    return found
  }

  @Test(arguments: Seeds.standard)
  func findsTemplatesAsTheModelDoes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let parts = ["$", "{", "}", "\\", "\n", "a", "${", "${a}", "é"]
      let text = (0..<Int.random(in: 0...14, using: &random))
        .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      #expect(TemplateText(text).expressions == model(text), "\(text)")
      #expect(TemplateText.isTemplate(text) == !model(text).isEmpty, "\(text)")
    }
  }

  @Test(arguments: [
    ("${a}", "a"), ("${ a.b }", " a.b "), ("${a}${b}", nil), (" ${a}", nil), ("\\${a}", nil),
    ("${a", nil), ("", nil), ("${}", ""),
  ])
  func knowsALoneTemplate(text: String, expression: String?) {
    #expect(TemplateText(text).wholeExpression == expression)
  }

  @Test(arguments: [
    ("x${a}y", "x[a]y"), ("\\${a}", "${a}"), ("\\\\${a}", "\\${a}"), ("\\$a", "\\$a"),
    ("${a}\\${b}${c}", "[a]${b}[c]"), ("$", "$"), ("a\\", "a\\"),
  ])
  func fillsInAndUnescapes(text: String, filled: String) {
    #expect(TemplateText(text).filled { "[\($0)]" } == filled)
  }

  @Test func aTextOfOpeningsTakesLinearTime() {
    let text = String(repeating: "${", count: 2_000_000)
    #expect(TemplateText(text).expressions.isEmpty)
  }
}

@Suite struct TemplateExpressionTests {
  @Test(arguments: [
    "a", "a.b", "a[b]", "a[0][1].c", " a ", "a . b", "a[ b ]", "a[b] .c", "a[b] ", "a b", "ä.ö",
    "a-b", "${a", "a\"b",
  ])
  func takes(text: String) { #expect(throws: Never.self) { try TemplateExpression.check(text) } }

  @Test(arguments: [
    "", ".", "a.", ".a", "a..b", "[a]", "a[", "a[]", "a]", "a[b", "a[b]c", "a.[b]", "a[b.c]",
    "a[[b]]",
  ])
  func refuses(text: String) {
    #expect(throws: TemplateProblem.syntax(text)) { try TemplateExpression.check(text) }
  }

  @Test(arguments: [
    ("a", ["a"]), (" a . b ", ["a", "b"]), ("a[b].c", ["a", "b", "c"]), ("a[ 0 ]", ["a", "0"]),
    ("a.[b]", ["a", "", "b"]), ("\u{2003}a\u{2003}", ["a"]),
  ])
  func hasSteps(text: String, steps: [String]) {
    #expect(TemplateExpression.steps(of: text) == steps)
  }
}

@Suite struct TemplateTextFormTests {
  @Test(arguments: [
    ("", "''"), ("a-b_c.d/e:f@g%h+i=j,k", "a-b_c.d/e:f@g%h+i=j,k"), ("a b", "'a b'"),
    ("it's", "'it'\"'\"'s'"), ("$x", "'$x'"), ("é", "'é'"), ("[x]", "'[x]'"),
  ])
  func quotesForTheShell(text: String, quoted: String) {
    #expect(TemplateTextForm.shellQuoted(text) == quoted)
  }

  @Test func printsListsAsPython() {
    let value = ParameterValue.list([
      .string("a"), .string("it's"), .string("'\""), .string("\n\u{1}"), .double(1e-5), .null,
      .bool(true), .map([.init(key: "k", value: .integer(1))]),
    ])
    #expect(
      TemplateTextForm.representation(of: value)
        == #"['a', "it's", '\'"', '\n\x01', 1e-05, None, True, {'k': 1}]"#)
  }
}
