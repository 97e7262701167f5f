import TestSupport
import Testing

@Suite struct StageListTests {
  private static let definition = """
    vars: [{out: [1, 2]}]
    stages:
      prepare:
        desc: |

          cut the data
          and more
        cmd: cp raw clean
        deps: [raw]
        outs: [clean]
        metrics: [m.json]
      each:
        foreach: ${out}
        do:
          cmd: echo ${item} > o${item}
          outs:
          - o${item}
          frozen: true
      report: {cmd: x, params: [lr], metrics: [r.json: {cache: false}]}
      bare: {cmd: x}

    """

  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(Self.definition, to: "dver.yaml")
    try repository.write("stages:\n  s: {cmd: x, deps: [a], outs: [b]}\n", to: "sub/dver.yaml")
    return repository
  }

  @Test func listsTheStagesOfTheFolder() throws {
    let repository = try repository()
    #expect(
      try repository.dver("stage", "list").requireSuccess().standardOutput == """
        prepare  cut the data
        each@1   Outputs o1
        each@2   Outputs o2
        report   Reports r.json
        bare     No outputs or dependencies

        """)
    #expect(
      try repository.dver("stage", "list", "--cd", "sub").requireSuccess().standardOutput
        == "s  Outputs b\n")
    #expect(
      try repository.dver("stage", "list", "--name-only", "each", "sub/dver.yaml:s")
        .requireSuccess().standardOutput == "each@1\neach@2\nsub/dver.yaml:s\n")
    #expect(
      try repository.dver("stage", "list", "--name-only", "-R", "sub").requireSuccess()
        .standardOutput == "sub/dver.yaml:s\n")
  }

  @Test func listsEverything() throws {
    let repository = try repository()
    try repository.write("1\n", to: "raw")
    try repository.dver("add", "raw").requireSuccess()
    #expect(
      try repository.dver("stage", "list", "--all", "--names-only").requireSuccess()
        .standardOutput
        == "raw.dver\nprepare\neach@1\neach@2\nreport\nbare\nsub/dver.yaml:s\n")
    let json = try repository.dver("stage", "list", "each@2", "--json").requireSuccess()
    #expect(
      json.standardOutput
        == #"[{"name": "each@2", "summary": "Outputs o2", "frozen": true, "#
        + "\"always_changed\": false}]\n")
    #expect(
      try repository.dver("stage", "list", "each", "--json", "--name-only").requireSuccess()
        .standardOutput == "[\"each@1\", \"each@2\"]\n")
  }

  @Test func filesThatCannotBeReadAreLeftOut() throws {
    let repository = try repository()
    try repository.write("stages:\n  b: {cmd: x, nope: 1}\n", to: "broken/dver.yaml")
    try repository.write("outs: 1\n", to: "broken/x.dver")
    let listed = try repository.dver("stage", "list", "--all", "--name-only").requireSuccess()
    #expect(
      listed.standardOutput == "prepare\neach@1\neach@2\nreport\nbare\nsub/dver.yaml:s\n")
    #expect(listed.standardError.contains("WARNING: broken/dver.yaml:2:15: "))
    #expect(listed.standardError.contains("WARNING: broken/x.dver:1:7: "))
    let refused = try repository.dver("stage", "list", "--all", "--fail").requireStatus(2)
    #expect(refused.standardError.contains("dver: error: broken/"))
  }

  @Test func printsTheWholeDefinition() throws {
    let repository = try TemporaryRepository()
    try repository.write("item: 1\nm: {a: 2.0}\n", to: "params.yaml")
    try repository.write(
      "stages:\n  g:\n    foreach: ${m}\n    do: {cmd: 'x ${item}', meta: [.inf, '${item}']}\n"
        + "metrics: ['${item}.json']\n", to: "dver.yaml")
    let result = try repository.dver("stage", "list", "--resolved", "--json").requireSuccess()
    #expect(
      result.standardOutput
        == #"{"file": "dver.yaml", "vars": {"item": 1, "m": {"a": 2.0}}, "#
        + #""stages": {"g@a": {"cmd": "x 2.0", "meta": [".inf", 2.0]}}, "#
        + #""tracked": {"g@a": {"params.yaml": {"m.a": 2.0}}}, "params": [], "#
        + #""metrics": ["1.json"], "plots": [], "artifacts": {}, "datasets": []}"# + "\n")
    #expect(
      result.standardError
        == "WARNING: item is already specified, will be overwritten for stages generated from 'g'\n"
    )
  }

  @Test func readsTheFilesOfTheFolder() throws {
    let repository = try TemporaryRepository()
    try repository.write("v: outer\n", to: "params.yaml")
    try repository.write("v: inner\n", to: "sub/params.yaml")
    try repository.write("w: {x: 1}\n", to: "shared.yaml")
    try repository.write(
      "vars: [../shared.yaml]\nstages:\n  a: {cmd: '${v} ${w.x}'}\n", to: "sub/dver.yaml")
    let result = try repository.dver("stage", "list", "--resolved", "--json", "--cd", "sub")
      .requireSuccess()
    #expect(result.standardOutput.contains(#""a": {"cmd": "inner 1"}"#))
    #expect(
      result.standardOutput.contains(
        #"{"params.yaml": {"v": "inner"}, "../shared.yaml": {"w.x": 1}}"#))
  }

  @Test func configurationSaysHowFlagsLook() throws {
    let repository = try TemporaryRepository()
    try repository.write("d: {f: false, l: [1, 2]}\n", to: "params.yaml")
    try repository.write("stages:\n  a: {cmd: 'x ${d}'}\n", to: "dver.yaml")
    try repository.dver("config", "parsing.bool", "boolean_optional").requireSuccess()
    try repository.dver("config", "parsing.list", "append").requireSuccess()
    let result = try repository.dver("stage", "list", "--resolved", "--json").requireSuccess()
    #expect(result.standardOutput.contains(#""cmd": "x --no-f --l 1 --l 2""#))
    try repository.dver("config", "parsing.bool", "perhaps").requireStatus(2)
  }

  @Test(arguments: [
    ("stages:\n  a: {cmd: 'x ${nope}'}\n", "dver.yaml:2:12: stages.a.cmd: 'nope' is not defined"),
    (
      "stages:\n  a: {cmd: x}\n  a: {cmd: y}\n",
      "dver.yaml:3:3: the key 'a' stands at 2:3 already"
    ),
    ("vars: [no.yaml]\n", "dver.yaml:1:7: vars: no.yaml does not exist"),
  ])
  func failsWithThePlace(text: String, message: String) throws {
    let repository = try TemporaryRepository()
    try repository.write(text, to: "dver.yaml")
    for arguments in [["list"], ["list", "--all", "--fail"], ["list", "--resolved", "--json"]] {
      let result = try repository.dverCommand(["stage"] + arguments).run().requireStatus(2)
      #expect(result.standardOutput.isEmpty)
      #expect(result.standardError.contains(message), "\(arguments): \(result.standardError)")
    }
  }

  @Test func refusesOptionsThatSayNothing() throws {
    let repository = try repository()
    for arguments in [
      ["--resolved"], ["--resolved", "--json", "--all"], ["--resolved", "--json", "bare"],
      ["--all", "bare"],
    ] {
      try repository.dverCommand(["stage", "list"] + arguments).run().requireStatus(64)
    }
    try repository.dver("stage", "list", "nothing").requireStatus(2)
    try repository.remove("dver.yaml")
    let missing = try repository.dver("stage", "list").requireStatus(2)
    #expect(missing.standardError.contains("dver.yaml does not exist"))
  }
}
