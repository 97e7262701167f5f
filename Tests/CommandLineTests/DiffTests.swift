import TestSupport
import Testing

@Suite struct DiffTests {
  /// A repository with one commit that tracks `data` and `one.csv`.
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.write("22\n", to: "data/b")
    try repository.write("333\n", to: "data/sub/c")
    try repository.makeDirectory("data/empty")
    try repository.symlink("a", at: "data/link")
    try repository.write("single\n", to: "one.csv")
    try repository.dver("add", "data", "one.csv").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func json(
    _ repository: TemporaryRepository, _ arguments: any ByteText..., in directory: String = ""
  ) throws -> String {
    let words: [any ByteText] = ["diff", "--json"] + arguments
    var command = try repository.dverCommand(words)
    if !directory.isEmpty { command.directory += Array("/\(directory)".utf8) }
    return try command.run().requireSuccess().standardOutput
  }

  @Test func nothingDiffersRightAfterACommit() throws {
    let repository = try repository()
    #expect(try json(repository) == "{}\n")
    #expect(try repository.dver("diff").requireSuccess().standardOutput == "")
    try repository.dver("diff", "--exit-code").requireStatus(0)
    try repository.dver("diff", "--exit-code", "HEAD", "HEAD").requireStatus(0)
  }

  @Test func membersAreListedByWhatHappenedToThem() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "data/a")
    try repository.move("data/b", to: "data/sub/d")
    try repository.remove("data/sub/c")
    try repository.write("new\n", to: "data/n")
    let expected = """
      {"added": [{"path": "data/n"}], "deleted": [{"path": "data/sub/c"}], \
      "modified": [{"path": "data/"}, {"path": "data/a"}], \
      "renamed": [{"path": {"old": "data/b", "new": "data/sub/d"}}], "not in cache": []}

      """
    #expect(try json(repository) == expected)
    try repository.dver("add", "data").requireSuccess()
    #expect(try json(repository) == expected)
    try repository.commitAll()
    #expect(try json(repository, "HEAD~1", "HEAD") == expected)
    #expect(try json(repository) == "{}\n")
    try repository.dver("diff", "--exit-code", "HEAD~1", "HEAD").requireStatus(1)
  }

  @Test func textHasSectionsCountsAndBytes() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "data/a")
    try repository.write("new\n", to: "data/n")
    let result = try repository.dver("diff").requireSuccess()
    #expect(
      result.standardOutput == """
        Added:
            data/n

        Modified:
            data/
            data/a

        files summary: 1 added, 1 modified
        bytes summary: 4 B added, 8 B modified (2 B before)

        """)
    let table = try repository.dver("diff", "--md").requireSuccess()
    #expect(
      table.standardOutput == """
        | Status   | Path   |
        |----------|--------|
        | added    | data/n |
        | modified | data/  |
        | modified | data/a |


        """)
  }

  @Test func hashesOfBothVersionsAreShown() throws {
    let repository = try repository()
    try repository.write("two\n", to: "one.csv")
    let sum = try repository.shell("printf 'single\\n' | sha256sum; printf 'two\\n' | sha256sum")
    let digests = sum.lines.map { $0.prefix(64) }
    let output = try json(repository, "--show-hash")
    #expect(
      output.contains(
        "{\"path\": \"one.csv\", \"hash\": {\"old\": \"\(digests[0])\", \"new\": \"\(digests[1])\"}}"
      ))
    let text = try repository.dver("diff", "--show-hash").requireSuccess().standardOutput
    #expect(text.contains("    \(digests[0].prefix(8))..\(digests[1].prefix(8))  one.csv\n"))
  }

  @Test func anExecutableBitAloneIsAModification() throws {
    let repository = try repository()
    try repository.chmod(0o755, "data/a")
    try repository.chmod(0o755, "one.csv")
    #expect(
      try json(repository).contains(
        "\"modified\": [{\"path\": \"data/\"}, {\"path\": \"data/a\"}, {\"path\": \"one.csv\"}]"))
  }

  @Test func emptyDirectoriesAndLinksCount() throws {
    let repository = try repository()
    try repository.remove("data/empty")
    try repository.remove("data/link")
    try repository.symlink("b", at: "data/link")
    try repository.makeDirectory("data/other")
    #expect(
      try json(repository) == """
        {"added": [{"path": "data/other/"}], "deleted": [{"path": "data/empty/"}], \
        "modified": [{"path": "data/"}, {"path": "data/link"}], "renamed": [], "not in cache": []}

        """)
  }

  @Test func whatMovesToAnotherOutputIsRenamed() throws {
    let repository = try repository()
    try repository.move("one.csv", to: "two.csv")
    try repository.move("data", to: "moved")
    try repository.remove("one.csv.dver")
    try repository.remove("data.dver")
    try repository.dver("add", "moved", "two.csv").requireSuccess()
    let output = try json(repository, "--hide-missing")
    #expect(
      output.hasPrefix(
        """
        {"added": [], "deleted": [], "modified": [], "renamed": [\
        {"path": {"old": "data/", "new": "moved/"}}, \
        {"path": {"old": "data/a", "new": "moved/a"}}
        """))
    for name in ["empty/", "link", "sub/c"] {
      #expect(output.contains("{\"old\": \"data/\(name)\", \"new\": \"moved/\(name)\"}"))
    }
    #expect(output.contains("{\"old\": \"one.csv\", \"new\": \"two.csv\"}"))
  }

  @Test func oddNamesStayLegible() throws {
    let repository = try repository()
    try repository.write("x\n", to: "data/new\nline")
    try repository.write("y\n", to: "data/qu\"ote")
    try repository.write("z\n", to: Array("data/".utf8) + [0xff])
    let text = try repository.dver("diff").requireSuccess().standardOutput
    #expect(text.contains("    \"data/new\\nline\"\n"))
    #expect(text.contains("    \"data/qu\\\"ote\"\n"))
    #expect(text.contains("    \"data/\\377\"\n"))
    let output = try json(repository)
    #expect(output.contains("{\"path\": \"data/new\\nline\"}"))
    #expect(output.contains("{\"path\": \"\\\"data/\\\\377\\\"\"}"))
  }

  @Test func targetsNarrowTheAnswer() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "data/a")
    try repository.write("changed\n", to: "data/sub/c")
    try repository.write("changed\n", to: "one.csv")
    func modified(_ arguments: String..., in directory: String = "") throws -> String {
      let words: [any ByteText] = ["diff", "--json", "--targets"] + arguments
      var command = try repository.dverCommand(words)
      if !directory.isEmpty { command.directory += Array("/\(directory)".utf8) }
      let output = try command.run().requireSuccess().standardOutput
      return String(output.split(separator: "\"modified\": ")[1].split(separator: "], ")[0])
    }
    #expect(try modified("data/sub") == "[{\"path\": \"data/sub/c\"}")
    #expect(try modified("one.csv.dver") == "[{\"path\": \"one.csv\"}")
    #expect(try modified("sub/c", in: "data") == "[{\"path\": \"data/sub/c\"}")
    #expect(try modified("one.csv", "data/a") == "[{\"path\": \"data/a\"}, {\"path\": \"one.csv\"}")
    let result = try repository.dver("diff", "--targets", "nothing").requireStatus(2)
    #expect(result.standardError.contains("'nothing' is neither a tracked path nor a stage"))
  }

  @Test func pathsCountFromWhereTheUserIs() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "one.csv")
    let text = try repository.dver("diff", in: "data/sub").requireSuccess().standardOutput
    #expect(text.contains("    ../../one.csv\n"))
    #expect(try json(repository, in: "data/sub").contains("[{\"path\": \"one.csv\"}]"))
  }

  @Test func everythingIsNewBeforeTheFirstCommit() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    #expect(try json(repository).hasPrefix("{\"added\": [{\"path\": \"a\"}], \"deleted\": []"))
    try repository.dver("diff", "HEAD").requireStatus(2)
  }

  @Test func anUnknownRevisionIsAnError() throws {
    let repository = try repository()
    let result = try repository.dver("diff", "nope").requireStatus(2)
    #expect(result.standardError.contains("unknown revision 'nope'"))
    try repository.dver("diff", "HEAD", "nope", "--exit-code").requireStatus(2)
  }

  @Test func withoutGitThereIsNothingToCompareWith() throws {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.dver("init", "--no-scm").requireSuccess()
    let result = try repository.dver("diff").requireStatus(2)
    #expect(result.standardError.contains("diff needs a git repository"))
  }

  @Test func twoRevisionsAreComparedWithoutTheCache() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    try repository.commitAll()
    let clone = try repository.clone()
    let output = try json(clone, "HEAD~1", "HEAD")
    #expect(output.contains("\"modified\": [{\"path\": \"data/\"}, {\"path\": \"data/a\"}]"))
  }

  @Test func missingObjectsAreListedUnlessHidden() throws {
    let repository = try repository()
    try repository.remove(".dver/cache/objects")
    #expect(
      try json(repository).contains(
        """
        "not in cache": [{"path": "data/"}, {"path": "data/a"}, {"path": "data/b"}, \
        {"path": "data/sub/c"}, {"path": "one.csv"}]
        """))
    let text = try repository.dver("diff").requireSuccess().standardOutput
    #expect(text.contains("Not in cache:\n    data/\n"))
    #expect(text.contains("files summary: 4 not in cache\n"))
    #expect(try json(repository, "--hide-missing") == "{}\n")
    try repository.dver("diff", "--exit-code").requireStatus(0)
  }

  @Test func aDamagedNodeFileIsFoundElsewhere() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    try repository.commitAll()
    try repository.write("dver-manifest 1\n", to: ".dver/manifests/data/+")
    #expect(try json(repository, "HEAD~1").contains("{\"path\": \"data/a\"}"))
    try repository.remove(".dver/cache")
    #expect(try json(repository, "HEAD~1", "--hide-missing").contains("{\"path\": \"data/a\"}"))
  }

  @Test func filesThatBecomeIgnoredAreNoLongerTracked() throws {
    let repository = try repository()
    try repository.write("1\n", to: "old/x")
    try repository.dver("add", "old/x").requireSuccess()
    try repository.commitAll()
    try repository.write("/old/\n", to: ".dverignore")
    try repository.commitAll()
    #expect(try json(repository) == "{}\n")
    #expect(try json(repository, "HEAD~1", "HEAD").contains("\"deleted\": [{\"path\": \"old/x\"}]"))
  }

  @Test func regroupedDataIsNotReportedAsNew() throws {
    let repository = try repository()
    try repository.remove("data.dver")
    try repository.dver("add", "data/a", "data/b", "data/sub").requireSuccess()
    let output = try json(repository, "--hide-missing")
    #expect(!output.contains("\"path\": \"data/a\""))
    #expect(!output.contains("\"path\": \"data/sub/c\""))
    #expect(output.contains("{\"path\": \"data/sub/\"}"))
  }

  @Test func outputsOfStagesAreComparedByTheirLocks() throws {
    let repository = try repository()
    try repository.write(
      "stages:\n  copy:\n    cmd: mkdir -p out && cp in.txt out/copy\n    deps: [in.txt]\n"
        + "    outs: [out]\n", to: "dver.yaml")
    try repository.write("1\n", to: "in.txt")
    try repository.dver("repro").requireSuccess()
    try repository.commitAll()
    try repository.write("2\n", to: "in.txt")
    try repository.dver("repro").requireSuccess()
    let modified = "\"modified\": [{\"path\": \"out/\"}, {\"path\": \"out/copy\"}]"
    #expect(try json(repository).contains(modified))
    try repository.commitAll()
    #expect(try json(repository, "HEAD~1", "HEAD").contains(modified))
    #expect(try json(repository, "HEAD~1", "HEAD", "--targets", "copy").contains(modified))
    try repository.remove("dver.lock")
    try repository.commitAll()
    #expect(
      try json(repository, "HEAD~1", "HEAD").contains(
        "\"deleted\": [{\"path\": \"out/\"}, {\"path\": \"out/copy\"}]"))
  }
}
