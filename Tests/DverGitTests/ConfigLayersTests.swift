import DverGit
import TestSupport
import Testing

struct ConfigLayersTests {
  private let runner: GitRunner

  init() throws { runner = try GitRunner() }

  private func layers(_ files: [(ConfigLevel, String)]) throws -> ConfigLayers {
    var paths: [(level: ConfigLevel, path: [UInt8])] = []
    for (level, content) in files {
      try runner.write(content, to: "\(level)", in: runner.root)
      paths.append((level, bytes("\(runner.root)/\(level)")))
    }
    return try ConfigLayers(paths)
  }

  @Test func laterLevelsWin() throws {
    let layers = try layers([
      (.local, "[core]\nremote = mine\n"),
      (.system, "[core]\nremote = all\njobs = 2k\nanalytics\n"),
      (.project, "[core]\nremote = team\n[remote \"b.c\"]\nurl = /b\n[remote \"a\"]\nurl = /a\n"),
    ])
    #expect(try layers.string("core.remote") == "mine")
    #expect(try layers.value("CORE.Remote")?.level == .local)
    #expect(try layers.integer("core.jobs") == 2048)
    #expect(try layers.bool("core.analytics") == true)
    #expect(try layers.string("remote.b.c.url") == "/b")
    #expect(try layers.string("remote.B.c.url") == nil)
    #expect(layers.subsections(of: "remote").map(text) == ["b.c", "a"])
    #expect(
      layers.values.map(\.nameText) == [
        "core.remote", "core.jobs", "core.analytics", "core.remote", "remote.b.c.url",
        "remote.a.url", "core.remote",
      ])
  }

  @Test func absentFilesAreEmpty() throws {
    let layers = try ConfigLayers([(.global, bytes("\(runner.root)/no/such/file"))])
    #expect(layers.values.isEmpty)
    #expect(try layers.bool("a.b") == nil)
    #expect(throws: GitError.configName("a")) { try layers.bool("a") }
  }

  @Test(arguments: [
    ("true", true), ("YES", true), ("on", true), ("1", true), ("7", true), ("-1", true),
    ("false", false), ("No", false), ("off", false), ("0", false), ("", false),
  ])
  func truthIsSpelledAsInGit(value: String, expected: Bool) throws {
    #expect(try layers([(.project, "[a]\nb = \(value)\n")]).bool("a.b") == expected)
  }

  @Test func wrongValuesNameFileAndLine() throws {
    let layers = try layers([(.project, "[a]\n\nb = maybe\n")])
    let error = #expect(throws: GitError.self) { try layers.bool("a.b") }
    #expect(error?.message.hasSuffix("project:3: a.b is 'maybe', not true or false") == true)
    #expect(throws: GitError.self) { try layers.integer("a.b") }
  }

  @Test func brokenFilesAreErrors() throws {
    #expect(throws: GitError.self) { try layers([(.project, "[a\n")]) }
  }
}
