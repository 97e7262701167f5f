import TestSupport
import Testing

/// Forms of options that every command line tool takes.
@Suite struct CommandLineFormTests {
  @Test func globalOptionsMayStandBeforeTheCommand() throws {
    let repository = try TemporaryRepository()
    try repository.makeDirectory("a")
    #expect(try repository.dver("--cd", "a", "root").requireSuccess().standardOutput == "..\n")
    #expect(try repository.dver("-q", "--cd=a", "root").requireSuccess().standardOutput == "..\n")
    try repository.dver("--color", "never", "remote", "list").requireSuccess()
    try repository.write("1\n", to: "f")
    try repository.dver("add", "f").requireSuccess()
    try repository.write("2\n", to: "f")
    try repository.dver("-q", "status").requireStatus(1)
    try repository.dver("--cd", "a").requireStatus(64)
  }

  @Test func shortOptionsTakeJoinedValues() throws {
    let repository = try TemporaryRepository()
    try repository.dver("remote", "add", "-d", "box", "box").requireSuccess()
    for command in ["push", "fetch", "pull"] {
      try repository.dver(command, "-j2", "-rbox").requireSuccess()
    }
    try repository.dver("status", "-c", "-rbox").requireSuccess()
    try repository.dver("ls", "-L1").requireSuccess()
  }

  @Test func wrongCommandLinesAreJSONWhereAsked() throws {
    let repository = try TemporaryRepository()
    let result = try repository.dver("status", "--nope", "--json").requireStatus(64)
    #expect(result.standardOutput.isEmpty)
    #expect(result.standardError.hasPrefix(#"{"error": "Unknown option '--nope'"#))
    #expect(result.standardError.contains(#""status": 64}"#))
    let unknown = try repository.dver("nonsense", "--json").requireStatus(64)
    #expect(unknown.standardError.hasPrefix(#"{"error": "there is no command 'nonsense'"#))
  }

  @Test func whatHasNothingToTellIsADocumentToo() throws {
    let repository = try TemporaryRepository(.git)
    let made = try repository.dver("init", "--json").requireSuccess()
    #expect(made.standardOutput.hasPrefix(#"{"root": "/"#) && made.standardError.isEmpty)
    for words in [
      ["remote", "add", "a", "x"], ["remote", "modify", "a", "jobs", "2"],
      ["remote", "rename", "a", "b"], ["remote", "default", "b"], ["remote", "remove", "b"],
    ] {
      let result = try repository.dverCommand(words + ["--json"]).run().requireSuccess()
      #expect(result.standardOutput == "{}\n")
    }
  }

  @Test func reproPullsWhatIsMissing() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write(
      "stages:\n  a:\n    cmd: cat in > out && echo ran\n    deps: [in]\n    outs: [out]\n",
      to: "dver.yaml")
    try repository.dver("add", "in").requireSuccess()
    try repository.dver("repro").requireSuccess()
    try repository.dver("remote", "add", "-d", "box", "box").requireSuccess()
    try repository.dver("push").requireSuccess()
    for path in ["in", "out", ".dver/cache", ".dver/tmp"] { try repository.remove(path) }
    try repository.dver("repro").requireStatus(3)
    let pulled = try repository.dver("repro", "--pull").requireSuccess()
    #expect(!pulled.standardOutput.contains("ran"))
    #expect(try repository.readText("in") == "1\n")
    #expect(try repository.readText("out") == "1\n")
  }
}
