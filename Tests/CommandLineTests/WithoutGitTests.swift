import TestSupport
import Testing

/// Workspaces that git knows nothing of.
@Suite struct WithoutGitTests {
  @Test func everythingButVersionsWorks() throws {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.dver("init").requireStatus(2)
    try repository.dver("init", "--no-scm").requireSuccess()
    try repository.write("1\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    #expect(!repository.exists(".gitignore"))
    try repository.dver("remote", "add", "-d", "box", repository.outside("box")).requireSuccess()
    try repository.dver("config", "core.lock_timeout", "5").requireSuccess()
    try repository.dver("push").requireSuccess()
    try repository.remove("data")
    try repository.remove(".dver/cache")
    try repository.dver("pull").requireSuccess()
    #expect(try repository.readText("data/a") == "1\n")
    try repository.write(
      "stages:\n  s: {cmd: cp data/a o, deps: [data], outs: [o]}\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    try repository.dver("move", "data", "moved").requireSuccess()
    #expect(try repository.dver("data", "status", "--json").standardOutput == "{}\n")
    for words in [["diff"], ["install"], ["push", "-a"], ["cat", "moved/a@HEAD"]] {
      let result = try repository.dverCommand(words).run().requireStatus(2)
      #expect(result.standardError.contains("needs a git repository"))
    }
    try repository.git("init", "-q").requireSuccess()
    try repository.dver("config", "core.no_scm", "false").requireSuccess()
    try repository.dver("diff").requireSuccess()
  }

  @Test func underscoresInTheFileAreNoObstacle() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "# mine\n[core]\n\tlock_timeout = 3 ; seconds\n[x \"a_b\"]\n\tk = v_w\n", to: ".dver/config")
    try repository.dver("config", "cache.type", "copy").requireSuccess()
    #expect(
      try repository.readText(".dver/config")
        == "# mine\n[core]\n\tlock-timeout = 3 ; seconds\n[x \"a_b\"]\n\tk = v_w\n"
        + "[cache]\n\ttype = copy\n")
    #expect(try repository.dver("config", "core.lock_timeout").standardOutput == "3\n")
    try repository.dver("config", "-u", "core.lock_timeout").requireSuccess()
    try repository.dver("config", "core.lock_timeout").requireStatus(1)
  }
}
