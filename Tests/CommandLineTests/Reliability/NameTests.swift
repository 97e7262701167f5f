import TestSupport
import Testing

/// Names are bytes: whatever a file may be called survives add, commit, clone and checkout.
struct NameTests {
  private static let names: [[UInt8]] =
    [
      "line\nend", "quote\"s", "it's", "back\\slash", "tab\tbed", "-rf", "--force", " lead",
      "trail ", "trail.", "*.csv", "[a]", "?", "!not", "#hash", "x.dver", "dver.yaml", "dver.lock",
      ".gitignore", ".hidden", "con", "a:b", "+", "+x12", "😀.png", "e\u{301}", "\u{e9}", "%41",
      "\u{1b}[31mred", "\u{7f}", String(repeating: "n", count: 255), "$(touch x)", "`id`", "~",
      "@{u}", "CASE", "case", "git~1", ".gitmodules",
    ].map { Array($0.utf8) } + [[0xff, 0xfe], [0x61, 0x80], [0xc3], [0xed, 0xa0, 0x80]]

  /// The cache goes along, as if it were shared.
  private func cloned(_ repository: TemporaryRepository) throws -> TemporaryRepository {
    try repository.commitAll()
    let clone = try repository.clone()
    let copy = Command(
      "cp", ["-a", "\(repository.path)/.dver/cache", "\(clone.path)/.dver/cache"],
      directory: repository.path)
    try copy.run().requireSuccess()
    return clone
  }

  @Test func insideOfADirectoryAllNamesSurvive() throws {
    let repository = try TemporaryRepository()
    for (number, name) in Self.names.enumerated() {
      let bytes = [UInt8]("data/".utf8)
      try repository.write("file \(number)\n", to: bytes + name)
      try repository.write("\(number)\n", to: Array("data/d/".utf8) + name + Array("/f".utf8))
      try repository.makeDirectory(Array("data/empty/".utf8) + name)
      try repository.symlink(name, at: Array("data/links/".utf8) + name)
    }
    try repository.write("#!\n", to: "data/tool")
    try repository.chmod(0o755, "data/tool")
    try repository.dver("add", "data").requireSuccess()
    try repository.requireClean()
    let clone = try cloned(repository)
    try clone.dver("checkout").requireSuccess()
    #expect(try clone.tree("data") == repository.tree("data"))
    try clone.requireClean()
    try clone.dver("status", "--json").requireSuccess()
  }

  @Test func whatIsPrintedHoldsNoEscapeSequences() throws {
    let repository = try TemporaryRepository()
    try repository.write("1", to: "data/\u{1b}[31mred\u{7}")
    try repository.write("1", to: "\u{1b}[2J.csv")
    for arguments in [
      ["add", "data", "\u{1b}[2J.csv"], ["status"], ["checkout"], ["status", "--json"],
    ] {
      try repository.append("2", to: "data/\u{1b}[31mred\u{7}")
      let result = try repository.dverCommand(arguments).run()
      #expect(!(result.standardOutputBytes + result.standardErrorBytes).contains(0x1b))
    }
  }

  @Test func asTrackedPathsNamesSurvive() throws {
    let repository = try TemporaryRepository()
    let own: Set<String> = ["x.dver", "dver.yaml", "dver.lock", ".gitignore"]
    // A pointer's name is five bytes longer.
    let names = Self.names.filter {
      $0.count < 250 && !own.contains(String(decoding: $0, as: UTF8.self))
    }
    for (number, name) in names.enumerated() {
      try repository.write("file \(number)\n", to: Array("t/".utf8) + name)
    }
    let paths: [any ByteText] = names.map { Array("t/".utf8) + $0 }
    try repository.dverCommand(["add", "--"] + paths).run().requireSuccess()
    try repository.requireClean()
    let ignored = try repository.git("status", "--porcelain", "--untracked-files=all", "t")
    #expect(!ignored.lines.contains { $0.hasPrefix("??") })
    let clone = try cloned(repository)
    try clone.dver("checkout").requireSuccess()
    let isData = { (entry: TreeEntry) in names.contains(entry.path) }
    #expect(try clone.tree("t").filter(isData) == repository.tree("t").filter(isData))
  }

  @Test func linesForGitAreThoseOfDVC() throws {
    let repository = try TemporaryRepository()
    let name = "file!with*weird#naming_[1].t?t"
    let line = ##"/file\!with\*weird\#naming_\[1\].t\?t"## + "\n"
    try repository.write("1\n", to: name)
    try repository.dver("add", name).requireSuccess()
    #expect(try repository.readText(".gitignore") == line)
    #expect(try repository.git("check-ignore", "-q", name).status == .exited(0))
    try repository.dver("add", name).requireSuccess()
    #expect(try repository.readText(".gitignore") == line)
  }

