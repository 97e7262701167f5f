import TestSupport
import Testing

/// Groups and templates in the commands that work with stages.
@Suite struct TemplatedPipelineTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("models: {us: 1, uk: 2}\nother: 5\n", to: "params.yaml")
    try repository.write(
      """
      stages:
        build:
          foreach: ${models}
          do:
            cmd: echo ${item} > ${key}.txt
            outs: ['${key}.txt']
        join:
          cmd: cat us.txt uk.txt > all.txt
          deps: [us.txt, uk.txt]
          outs: [all.txt]

      """, to: "dver.yaml")
    try repository.write(
      "stages:\n  last: {cmd: cp ../all.txt copy, deps: [../all.txt], outs: [copy]}\n",
      to: "sub/dver.yaml")
    return repository
  }

  @Test func membersAreStagesOfTheirOwn() throws {
    let repository = try repository()
    try repository.dver("repro", "build@us").requireSuccess()
    #expect(try repository.readText("us.txt") == "1\n")
    #expect(!repository.exists("uk.txt"))
    try repository.dver("repro", "build").requireSuccess()
    let lock = try repository.readText("dver.lock")
    #expect(lock.contains("  build@us:\n    # run "))
    #expect(lock.contains("\n    cmd: echo 1 > us.txt\n    outs:\n    - path: us.txt\n"))
    // What fills in templates is no parameter of the stage.
    #expect(!lock.contains("params"))
    try repository.dver("repro", "-P").requireSuccess()
    #expect(try repository.readText("sub/copy") == "1\n2\n")
    #expect(try repository.dver("status", "--json").standardOutput == "{}\n")
  }

  @Test func aChangedValueMakesItsMemberStale() throws {
    let repository = try repository()
    try repository.dver("repro", "-P").requireSuccess()
    try repository.write("models: {us: 1, uk: 3}\nother: 6\n", to: "params.yaml")
    #expect(
      try repository.dver("status", "--json", "build").standardOutput
        == #"{"build@uk": ["changed command"]}"# + "\n")
    try repository.dver("repro", "sub/dver.yaml").requireSuccess()
    #expect(try repository.readText("sub/copy") == "1\n3\n")
  }

  @Test func targetsNameMembersGroupsAndFiles() throws {
    let repository = try repository()
    for target in [
      "build@us", "build", "dver.yaml", "dver.yaml:build", "./dver.yaml:join", "us.txt",
    ] {
      try repository.dver("status", target).requireSuccess()
      try repository.dver("dag", target).requireSuccess()
      try repository.dver("repro", "--dry", target).requireSuccess()
    }
    #expect(
      try repository.dver("dag", "--dot", "--collapse", "sub/dver.yaml:last").requireSuccess()
        .standardOutput.contains(#""build" -> "join""#))
    try repository.dver("repro", "build@fr").requireStatus(2)
    try repository.dver("--cd", "sub", "repro", "last").requireSuccess()
    try repository.remove("us.txt")
    try repository.dver("checkout", "build@us").requireSuccess()
    #expect(try repository.readText("us.txt") == "1\n")
    try repository.write("by hand\n", to: "uk.txt")
    try repository.dver("commit", "-f", "build@uk").requireSuccess()
    #expect(try repository.dver("status", "--json", "build").standardOutput == "{}\n")
  }

  @Test func revisionsHaveTheirOwnParameters() throws {
    let repository = try repository()
    try repository.dver("repro", "-P").requireSuccess()
    try repository.commitAll()
    try repository.write("models: {us: 1, fr: 9}\n", to: "params.yaml")
    try repository.write(
      try repository.readText("dver.yaml").replacing("uk.txt", with: "fr.txt"), to: "dver.yaml")
    try repository.dver("repro", "-P").requireSuccess()
    let diff = try repository.dver("diff", "--json").requireSuccess().standardOutput
    #expect(diff.contains(#""added": [{"path": "fr.txt"}]"#))
    #expect(diff.contains(#""deleted": [{"path": "uk.txt"}]"#))
  }

  @Test func aBrokenParameterFileIsNamed() throws {
    let repository = try repository()
    try repository.write("models: {us: 1\n", to: "params.yaml")
    for arguments in [["repro"], ["status"], ["dag"], ["stage", "list"]] {
      let result = try repository.dverCommand(arguments).run().requireStatus(2)
      #expect(result.standardError.contains("params.yaml:2:1"))
    }
  }

  /// As in DVC: that it is new does not depend on what it holds.
  @Test func aBrokenParameterFileOfAStageThatNeverRanIsNew() throws {
    let repository = try TemporaryRepository()
    try repository.write("a: 1\n", to: "p.toml")
    try repository.write("in\n", to: "in")
    try repository.write(
      "stages:\n  s: {cmd: cp in o, deps: [in], params: [p.toml: [a]], outs: [o]}\n",
      to: "dver.yaml")
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(
      status.standardOutput
        == #"{"s": [{"changed deps": {"in": "modified", "p.toml": "new"}}, "#
        + #"{"changed outs": {"o": "deleted"}}]}"# + "\n")
    #expect(status.standardError.contains("WARNING: p.toml:1:"))
    try repository.dver("repro").requireStatus(3)
    try repository.write("a = 1\n", to: "p.toml")
    try repository.dver("repro").requireSuccess()
    try repository.write("a: 1\n", to: "p.toml")
    try repository.dver("status").requireStatus(2)
  }

  @Test func theEnvironmentOfAStageIsRecorded() throws {
    let repository = try TemporaryRepository()
    func define(_ value: String) throws {
      try repository.write(
        "stages:\n  s:\n    cmd: echo $GREETING $HOME > o\n"
          + "    env: {GREETING: \(value), HOME: /nowhere}\n    outs: [o]\n", to: "dver.yaml")
    }
    try define("hello")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o") == "hello /nowhere\n")
    #expect(
      try repository.readText("dver.lock").contains(
        "    env:\n      GREETING: hello\n      HOME: /nowhere\n    outs:\n"))
    #expect(try repository.dver("status", "--json").standardOutput == "{}\n")
    try define("bye")
    #expect(
      try repository.dver("status", "--json").standardOutput
        == #"{"s": [{"changed env": {"GREETING": "modified"}}]}"# + "\n")
    let why = try repository.dver("status", "--why").requireSuccess().standardOutput
    #expect(why.contains(#"variable GREETING changed from "hello" to "bye""#))
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o") == "bye /nowhere\n")
  }

  @Test func readsParametersInEveryFormat() throws {
    let repository = try TemporaryRepository()
    try repository.write("[t]\na = 1\n", to: "p.toml")
    try repository.write("class C:\n  b = 2\n", to: "p.py")
    try repository.write("{\"c\": 3}\n", to: "p.json")
    try repository.write("d: 4\n", to: "params.yaml")
    try repository.write(
      "stages:\n  s:\n    cmd: echo x > o\n    outs: [o]\n"
        + "    params: [p.toml: [t.a], p.py: [C.b], p.json: [c], d]\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    #expect(
      try repository.readText("dver.lock").contains(
        "    params:\n      params.yaml:\n        d: 4\n      p.json:\n        c: 3\n"
          + "      p.py:\n        C.b: 2\n      p.toml:\n        t.a: 1\n"))
    try repository.write("class C:\n  b = 4\n", to: "p.py")
    #expect(
      try repository.dver("status", "--json").standardOutput
        == #"{"s": [{"changed deps": {"p.py": {"C.b": "modified"}}}]}"# + "\n")
  }
}
