import DverGit
import TestSupport
import Testing

struct ConfigTextTests {
  private func parse(_ content: String) throws -> [String] {
    try ConfigText(bytes(content), file: bytes("f")).entries.map {
      "\($0.line) \(text($0.name))" + ($0.value.map { "=" + text($0) } ?? "")
    }
  }

  @Test func sectionsValuesAndCommentsAreRead() throws {
    let content = """
      # a comment
      [Core] ; another
      \tRemote = storage  # which
        empty =
        flag
      [remote "My.Storage \\"q\\""]
        url = "  /a b;c " x
      [remote.Old] url=1

      """
    #expect(
      try parse(content) == [
        "3 core.remote=storage", "4 core.empty=", "5 core.flag",
        "7 remote.My.Storage \"q\".url=  /a b;c  x", "8 remote.old.url=1",
      ])
  }

  @Test func escapesAndContinuedLinesAreRead() throws {
    #expect(
      try parse("[a]\nx = one \\\n two\ny=\"\\t\\\"\\\\\\n\\b\"\n")
        == ["2 a.x=one  two", "4 a.y=\t\"\\\n\u{8}"])
    #expect(try parse("\u{feff}[a]\r\nx = 1\r\ny\r\n") == ["2 a.x=1", "3 a.y"])
    #expect(try parse("[a]\nx=1") == ["2 a.x=1"])
    #expect(try parse("") == [])
  }

  @Test(arguments: [
    ("[a]\nx = \"open\ny = 1\n", 2), ("[a]\n\nx = \\q\n", 3), ("x = 1\n", 1), ("[a\nx=1\n", 1),
    ("[a \"b]\n", 1), ("[a b]\n", 1), ("[a]\n1x = 2\n", 2), ("[a]\nx y\n", 2), ("[]\n", 1),
    ("[a]\nx = \\", 2), ("[a]\n=1\n", 2),
  ])
  func errorsNameFileAndLine(content: String, line: Int) throws {
    let error = #expect(throws: GitError.self) { try parse(content) }
    #expect(error?.message.hasPrefix("f:\(line): ") == true, "\(error?.message ?? "")")
  }

  /// Files made of the pieces that matter to the syntax. Tabs within values are left out: older
  /// versions of git read them as blanks.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func readsWhatGitReads(seed: UInt64) throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    var random = TestGenerator(seed: seed)
    let content = Self.file(&random)
    try runner.write(content, to: bytes("config"), in: folder)
    let own = try? ConfigText(content, file: bytes("config"))
    let listed = try? runner.gitBytes(["config", "-z", "--list", "-f", "config"], in: folder)
    let message: Comment = "seed \(seed): \(String(decoding: content, as: UTF8.self))"
    try #require((own == nil) == (listed == nil), message)
    guard let own, let listed else { return }
    let printed = own.entries.map { $0.name + ($0.value.map { bytes("\n") + $0 } ?? []) + [0] }
    #expect(
      text(printed.flatMap { $0 }).debugDescription == text(listed).debugDescription, message)
  }

  /// A file in which about half of the lines are plain and the others try the syntax.
  private static func file(_ random: inout TestGenerator) -> [UInt8] {
    let headers = ["[core]", "[Core]  # c", "[remote \"a.B\"]", "[x \"q\\\"\\\\ z\"]", "[x.Y]"]
    let pieces = [
      "a", "b c", " ", "  ", "\"", "\"q r\"", "\\\\", "\\\"", "\\n", "\\t", "#", ";", "=", "[z]",
      "\\\n", "é", "\"#\"", "1",
    ]
    var lines = ["[core]"]
    for _ in 0..<random.next(below: 8) + 1 {
      switch random.next(below: 5) {
      case 0: lines.append(headers[random.next(below: headers.count)])
      case 1: lines.append(["", "# c", "  ; \"c", "flag", "\tFlag-2 "][random.next(below: 5)])
      default:
        let parts = (0..<random.next(below: 6)).map { _ in pieces[random.next(below: pieces.count)]
        }
        lines.append("k\(random.next(below: 3)) = " + parts.joined())
      }
    }
    let end = random.next(below: 4) == 0 ? "\r\n" : "\n"
    return bytes(lines.joined(separator: end) + end)
  }
}
