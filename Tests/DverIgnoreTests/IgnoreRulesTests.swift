import DverCore
import DverIgnore
import Testing

@Suite struct IgnoreRulesTests {
  private func patterns(_ text: String) -> [String] {
    let rules = IgnoreRules(folder: .root, contents: Array(text.utf8))
    return (0..<rules.count).map {
      "\(rules.line($0)):\(String(decoding: rules.pattern($0), as: UTF8.self))"
    }
  }

  @Test func countsLinesAndSkipsCommentsAndEmptyOnes() {
    #expect(patterns("# one\n\na\n  \n\\#b\n#") == ["3:a", "5:\\#b"])
  }

  @Test func takesEitherLineEndAndNoneAtTheEnd() {
    #expect(patterns("a\r\nb \r\n\r\nc\r") == ["1:a", "2:b", "4:c"])
    #expect(patterns("a\rb\n") == ["1:a\rb"])
  }

  @Test func skipsAByteOrderMarkAtTheStartAlone() {
    #expect(patterns("\u{feff}a\n") == ["1:a"])
    #expect(patterns("a\n\u{feff}b\n") == ["1:a", "2:\u{feff}b"])
  }

  @Test func dropsBlanksAtTheEndUnlessEscaped() {
    #expect(patterns("a  \n") == ["1:a"])
    #expect(patterns("a\\  \n") == ["1:a\\ "])
    #expect(patterns("a\\\\ \n") == ["1:a\\\\"])
    #expect(patterns("a\t\n b\n") == ["1:a\t", "2: b"])
  }

  @Test func knowsItsFileAndFolder() throws {
    let folder = try #require(RepositoryPath("data/raw"))
    let rules = IgnoreRules(folder: folder, contents: Array("!a\nb\n".utf8))
    #expect(rules.file.text == "data/raw/.dverignore")
    #expect(rules.isNegated(0))
    #expect(!rules.isNegated(1))
    #expect(IgnoreRules(folder: .root, contents: Array("# only\n".utf8)).isEmpty)
  }
}
