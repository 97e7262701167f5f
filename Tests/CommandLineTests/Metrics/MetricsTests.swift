import TestSupport
import Testing

/// The JSON and the tables are those that DVC 3.67 prints for the same files.
@Suite struct MetricsTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      metrics: [top.yaml, sub/dirm]
      stages:
        train:
          cmd: "true"
          metrics:
          - m.json: {cache: false}

      """, to: "dver.yaml")
    try repository.write(
      """
      {"acc": 0.123456789, "nested": {"f1": 1, "s": "text", "b": true, "n": null, "l": [1, 2]}, \
      "big": 1e20, "small": 1e-7, "e": {}}
      """, to: "m.json")
    try repository.write("x: 5\n", to: "top.yaml")
    try repository.write("0.75\n", to: "sub/dirm/one.json")
    try repository.commit("one")
    try repository.git("tag", "v1").requireSuccess()
    try repository.write(
      """
      {"acc": 0.223456789, "nested": {"f1": 3, "s": "text2", "b": false, "n": null, "l": [1, 2]}, \
      "big": 2e20, "newk": 4}
      """, to: "m.json")
    try repository.commit("two")
    return repository
  }

  private func output(_ repository: TemporaryRepository, _ words: String...) throws -> String {
    try repository.dverCommand(words).run().requireSuccess().standardOutput
  }

  private static let new = """
    {"data": {"m.json": {"data": {"acc": 0.223456789, \
    "nested": {"f1": 3, "s": "text2", "b": false}, "big": 2e+20, "newk": 4}}, \
    "top.yaml": {"data": {"x": 5}}, "sub/dirm/one.json": {"data": 0.75}}}
    """
  private static let old = """
    {"data": {"m.json": {"data": {"acc": 0.123456789, \
    "nested": {"f1": 1, "s": "text", "b": true}, "big": 1e+20, "small": 1e-07}}, \
    "top.yaml": {"data": {"x": 5}}, "sub/dirm/one.json": {"data": 0.75}}}
    """

  // MARK: show

  @Test func theWorkspaceAloneHasNoName() throws {
    #expect(
      try output(repository(), "metrics", "show", "--json") == "{\"\": \(Self.new)}\n")
  }

  @Test func versionsGoByTheirNames() throws {
    let repository = try repository()
    #expect(
      try output(repository, "metrics", "show", "-a", "--json") == "{\"main\": \(Self.new)}\n")
    #expect(
      try output(repository, "metrics", "show", "-T", "--json")
        == "{\"workspace\": \(Self.new), \"v1\": \(Self.old)}\n")
    try repository.git("branch", "other").requireSuccess()
    #expect(
      try output(repository, "metrics", "show", "--all-branches", "--all-tags", "--json")
        == "{\"workspace\": \(Self.new), \"main,other\": \(Self.new), \"v1\": \(Self.old)}\n")
    let commits = try repository.git("log", "--format=%H").requireSuccess().lines
    #expect(
      try output(repository, "metrics", "show", "-A", "--json") == """
        {"workspace": \(Self.new), "\(commits[0])": \(Self.new), "\(commits[1])": \(Self.old)}

        """)
  }

  @Test func tablesRoundAndAlign() throws {
    let repository = try repository()
    #expect(
      try output(repository, "metrics", "show") == """
        Path                     acc      big    nested.b    nested.f1    nested.s    newk    x
        m.json             -     0.22346  2e+20  False       3            text2       4       -
        top.yaml           -     -        -      -           -            -           -       5
        sub/dirm/one.json  0.75  -        -      -           -            -           -       -

        """)
    #expect(
      try output(repository, "metrics", "show", "--md", "--precision", "2", "m.json") == """
        | Path   | acc   | big   | nested.b   | nested.f1   | nested.s   | newk   |
        |--------|-------|-------|------------|-------------|------------|--------|
        | m.json | 0.22  | 2e+20 | False      | 3           | text2      | 4      |


        """)
    #expect(
      try output(repository, "metrics", "show", "--csv", "-T", "m.json") == """
        Revision,Path,acc,big,nested.b,nested.f1,nested.s,newk,small
        workspace,m.json,0.22346,2e+20,False,3,text2,4,-
        v1,m.json,0.12346,1e+20,True,1,text,-,0.0

        """)
  }

  @Test func targetsAreFilesAndFolders() throws {
    let repository = try repository()
    try repository.write("{\"a\": 1}", to: "loose.json")
    #expect(
      try output(repository, "metrics", "show", "--json", "loose.json", "-R", "sub") == """
        {"": {"data": {"loose.json": {"data": {"a": 1}}, "sub/dirm/one.json": {"data": 0.75}}}}

        """)
    #expect(
      try output(repository, "--cd", "sub", "metrics", "show", "--json", "dirm/one.json") == """
        {"": {"data": {"dirm/one.json": {"data": 0.75}}}}

        """)
    #expect(
      try output(repository, "--cd", "sub", "metrics", "show", "--json").contains(
        "\"../m.json\": {\"data\""))
  }

  @Test func aBrokenFileHasItsErrorInItsPlace() throws {
    let repository = try repository()
    try repository.write("{\"acc\": }", to: "m.json")
    try repository.write("x: [\n", to: "top.yaml")
    let result = try repository.dver("metrics", "show", "gone.json", "m.json", "top.yaml", "--json")
      .requireSuccess()
    for text in [
      "\"m.json\": {\"error\": {\"type\": \"JSONFileCorruptedError\", \"msg\": \"m.json:1:9: ",
      "\"top.yaml\": {\"error\": {\"type\": \"YAMLFileCorruptedError\", \"msg\": \"top.yaml:",
      "\"gone.json\": {\"error\": {\"type\": \"FileNotFoundError\", \"msg\": \"gone.json does",
    ] {
      #expect(result.standardOutput.contains(text))
    }
    #expect(
      result.standardError.contains("WARNING: not all metrics could be read in the workspace"))
    #expect(try output(repository, "metrics", "show").contains("sub/dirm/one.json  0.75"))
  }

  @Test func aBrokenPipelineHidesNoOtherVersion() throws {
    let repository = try repository()
    try repository.write("stages:\n  a: [\n", to: "dver.yaml")
    let shown = try output(repository, "metrics", "show", "-a", "--json")
    #expect(shown.hasPrefix("{\"workspace\": {\"error\": {\"type\": \"YAMLSyntaxError\""))
    #expect(shown.contains("\"main\": \(Self.new)"))
  }

  @Test func metricsComeFromTheCache() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages: {s: {cmd: 'true', metrics: [m.json]}}\n", to: "dver.yaml")
    try repository.write("{\"a\": 1}", to: "m.json")
    try repository.dver("commit", "-f").requireSuccess()
    try repository.commit("one")
    try repository.write("{\"a\": 2}", to: "m.json")
    #expect(
      try output(repository, "metrics", "diff", "--json") == """
        {"m.json": {"a": {"old": 1, "new": 2, "diff": 1}}}

        """)
    try repository.remove("m.json")
    #expect(
      try output(repository, "metrics", "show", "--json") == """
        {"": {"data": {"m.json": {"data": {"a": 1}}}}}

        """)
  }

  @Test func nothingIsShownWhereThereAreNoMetrics() throws {
    let repository = try TemporaryRepository()
    #expect(try output(repository, "metrics", "show") == "")
    #expect(try output(repository, "metrics", "show", "--json") == "{\"\": {\"data\": {}}}\n")
    #expect(try output(repository, "metrics", "diff", "--json") == "{}\n")
    #expect(try output(repository, "params", "diff", "--json") == "{}\n")
  }

  // MARK: diff

  @Test func differencesHaveOldAndNewAndForNumbersTheChange() throws {
    let repository = try repository()
    try repository.write("0.5\n", to: "sub/dirm/one.json")
    #expect(
      try output(repository, "metrics", "diff", "--json") == """
        {"sub/dirm/one.json": {"": {"old": 0.75, "new": 0.5, "diff": -0.25}}}

        """)
    #expect(
      try output(repository, "metrics", "diff", "v1", "HEAD", "--json") == """
        {"m.json": {"acc": {"old": 0.123456789, "new": 0.223456789, "diff": 0.09999999999999999}, \
        "big": {"old": 1e+20, "new": 2e+20, "diff": 1e+20}, \
        "nested.b": {"old": true, "new": false, "diff": -1}, \
        "nested.f1": {"old": 1, "new": 3, "diff": 2}, \
        "nested.s": {"old": "text", "new": "text2"}, "newk": {"old": null, "new": 4}, \
        "small": {"old": 1e-07, "new": null}}}

        """)
    #expect(
      try output(repository, "metrics", "diff", "v1", "main", "--all", "--targets", "top.yaml")
        == """
        Path      Metric    v1    main    Change
        top.yaml  x         5     5       0

        """)
  }

  @Test func differencesAreTables() throws {
    let repository = try repository()
    #expect(
      try output(repository, "metrics", "diff", "v1") == """
        Path    Metric     v1       workspace    Change
        m.json  acc        0.12346  0.22346      0.1
        m.json  big        1e+20    2e+20        1e+20
        m.json  nested.b   True     False        -1
        m.json  nested.f1  1        3            2
        m.json  nested.s   text     text2        -
        m.json  newk       -        4            -
        m.json  small      0.0      -            -

        """)
    #expect(
      try output(
        repository, "metrics", "diff", "v1", "HEAD", "--md", "--no-path", "--precision", "2"
      )
      .hasPrefix(
        """
        | Metric    | v1    | HEAD   | Change   |
        |-----------|-------|--------|----------|
        | acc       | 0.12  | 0.22   | 0.1      |

        """))
    #expect(try output(repository, "metrics", "diff") == "")
  }

  @Test func wrongCommandLinesAreRefused() throws {
    let repository = try repository()
    try repository.dver("metrics", "diff", "nosuch").requireStatus(2)
    try repository.dver("metrics", "show", "--md", "--csv").requireStatus(64)
    try repository.dver("metrics", "show", "--precision", "-1").requireStatus(64)
    try repository.dver("metrics", "show", "../outside").requireStatus(2)
    let bare = try TemporaryRepository(.emptyDirectory)
    try bare.dver("init", "--no-scm", "-q").requireSuccess()
    #expect(
      try bare.dver("metrics", "diff").requireStatus(2).standardError
        .contains("metrics diff needs a git repository"))
    #expect(
      try bare.dver("metrics", "show", "--json").requireSuccess().standardOutput
        == "{\"\": {\"data\": {}}}\n")
  }
}

extension TemporaryRepository {
  /// Everything that git does not ignore, as a commit.
  func commit(_ message: String) throws {
    try git("add", "-A").requireSuccess()
    try git("commit", "--quiet", "-m", message).requireSuccess()
  }

  @Test func filesOfDverAreNoMetrics() throws {
    let repository = try TemporaryRepository()
    try repository.write("acc: 1\n", to: "m/a.yaml")
    try repository.write("1\n", to: "m/data")
    try repository.dver("add", "-q", "m/data").requireSuccess()
    try repository.write("stages: {s: {cmd: 'true'}}\n", to: "m/dver.yaml")
    let shown = try repository.dver("metrics", "show", "--json", "m").requireSuccess()
    #expect(shown.standardOutput.contains("m/a.yaml"))
    for name in ["dver", "gitignore"] { #expect(!shown.standardOutput.contains(name)) }
  }
}
