import TestSupport
import Testing

@Suite struct ConfigCommandTests {
  @Test func aGroupSharesACache() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "cache.shared", "all").requireStatus(2)
    try repository.dver("config", "cache.shared", "group").requireSuccess()
    for number in 0..<260 { try repository.write("\(number)\n", to: "d/\(number)") }
    try repository.write(String(repeating: "f\n", count: 50_000), to: "f")
    try repository.shell("umask 077; \(BuiltProducts.dver()) add -q d f").requireSuccess()
    for wrong in [
      "-type d ! -perm -2770", "-path '*/pending/*' ! -perm 664",
      "-path '*/objects/*/*' ! -perm 444", "-name '*.pack' ! -perm 444",
    ] {
      #expect(try repository.shell("find .dver/cache \(wrong)").requireSuccess().lines.isEmpty)
    }
    #expect(
      try repository.shell("find .dver/cache/objects -type f").requireSuccess().lines.count > 0)
    try repository.dver("verify").requireSuccess()
  }

  @Test func laterLevelsWin() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "--global", "core.lock_timeout", "10").requireSuccess()
    #expect(try repository.dver("config", "core.lock-timeout").standardOutput == "10\n")
    try repository.dver("config", "core.lock_timeout", "20").requireSuccess()
    try repository.dver("config", "--local", "core.lock_timeout", "30").requireSuccess()
    #expect(try repository.dver("config", "core.lock_timeout").standardOutput == "30\n")
    #expect(try repository.dver("config", "--project", "core.lock_timeout").lines == ["20"])
    #expect(
      try repository.dver("config", "--list", "--show-origin").standardOutput
        == "\(repository.path)/.dver/config.local\tcore.lock_timeout=30\n")
    try repository.dver("config", "--local", "-u", "core.lock_timeout").requireSuccess()
    #expect(try repository.dver("config", "core.lock_timeout").standardOutput == "20\n")
    #expect(
      try repository.dver("config", "--list", "--global").standardOutput
        == "core.lock_timeout=10\n")
  }

  @Test func whatIsNotSetSaysSo() throws {
    let repository = try TemporaryRepository()
    let result = try repository.dver("config", "core.shell").requireStatus(1)
    #expect(
      result.standardError == "dver: error: option 'core.shell' is not set\n"
        + "hint: set it with 'dver config core.shell VALUE'\n")
    try repository.dver("config", "-u", "core.shell").requireStatus(1)
  }

  @Test func unknownOptionsAreRefusedWithASuggestion() throws {
    let repository = try TemporaryRepository()
    for arguments in [["cache.typ"], ["cache.typ", "copy"], ["-u", "cache.typ"]] {
      let result = try repository.dverCommand(["config"] + arguments).run().requireStatus(2)
      #expect(result.standardError.contains("did you mean 'cache.type'?"))
    }
    try repository.dver("config", "nonsense").requireStatus(2)
  }

  @Test func valuesAreChecked() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "cache.type", "softlink").requireStatus(2)
    try repository.dver("config", "core.autostage", "perhaps").requireStatus(2)
    try repository.dver("config", "gc.grace", "-1").requireStatus(64)
    try repository.dver("config", "gc.grace", "soon").requireStatus(2)
    #expect(try repository.readText(".dver/config") == "")
    try repository.dver("config", "cache.type", "hardlink,copy").requireSuccess()
  }

  @Test(arguments: [
    ("core.lease_interval", "gc", 86_400_000), ("gc.grace", "gc --empty-trash", 876_000),
    ("gc.trash_days", "gc", 36_500),
  ])
  func numbersAreBounded(_ option: String, command: String, most: Int) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "x")
    try repository.dver("add", "x").requireSuccess()
    let expected = "a whole number from 0 to \(most)"
    let refused = try repository.dver("config", option, "\(most + 1)").requireStatus(2)
    #expect(refused.standardError.contains(expected))
    try repository.dver("config", option, "\(most)").requireSuccess()
    // By hand.
    let name = option.split(separator: ".")
    try repository.write("[\(name[0])]\n\(name[1]) = \(Int.max)\n", to: ".dver/config")
    let words = command.split(separator: " ").map(String.init) + ["-f"]
    let scope = command == "gc" ? ["-w"] : []
    let result = try repository.dverCommand(words + scope).run().requireStatus(2)
    #expect(result.standardError.contains(expected))
  }

  @Test(arguments: [
    ("lock_timeout", "x", "5"), ("lease", "bogus", "auto"), ("lease_interval", "-1", "5000"),
    ("no_scm", "maybe", "false"), ("autostage", "7up", "true"),
  ])
  func wrongValuesCanBeCorrected(_ option: String, wrong: String, right: String) throws {
    let repository = try TemporaryRepository()
    let name = "core.\(option)"
    for (level, words) in [
      ("config", [name, right]), ("config", ["-u", name]),
      ("config.local", ["--local", name, right]),
    ] {
      let text = "[core]\n\t\(option.replacing("_", with: "-")) = \(wrong)\n"
      try repository.write(text, to: ".dver/\(level)")
      try repository.write("1\n", to: "x")
      try repository.dver("add", "x").requireStatus(2)
      #expect(try repository.dver("config", name).requireSuccess().lines == [wrong])
      let result = try repository.dverCommand(["config"] + words).run().requireSuccess()
      #expect(result.standardError == "")
      #expect(try !repository.readText(".dver/\(level)").contains(wrong))
      let next = try repository.dver("add", "x").requireSuccess()
      #expect(!next.standardError.contains("Finishing"))
      try repository.dver("remove", "x.dver").requireSuccess()
    }
  }

  @Test func theHintAboutAWrongValueNamesItsFile() throws {
    let repository = try TemporaryRepository()
    try repository.write("[core]\n\tlock-timeout = x\n", to: ".dver/config.local")
    try repository.write("1\n", to: "x")
    let result = try repository.dver("add", "x").requireStatus(2)
    #expect(result.standardError.contains("'dver config --local core.lock-timeout VALUE'"))
  }

  @Test func theProjectsFileKeepsCommentsAndIsStaged() throws {
    let repository = try TemporaryRepository()
    try repository.write("# ours\n[core]\n\tautostage = true # always\n", to: ".dver/config")
    try repository.dver("config", "gc.grace", "60").requireSuccess()
    let staged = try repository.git("show", ":.dver/config").requireSuccess()
    #expect(staged.standardOutput.hasPrefix("# ours\n[core]\n\tautostage = true # always\n"))
    #expect(try repository.dver("config", "gc.grace", "--json").standardOutput.contains("\"60\""))
  }

  @Test(arguments: [
    ["--list", "core.remote"], [], ["-u", "core.remote", "x"],
    ["--show-origin", "core.remote", "x"], ["--local", "--global", "core.remote"],
  ])
  func badCommandLinesAreRefused(_ arguments: [String]) throws {
    let repository = try TemporaryRepository()
    try repository.dverCommand(["config"] + arguments).run().requireStatus(64)
  }

  @Test func theCachesFolderIsShownAndSet() throws {
    let repository = try TemporaryRepository()
    #expect(try repository.dver("cache", "dir").lines == ["\(repository.path)/.dver/cache"])
    try repository.makeDirectory("sub")
    let empty = try repository.dver("cache", "dir", "../../outside/cache", in: "sub")
      .requireSuccess()
    #expect(!empty.standardError.contains("objects stay"))
    #expect(try repository.dver("cache", "dir").lines == [repository.outside("cache")])
    try repository.write("x\n", to: "x")
    try repository.dver("add", "x").requireSuccess()
    #expect(repository.exists(repository.outside("cache/dver-store")))
    let left = try repository.dver("cache", "dir", "-u").requireSuccess()
    #expect(left.standardError.contains("objects stay in \(repository.outside("cache"))"))
    #expect(
      try repository.dver("cache", "dir", "--json").standardOutput
        == "{\"path\": \"\(repository.path)/.dver/cache\"}\n")
    try repository.dver("cache", "dir", "-u").requireStatus(1)
    try repository.dver("cache", "dir", "-u", "x").requireStatus(64)
  }
}
