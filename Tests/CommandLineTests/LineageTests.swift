import TestSupport
import Testing

@Suite struct LineageTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "raw/a")
    try repository.write("2\n", to: "raw/b")
    try repository.write("cat\n", to: "tool")
    try repository.write("lr: 0.5\nother: 1\n", to: "params.yaml")
    try repository.write(
      """
      stages:
        prepare:
          cmd: mkdir p; cat raw/a > p/x; cat raw/b > p/y
          deps: [raw, tool]
          outs: [p]
          env: {MODE: fast}
        train: {cmd: cat p/x > model, deps: [p/x, tool], params: [lr], outs: [model]}
        all: {cmd: cat p/* model > all, deps: [p, model], outs: [all]}

      """, to: "dver.yaml")
    try repository.dver("add", "raw").requireSuccess()
    try repository.dver("repro", "-q").requireSuccess()
    return repository
  }

  /// The tree with each digest as `#`.
  private func tree(_ repository: TemporaryRepository, _ arguments: String...) throws -> String {
    let words: [any ByteText] = ["lineage"] + arguments
    let text = try repository.dverCommand(words).run().requireSuccess().standardOutput
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: " ", omittingEmptySubsequences: false).map { word in
        word.count == 12 && word.allSatisfy(\.isHexDigit) ? "#" : String(word)
      }.joined(separator: " ")
    }.joined(separator: "\n")
  }

  @Test func leadsBackToTheSources() throws {
    let repository = try repository()
    #expect(
      try tree(repository, "model")
        == """
        model  #
          made by stage 'train'
          > cat p/x > model
          params.yaml: lr = 0.5
          p/x  #
            part of p
            made by stage 'prepare'
            > mkdir p; cat raw/a > p/x; cat raw/b > p/y
            env MODE=fast
            raw  #
              tracked by raw.dver
            tool  #
              a source
          tool  #

        """)
  }

  @Test func whatWasShownIsNotTakenApartAgain() throws {
    let repository = try repository()
    let text = try tree(repository, "all")
    #expect(text.components("made by stage 'prepare'") == 2)
    #expect(text.components("> cat p/x > model") == 1)
    #expect(try tree(repository, "p/y").hasPrefix("p/y\n  part of p\n  made by stage 'prepare'\n"))
    #expect(try tree(repository, "raw/a") == "raw/a\n  part of raw\n  tracked by raw.dver\n")
  }

  @Test func oneDocumentNamesEveryStep() throws {
    let repository = try repository()
    let sums = try repository.shell("sha256sum model p/x tool | cut -d' ' -f1").lines
    let text = try repository.dver("lineage", "--json", "model").requireSuccess().standardOutput
    #expect(
      text.hasPrefix(
        """
        {"path": "model", "steps": [{"path": "model", "sha256": "\(sums[0])", \
        "stage": {"name": "train", "cmd": ["cat p/x > model"], "env": {}, \
        "params": {"params.yaml": {"lr": 0.5}}}, \
        "deps": [{"path": "p/x", "sha256": "\(sums[1])"}, {"path": "tool", "sha256": "\(sums[2])"}]}, \
        {"path": "p/x", "sha256": "\(sums[1])", "part_of": "p", "stage": {"name": "prepare", 
        """.dropLast()))
    #expect(
      text.contains(
        "{\"path\": \"tool\", \"sha256\": \"\(sums[2])\", \"source\": true, \"deps\": []}"))
    #expect(text.contains(".dir\", \"pointer\": \"raw.dver\", \"deps\": []}"))
  }

  @Test func revisionsHaveTheirOwn() throws {
    let repository = try repository()
    _ = try repository.commitAll("one")
    try repository.write("lr: 0.25\n", to: "params.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try tree(repository, "model").contains("lr = 0.25"))
    #expect(try tree(repository, "--rev", "HEAD", "model").contains("lr = 0.5"))
    try repository.dver("lineage", "--rev", "none", "model").requireStatus(2)
  }

  @Test func aVersionThatIsNoLongerRecordedIsNamed() throws {
    let repository = try repository()
    try repository.write("3\n", to: "raw/a")
    try repository.dver("repro", "-q", "-s", "prepare").requireSuccess()
    let text = try tree(repository, "all")
    #expect(text.contains("  p  #\n    another version is recorded now: #\n"))
    let json = try repository.dver("lineage", "--json", "all").requireSuccess().standardOutput
    #expect(json.contains("\"present\": \""))
  }

  @Test func stagesThatHaveNotRunSayWhatTheyWouldRead() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s: {cmd: cp in /x o, deps: [in, /x], outs: [o]}\n", to: "sub/dver.yaml")
    #expect(
      try tree(repository, "--cd", "sub", "o")
        == "o\n  made by stage 's', which has not run\n  in\n    a source\n  /x\n    a source\n")
    #expect(
      try tree(repository, "sub")
        == """
        sub
          a folder of outputs
          sub/o
            made by stage 'sub/dver.yaml:s', which has not run
            sub/in
              a source
            /x
              a source

        """)
  }

  @Test(arguments: ["tool", "none", "../x"])
  func whatNothingMadeIsRefused(_ path: String) throws {
    let repository = try repository()
    let result = try repository.dver("lineage", path).requireStatus(2)
    #expect(result.standardError.contains("hint: "))
    try repository.dver("lineage").requireStatus(64)
  }
}

extension String {
  /// How often a part occurs.
  fileprivate func components(_ part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