  @Test func linesOfEarlierVersionsAreKnown() throws {
    let repository = try TemporaryRepository()
    try repository.write("/c!d\n/a#b\n/[x]\n", to: ".gitignore")
    for name in ["c!d", "a#b", "x]"] { try repository.write("1\n", to: name) }
    try repository.dver("add", "c!d", "a#b", "x]").requireSuccess()
    // That of a pattern of the user's is none for a name.
    #expect(try repository.readText(".gitignore") == "/c!d\n/a#b\n/[x]\n/x\\]\n")
    try repository.dver("remove", "c!d.dver").requireSuccess()
    try repository.dver("move", "a#b", "ab").requireSuccess()
    #expect(try repository.readText(".gitignore") == "/[x]\n/x\\]\n/ab\n")
  }

  @Test func aWorkspaceMayLieInAFolderThatIsNoText() throws {
    let outer = try TemporaryRepository(.emptyDirectory)
    let folder = Array("\(outer.path)/caf".utf8) + [0xe9]
    // What the name would become if it were repaired.
    try outer.makeDirectory("caf\u{fffd}")
    try outer.makeDirectory(folder)
    let git = Command("git", ["init", "-q"], environment: outer.environment, directory: folder)
    try git.run().requireSuccess()
    let file = folder + Array("/a".utf8)
    try outer.write("1\n", to: file)
    for line in [["init", "-q"], ["add", "a"], ["status"], ["doctor"]] {
      var command = try outer.dverCommand(line)
      command.directory = folder
      let result = try command.run()
      #expect(!result.standardError.contains("error"))
    }
    try outer.remove(file)
    var checkout = try outer.dverCommand(["checkout"])
    checkout.directory = folder
    try checkout.run().requireSuccess()
    #expect(try outer.readText(file) == "1\n")
    #expect(try outer.files("caf\u{fffd}").isEmpty)
  }

  @Test func argumentsThatAreNoTextKeepTheirBytes() throws {
    let repository = try TemporaryRepository()
    let name = Array("b".utf8) + [0xff]
    let path = Array("../outside/".utf8) + name
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.dver("remote", "add", "-d", "z", path).requireSuccess()
    let url = try repository.git("config", "-f", ".dver/config", "remote.z.url").requireSuccess()
    #expect(url.standardOutputBytes == Array("../../outside/".utf8) + name + Array("\n".utf8))
    try repository.dver("push").requireSuccess()
    let store = Array(repository.outside("").utf8) + name + Array("/dver-store".utf8)
    #expect(repository.exists(store))
    #expect(
      try repository.dver("config", "remote.z.url").lines == [#""../../outside/b\377""#])

    try repository.dver("cache", "dir", "--local", path).requireSuccess()
    #expect(try repository.dver("cache", "dir").standardOutput.hasSuffix("/outside/b\\377\"\n"))
    try repository.dver("config", "--local", "cache.dir", path + [0xfe]).requireSuccess()
    #expect(
      try repository.dver("cache", "dir").standardOutput.hasSuffix("/outside/b\\377\\376\"\n"))

    try repository.makeDirectory(name)
    try repository.dver("--cd", name, "root").requireSuccess()
    try repository.dver("root", Array("--cd=".utf8) + name).requireSuccess()
    let refused = try repository.dver("stage", "add", "-n", "s", "--", "cat", name)
    #expect(refused.standardError.contains("is not valid UTF-8"))
  }

  @Test func anUntrackedTreeDeeperThanPathsMayBeIsPassedOver() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    let steps = Array(repeating: String(repeating: "d", count: 199), count: 11)
    let way = steps.joined(separator: "/")
    try repository.makeDirectory("deep/\(way)")
    try repository.makeDirectory("other/\(way)")
    try repository.move("other", to: "deep/\(way)/other")
    defer { _ = try? repository.shell("rm -rf deep") }
    for line in [["add", "a"], ["status"], ["data", "status", "--untracked-files"], ["checkout"]] {
      let result = try repository.dverCommand(line).run().requireSuccess()
      #expect(result.standardError.contains("cannot look into deep/ddd"))
    }
    let refused = try repository.dver("gc", "-w", "-f").requireStatus(2)
    #expect(refused.standardError.contains("hint: "))
  }

  @Test func deepPathsSurvive() throws {
    let repository = try TemporaryRepository()
    let folder =
      "data/"
      + Array(repeating: String(repeating: "d", count: 199), count: 15)
      .joined(separator: "/")
    try repository.write("deep\n", to: "\(folder)/f")
    try repository.dver("add", "data").requireSuccess()
    let before = try repository.tree("data")
    try repository.remove("data")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.tree("data") == before)
  }
}
