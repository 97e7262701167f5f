import TestSupport
import Testing

/// The JSON and the tables are those that DVC 3.67 prints for the same files.
@Suite struct ParamsTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      params: [extra.toml]
      stages:
        train:
          cmd: "true"
          params: [lr, t.a, other.json: [k.z]]

      """, to: "dver.yaml")
    try repository.write(
      "lr: 0.1\nt:\n  a: 1\n  b: [1, 2, x]\n  c: {d: true}\nonly: old\nnul: null\n",
      to: "params.yaml")
    try repository.write("[tool]\na = 1\nb = \"s\"\n", to: "extra.toml")
    try repository.write("{\"k\": {\"z\": 1, \"y\": 2}, \"q\": 3}", to: "other.json")
    try repository.commit("one")
    try repository.write(
      "lr: 0.2\nt:\n  a: s\n  b: [1, y, 1.5, null, {a: it's}]\n  c: {d: false}\n"
        + "nul: null\nnewp: x\n", to: "params.yaml")
    try repository.write("[tool]\na = 2\nb = \"s\"\n", to: "extra.toml")
    try repository.write("{\"k\": {\"z\": 7, \"y\": 2}, \"q\": 4}", to: "other.json")
    return repository
  }

  private func output(_ repository: TemporaryRepository, _ words: String...) throws -> String {
    try repository.dverCommand(["params", "diff"] + words).run().requireSuccess().standardOutput
  }

  @Test func filesKeysAndValuesAreCompared() throws {
    #expect(
      try output(repository(), "--json") == """
        {"extra.toml": {"tool.a": {"old": 1, "new": 2, "diff": 1}}, \
        "other.json": {"k.z": {"old": 1, "new": 7, "diff": 6}}, \
        "params.yaml": {"lr": {"old": 0.1, "new": 0.2, "diff": 0.1}, \
        "newp": {"old": null, "new": "x"}, "only": {"old": "old", "new": null}, \
        "t.a": {"old": 1, "new": "s"}, \
        "t.b": {"old": "[1, 2, 'x']", "new": "[1, 'y', 1.5, None, {'a': \\"it's\\"}]"}, \
        "t.c.d": {"old": true, "new": false, "diff": -1}}}

        """)
  }

  @Test func dependenciesAndTargetsNarrowItDown() throws {
    let repository = try repository()
    #expect(
      try output(repository, "--deps", "--json") == """
        {"other.json": {"k.z": {"old": 1, "new": 7, "diff": 6}}, \
        "params.yaml": {"lr": {"old": 0.1, "new": 0.2, "diff": 0.1}, \
        "t.a": {"old": 1, "new": "s"}}}

        """)
    #expect(
      try output(repository, "--targets", "other.json", "--json") == """
        {"other.json": {"k.z": {"old": 1, "new": 7, "diff": 6}, \
        "q": {"old": 3, "new": 4, "diff": 1}}}

        """)
    #expect(
      try output(repository, "HEAD", "HEAD", "--all", "--targets", "extra.toml", "--json") == """
        {"extra.toml": {"tool.a": {"old": 1, "new": 1, "diff": 0}, \
        "tool.b": {"old": "s", "new": "s"}}}

        """)
  }

  @Test func tablesHaveNoChange() throws {
    let repository = try repository()
    #expect(
      try output(repository, "--deps") == """
        Path         Param    HEAD    workspace
        other.json   k.z      1       7
        params.yaml  lr       0.1     0.2
        params.yaml  t.a      1       s

        """)
    #expect(
      try output(repository, "--deps", "--md", "--no-path") == """
        | Param   | HEAD   | workspace   |
        |---------|--------|-------------|
        | k.z     | 1      | 7           |
        | lr      | 0.1    | 0.2         |
        | t.a     | 1      | s           |


        """)
  }

  @Test func markdownWithoutChangesIsAHeading() throws {
    let repository = try repository()
    #expect(
      try output(repository, "HEAD", "HEAD", "--md") == """
        | Path   | Param   | HEAD   | HEAD   |
        |--------|---------|--------|--------|


        """)
    #expect(try output(repository, "HEAD", "HEAD") == "")
  }

  @Test func valuesOfTemplatesCount() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "vars: [v.yaml]\nstages: {s: {cmd: 'echo ${model.size}'}}\n", to: "dver.yaml")
    try repository.write("model: {size: 1, other: 1}\n", to: "v.yaml")
    try repository.commit("one")
    try repository.write("model: {size: 2, other: 2}\n", to: "v.yaml")
    #expect(
      try output(repository, "--json") == """
        {"v.yaml": {"model.size": {"old": 1, "new": 2, "diff": 1}}}

        """)
  }

  @Test func aBrokenFileCountsAsEmpty() throws {
    let repository = try repository()
    try repository.write("lr: [", to: "params.yaml")
    let result = try repository.dver("params", "diff", "--deps", "--json").requireSuccess()
    #expect(result.standardOutput.contains("\"lr\": {\"old\": 0.1, \"new\": null}"))
    #expect(result.standardError.contains("not all parameters could be read in workspace"))
  }

  @Test func unknownRevisionsAreRefused() throws {
    try repository().dver("params", "diff", "nosuch").requireStatus(2)
  }

  /// As git takes it.
  @Test(arguments: ["@~1", "@^", "@", "HEAD^{commit}", "@^{commit}"])
  func aRevisionMayCountFromAnAtSign(revision: String) throws {
    let repository = try TemporaryRepository()
    for text in ["1", "2"] {
      try repository.write("a: \(text)\n", to: "params.yaml")
      try repository.write("stages: {s: {cmd: 'true', params: [a]}}\n", to: "dver.yaml")
      try repository.commitAll(text)
    }
    let hasOld = ["@~1", "@^"].contains(revision)
    let diff = try repository.dver("params", "diff", "--json", revision).requireSuccess()
    #expect(diff.standardOutput.contains("old") == hasOld)
  }
}
