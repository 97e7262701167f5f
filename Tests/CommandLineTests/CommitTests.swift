import TestSupport
import Testing

@Suite struct CommitTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    try repository.write("2\n", to: "d/x")
    try repository.dver("add", "--no-commit", "a", "d").requireSuccess()
    return repository
  }

  @Test func whatIsRecordedGoesToTheCache() throws {
    let repository = try repository()
    #expect(try repository.dver("status").standardOutput.contains("not in cache"))
    try repository.dver("commit").requireSuccess()
    #expect(try repository.dver("status", "--json").standardOutput == "{}\n")
    let again = try repository.dver("commit", "a").requireSuccess()
    #expect(again.standardError == "Unchanged: a\n")
  }

  @Test func changesNeedConsent() throws {
    let repository = try repository()
    try repository.dver("commit").requireSuccess()
    try repository.write("changed\n", to: "d/new")
    let pointer = try repository.readText("d.dver")
    let refused = try repository.dver("commit", "d").requireStatus(2)
    #expect(refused.standardError.contains("not recorded: d changed"))
    #expect(try repository.readText("d.dver") == pointer)
    try repository.append("desc: kept\n", to: "d.dver")
    let result = try repository.dver("commit", "-f", "-d", "--json", "d/new").requireSuccess()
    #expect(result.standardOutput.contains(#""path": "d", "pointer": "d.dver""#))
    #expect(result.standardOutput.contains(#""changed": true"#))
    #expect(try repository.readText("d.dver").hasSuffix("desc: kept\n"))
    try repository.remove("d")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("d/new") == "changed\n")
  }

  @Test func aMemberIsRecordedAlone() throws {
    let repository = try repository()
    try repository.write("3\n", to: "d/y")
    try repository.write("4\n", to: "d/sub/z")
    try repository.dver("commit", "-f").requireSuccess()
    // Neither what is away nor what else was changed goes into the record.
    try repository.remove("d/x")
    try repository.write("changed\n", to: "d/y")
    try repository.write("new\n", to: "d/sub/new")
    let refused = try repository.dver("commit", "d/sub").requireStatus(2)
    #expect(refused.standardError.contains("not recorded: d/sub changed"))
    try repository.dver("commit", "-f", "d/sub").requireSuccess()
    #expect(try repository.readText("d.dver").contains("nfiles: 4\n"))
    try repository.remove("d")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("d/x") == "2\n")
    #expect(try repository.readText("d/y") == "3\n")
    #expect(try repository.readText("d/sub/new") == "new\n")
  }

  @Test func aLinkInADirectoryIsRecordedAlone() throws {
    let repository = try repository()
    try repository.dver("commit").requireSuccess()
    try repository.write("new\n", to: "d/y")
    try repository.symlink("y", at: "d/k")
    try repository.dver("add", "d/k").requireSuccess()
    try repository.remove("d")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("readlink d/k; ls d").requireSuccess().lines == ["y", "k", "x"])
    try repository.shell("ln -sfn x d/k").requireSuccess()
    try repository.dver("commit", "-f", "d/k").requireSuccess()
    try repository.remove("d")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("readlink d/k; ls d").requireSuccess().lines == ["x", "k", "x"])
    // Taken out, and what lies behind a link is none of the directory.
    try repository.remove("d/k")
    try repository.dver("add", "d/k").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    let folder = repository.outside("e")
    try repository.shell("mkdir \(folder) && touch \(folder)/z && ln -s \(folder) d/e")
      .requireSuccess()
    let refused = try repository.dver("add", "d/e/z").requireStatus(2)
    #expect(refused.standardError.contains("lies below the symbolic link d/e"))
  }

  @Test func refusesWhatIsNotThere() throws {
    let repository = try repository()
    try repository.remove("a")
    let missing = try repository.dver("commit", "-f", "a").requireStatus(2)
    #expect(missing.standardError.contains("a does not exist"))
    try repository.dver("commit", "nothing").requireStatus(2)
    try repository.write("x\n", to: "d/.dverignore")
    try repository.dver("commit", "-f", "d").requireStatus(2)
    try repository.write("stages:\n  s:\n    cmd: 'x'\n    outs: [out]\n", to: "dver.yaml")
    let stage = try repository.dver("commit", "-f", "s").requireStatus(2)
    #expect(stage.standardError.contains("out, an output of stage 's', does not exist"))
  }

  @Test func refusesWhatAStageHasNotMade() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s:\n    cmd: cp in out\n    deps: [in]\n    outs: [out]\n", to: "dver.yaml")
    try repository.write("1\n", to: "in")
    try repository.dver("commit").requireStatus(2)
    try repository.dver("repro").requireSuccess()
    try repository.dver("commit").requireSuccess()
    let lock = try repository.readText("dver.lock")
    try repository.remove("out")
    for words in [["commit"], ["commit", "-f"], ["commit", "-f", "s"]] {
      let result = try repository.dverCommand(words).run().requireStatus(2)
      #expect(result.standardError.contains("out, an output of stage 's', does not exist"))
    }
    #expect(try repository.readText("dver.lock") == lock)
  }

  @Test(arguments: ["", ".", "sub"])
  func aFolderStandsForTheStagesThatWriteInIt(target: String) throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s:\n    cmd: cp in out\n    deps: [in]\n    outs: [out]\n", to: "sub/dver.yaml")
    try repository.write("1\n", to: "sub/in")
    try repository.write("1\n", to: "sub/data")
    try repository.dver("add", "sub/data").requireSuccess()
    try repository.dver("repro", "-P").requireSuccess()
    try repository.write("by hand\n", to: "sub/out")
    try repository.write("2\n", to: "sub/data")
    try repository.dver("commit", target).requireStatus(2)
    try repository.dver("commit", "-f", target).requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    try repository.remove("sub/out")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("sub/out") == "by hand\n")
  }

  @Test func recordsStagesWithoutRunningThem() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s:\n    cmd: exit 1\n    deps: [in]\n    outs: [out]\n", to: "dver.yaml")
    try repository.write("1\n", to: "in")
    try repository.write("made by hand\n", to: "out")
    try repository.dver("commit", "s").requireStatus(2)
    try repository.dver("commit", "-f", "s").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    let repro = try repository.dver("repro").requireSuccess()
    #expect(repro.standardOutput.contains("Stage 's' didn't change, skipping"))
    #expect(try repository.readText(".gitignore").contains("/out\n"))
  }
}
