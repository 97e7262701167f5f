import DverCore
import DverIgnore
import Testing

@Suite struct IgnoreStackTests {
  /// Asks about one path; a `/` at its end says that it is a directory. Returns what decided as
  /// `check-ignore` shows it, with `-` or `+` for ignored or not.
  private func decide(_ path: String, _ files: [String: String]) -> String {
    let isDirectory = path.hasSuffix("/")
    let target = RepositoryPath(normalized: Array((isDirectory ? path.dropLast() : path[...]).utf8))
    let stack = IgnoreStack.around(target) { folder in
      files[folder.text].map { IgnoreRules(folder: folder, contents: Array($0.utf8)) }
    }
    let decision = stack.decision(forPath: target.bytes.span, isDirectory: isDirectory)
    let sign = decision.isIgnored ? "-" : "+"
    return sign + (decision.rule.map { text(of: $0, in: stack) } ?? "")
  }

  private func text(of rule: IgnoreRuleReference, in stack: IgnoreStack) -> String {
    let pattern = String(decoding: stack.pattern(of: rule), as: UTF8.self)
    return "\(stack.file(of: rule)):\(stack.line(of: rule)):\(pattern)"
  }

  @Test func withoutRulesIgnoresOnlyTheBuiltIn() {
    #expect(decide("data/a.csv", [:]) == "+")
    #expect(decide(".git/", [:]) == "-")
    #expect(decide("data/.dver/cache/x", ["": "!.dver\n"]) == "-")
    #expect(decide(".gitx", [:]) == "+")
    #expect(decide("a.git", [:]) == "+")
    #expect(decide(".dverignore", [:]) == "+")
  }

  @Test func theLastMatchDecides() {
    #expect(decide("a.log", ["": "*.log\n!a.log\n"]) == "+.dverignore:2:!a.log")
    #expect(decide("a.log", ["": "!a.log\n*.log\n"]) == "-.dverignore:2:*.log")
  }

  @Test func anInnerFileOverridesAnOuterOne() {
    let files = ["": "*.log\n", "data": "!*.log\n"]
    #expect(decide("a.log", files) == "-.dverignore:1:*.log")
    #expect(decide("data/a.log", files) == "+data/.dverignore:1:!*.log")
    #expect(decide("data/deep/a.log", files) == "+data/.dverignore:1:!*.log")
  }

  @Test func belowAnIgnoredFolderNothingComesBack() {
    let files = ["": "data/\n!data/a\n", "data": "!a\n"]
    #expect(decide("data/a", files) == "-.dverignore:1:data/")
    #expect(decide("data", files) == "+")
  }

  @Test func aFolderThatComesBackBringsItsFiles() {
    let files = ["": "/foo/*\n!/foo/bar\n"]
    #expect(decide("foo/bar/myfile", files) == "+")
    #expect(decide("foo/bar/", files) == "+.dverignore:2:!/foo/bar")
    #expect(decide("foo/other/myfile", files) == "-.dverignore:1:/foo/*")
  }

  @Test func anchoredPatternsCountFromTheirFile() {
    let files = ["data": "/a\nb/c\n**/d/e\n"]
    #expect(decide("data/a", files) == "-data/.dverignore:1:/a")
    #expect(decide("data/x/a", files) == "+")
    #expect(decide("data/b/c", files) == "-data/.dverignore:2:b/c")
    #expect(decide("data/x/b/c", files) == "+")
    #expect(decide("data/x/d/e", files) == "-data/.dverignore:3:**/d/e")
  }

  @Test func listsEveryMatch() {
    let path = Array("data/a.log".utf8)
    var stack = IgnoreStack()
    stack.push(IgnoreRules(folder: .root, contents: Array("*.log\nb\n!a.*\n".utf8)))
    let data = RepositoryPath(normalized: Array("data".utf8))
    stack.push(IgnoreRules(folder: data, contents: Array("a*\n".utf8)))
    let matches = stack.matches(forPath: path.span, isDirectory: false)
    #expect(
      matches.map { text(of: $0, in: stack) } == [
        ".dverignore:1:*.log", ".dverignore:3:!a.*", "data/.dverignore:1:a*",
      ])
  }
}
