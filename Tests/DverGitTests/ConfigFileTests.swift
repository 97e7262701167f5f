import DverCore
import DverGit
import Glibc
import TestSupport
import Testing

struct ConfigFileTests {
  private let runner: GitRunner
  private let file: ConfigFile

  init() throws {
    runner = try GitRunner()
    file = ConfigFile(bytes("\(runner.root)/config"))
  }

  private func content() throws -> String {
    try runner.git("hash-object", "config", in: runner.root)
  }

  private func values() throws -> [String] {
    try file.read().entries.map { "\(text($0.name))=\(text($0.value ?? bytes("<none>")))" }
  }

  @Test func whatIsSetIsReadAgain() throws {
    #expect(try values().isEmpty)
    try file.set("core.Remote", "a")
    try file.set("remote.my.storage v1.5.url", "/mnt/x")
    try file.set("core.remote", "b")
    try file.set("cache.type", "reflink,copy")
    #expect(
      try values() == [
        "core.remote=b", "remote.my.storage v1.5.url=/mnt/x", "cache.type=reflink,copy",
      ])
    #expect(try file.unset("core.remote"))
    #expect(try !file.unset("core.remote"))
    #expect(try values() == ["remote.my.storage v1.5.url=/mnt/x", "cache.type=reflink,copy"])
  }

  @Test(arguments: [
    "", " ", " lead", "trail ", "a # b", "a;b", "q\"q", "back\\slash", "tab\there", "new\nline",
    "é", "#", "[x]", "=", "a  b", "\\", "\"\"", "end\\", "#\\",
  ])
  func anyValueSurvives(value: String) throws {
    try file.set("a.b", value)
    #expect(try values() == ["a.b=\(value)"])
    try file.set("c.d", "after")
    #expect(try values() == ["a.b=\(value)", "c.d=after"])
    try runner.write("", to: ".gitconfig", in: runner.root)
    #expect(
      try runner.git(["config", "-z", "-f", "config", "a.b"], in: runner.root) == value + "\0")
  }

  @Test(arguments: [
    "plain", "with.dots.", "q\"uote", "back\\slash", "Case", "sp ace", "é", "]", "#",
  ])
  func anySubsectionSurvives(name: String) throws {
    try file.set("remote.\(name).url", "1")
    try file.set("remote.\(name).jobs", "2")
    #expect(try values() == ["remote.\(name).url=1", "remote.\(name).jobs=2"])
    try file.renameSection(bytes("remote.\(name)"), to: bytes("remote.new.\(name)"))
    #expect(try values() == ["remote.new.\(name).url=1", "remote.new.\(name).jobs=2"])
    #expect(try file.unset("remote.new.\(name).url"))
    #expect(try values() == ["remote.new.\(name).jobs=2"])
    #expect(try file.removeSection(bytes("remote.new.\(name)")))
    #expect(try !file.removeSection(bytes("remote.new.\(name)")))
    #expect(try values().isEmpty)
  }

  @Test func changesKeepCommentsAndOtherLines() throws {
    let start =
      "# top\n[core]\n\tremote = a ; why\n[remote \"a\"]\n\turl = 1\n# end of a\n[z]\n\ty = 1\n"
    try runner.write(start, to: "config", in: runner.root)
    try file.set("z.y", "2")
    try file.renameSection(bytes("remote.a"), to: bytes("remote.b"))
    let read = try runner.gitBytes(["-c", "alias.x=!cat config", "x"], in: runner.root)
    #expect(
      text(read)
        == "# top\n[core]\n\tremote = a ; why\n[remote \"b\"]\n\turl = 1\n# end of a\n[z]\n\ty = 2\n"
    )
  }

  @Test func severalValuesAreReplacedByOne() throws {
    try runner.write("[a]\nb = 1\nb = 2\nc = 3\n", to: "config", in: runner.root)
    try file.set("a.b", "4")
    #expect(try Set(values()) == ["a.b=4", "a.c=3"])
    try runner.write("[a]\nb = 1\nb = 2\nc = 3\n", to: "config", in: runner.root)
    #expect(try file.unset("a.b"))
    #expect(try values() == ["a.c=3"])
  }

  @Test func brokenFilesAreNotChanged() throws {
    try runner.write("[a]\nb = \"open\n", to: "config", in: runner.root)
    let before = try content()
    let expected = GitError.configSyntax(
      file: file.path, line: 2, detail: "the quotes of a value do not end")
    #expect(throws: expected) { try file.set("a.c", "1") }
    #expect(throws: expected) { try file.unset("a.c") }
    #expect(throws: expected) { try file.removeSection(bytes("a")) }
    #expect(try content() == before)
    #expect(unsafe access("\(runner.root)/config.lock", F_OK) != 0)
  }

  @Test func locksOfOthersAreRespected() throws {
    try file.set("a.b", "1")
    try runner.write("", to: "config.lock", in: runner.root)
    let expected = GitError.locked(path: bytes("\(runner.root)/config.lock"))
    #expect(throws: expected) { try file.set("a.b", "2") }
    #expect(throws: expected) { try file.removeSection(bytes("a")) }
    #expect(try values() == ["a.b=1"])
  }

  @Test(arguments: ["a", "a.", ".b", "a.1b", "a b.c", "a.b c", "a.x\ny.b", "a_b.c", ""])
  func wrongNamesAreRefused(name: String) throws {
    #expect(throws: GitError.configName(name)) { try file.set(name, "1") }
  }

  @Test func underscoresAndDashesAreTheSame() throws {
    try file.set("core.lock_timeout", "5")
    #expect(try values() == ["core.lock-timeout=5"])
    #expect(try file.unset("core.lock-timeout"))
  }

  @Test func symbolicLinksStay() throws {
    try runner.write("[a]\nb = 1\n", to: "real", in: runner.root)
    #expect(unsafe symlink("real", "\(runner.root)/config") == 0)
    try file.renameSection(bytes("a"), to: bytes("c"))
    try file.set("c.b", "2")
    #expect(
      try ConfigFile(bytes("\(runner.root)/real")).read().entries.map { text($0.name) } == ["c.b"])
    var status = stat()
    #expect(unsafe lstat("\(runner.root)/config", &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
  }
}
