import TestSupport
import Testing

@Suite struct StageAddTests {
  private func repository(_ text: String? = nil) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    if let text { try repository.write(text, to: "dver.yaml") }
    return repository
  }

  @Test func whatGitTracksIsNoOutput() throws {
    let repository = try repository()
    try repository.write("1\n", to: "o")
    try repository.write("1\n", to: "d/x")
    try repository.git("add", "o", "d").requireSuccess()
    for output in ["o", "d", "d/x"] {
      let refused = try repository.dver("stage", "add", "-n", "s", "-o", output, "true")
        .requireStatus(2)
      #expect(refused.standardError.contains("\(output) is tracked by git"))
    }
    #expect(!repository.exists("dver.yaml"))
    try repository.dver("stage", "add", "-n", "s", "-O", "o", "true").requireSuccess()
  }

  /// They would be there on this machine alone.
  @Test func absolutePathsInsideOfTheWorkspaceAreWrittenRelative() throws {
    let repository = try repository()
    try repository.write("1\n", to: "s/in")
    try repository.write("p: 1\n", to: "s/p.yaml")
    let root = repository.path
    try repository.dver(
      "stage", "add", "-n", "a", "-w", "\(root)/s", "-d", "\(root)/s/in", "-d", "/etc/hostname",
      "-o", "\(root)/o", "-M", "\(root)/s/m.json", "-p", "\(root)/s/p.yaml:p", "true"
    ).requireSuccess()
    #expect(
      try repository.readText("dver.yaml") == """
        stages:
          a:
            cmd: 'true'
            wdir: s
            deps:
            - /etc/hostname
            - in
            params:
            - p.yaml:
              - p
            outs:
            - ../o
            metrics:
            - m.json:
                cache: false

        """)
    try repository.dver("stage", "add", "-n", "b", "-w", ".", "true").requireSuccess()
    #expect(!(try repository.readText("dver.yaml").contains("wdir: .\n")))
    try repository.write(
      "stages: {a: {cmd: 'true', wdir: \(root)/s, outs: [o]}}\n", to: "dver.yaml")
    let refused = try repository.dver("status").requireStatus(2)
    #expect(refused.standardError.contains("the wdir of 'a' is \(root)/s"))
  }

  /// There `on` is true and `0644` is octal, so what is added must not look like that.
  @Test func aFileInTheOldYAMLIsReadAndChangedByItsRules() throws {
    let repository = try repository(
      "%YAML 1.1\n---\nstages:\n  a:\n    cmd: echo 1 >o\n    frozen: no\n    always_changed: yes\n"
        + "    outs:\n    - o\n")
    try repository.dver("stage", "add", "-n", "b", "-d", "0644", "--desc", "yes", "on")
      .requireSuccess()
    try repository.dver("freeze", "a").requireSuccess()
    #expect(
      try repository.readText("dver.yaml") == """
        %YAML 1.1
        ---
        stages:
          a:
            cmd: echo 1 >o
            frozen: true
            always_changed: yes
            outs:
            - o
          b:
            desc: 'yes'
            cmd: 'on'
            deps:
            - '0644'

        """)
    let resolved = try repository.dver("stage", "list", "--resolved", "--json").requireSuccess()
    #expect(resolved.standardOutput.contains(#""always_changed": true"#))
    try repository.dver("remove", "b").requireSuccess()
    #expect(try repository.readText("dver.yaml").hasSuffix("    - o\n"))
  }

  @Test func aStageThatAnAliasWouldChangeIsLeft() throws {
    for text in [
      "stages:\n  a: &x {cmd: one}\n  s: &x {cmd: two}\n  t: *x\n",
      "stages:\n  a:\n    cmd: &c one\n  s:\n    cmd: &c two\n  t:\n    cmd: *c\n",
    ] {
      let repository = try repository(text)
      for arguments in [["stage", "add", "-f", "-n", "s", "new"], ["remove", "s"]] {
        let result = try repository.dverCommand(arguments).run().requireStatus(2)
        #expect(result.standardError.contains("stages.t would change with it"))
      }
      #expect(try repository.readText("dver.yaml") == text)
    }
  }

  @Test func writesAllThatTheOptionsSay() throws {
    let repository = try repository()
    let result = try repository.dver(
      "stage", "add", "-n", "train", "-d", "in", "-d", "a", "-p", "lr,train.x", "-p", "b",
      "-p", "f.json:z,y", "-p", "whole.toml:", "-o", "out", "-O", "kept", "--outs-persist", "pp",
      "--outs-persist-no-cache", "pn", "-m", "m", "-M", "n.json", "--plots", "p.csv",
      "--plots-no-cache", "q.csv", "-w", ".", "--always-changed", "--desc", "what: it does",
      "python", "train.py", "-o", "x y", "--lr", ""
    ).requireSuccess()
    #expect(result.standardError == "Added stage 'train' to dver.yaml\n")
    #expect(
      try repository.readText("dver.yaml") == """
        stages:
          train:
            desc: 'what: it does'
            cmd: python train.py -o "x y" --lr ""
            deps:
            - a
            - in
            params:
            - b
            - lr
            - train.x
            - f.json:
              - y
              - z
            - whole.toml:
            outs:
            - kept:
                cache: false
            - out
            - pn:
                cache: false
                persist: true
            - pp:
                persist: true
            metrics:
            - m
            - n.json:
                cache: false
            plots:
            - p.csv
            - q.csv:
                cache: false
            always_changed: true

        """)
    #expect(try repository.readText(".gitignore") == "/out\n/pp\n/m\n/p.csv\n")
    #expect(
      try repository.git("diff", "--cached", "--name-only").requireSuccess().lines.sorted()
        .contains("dver.yaml"))
  }

  @Test func aWordThatLooksLikeAnOptionIsNoCommand() throws {
    let repository = try repository()
    let result = try repository.dver("stage", "add", "-n", "y", "--otus", "o", "echo", "hi")
      .requireStatus(64)
    #expect(result.standardError.contains("there is no option '--otus', did you mean '--outs'?"))
    #expect(!repository.exists("dver.yaml"))
    try repository.dver("stage", "add", "-n", "y", "--", "-x", "hi").requireSuccess()
    #expect(try repository.readText("dver.yaml").contains("cmd: -x hi\n"))
  }

  @Test func printsADocument() throws {
    let repository = try repository()
    let result = try repository.dver("stage", "add", "-n", "y", "--json", "echo hi")
      .requireSuccess()
    #expect(result.standardOutput == "{\"stage\": \"y\", \"file\": \"dver.yaml\"}\n")
  }

  @Test func keepsCommentsAndOrder() throws {
    let repository = try repository(
      "# top\nstages:\n  b: {cmd: x} # flow\n\n  # about a\n  a:\n    cmd: y\n\nmetrics: [m.json]\n"
    )
    try repository.dver("stage", "add", "-n", "c", "-o", "o", "echo ${HOME} && ls").requireStatus(2)
    try repository.dver("stage", "add", "-n", "c", "-o", "o", "echo $HOME && ls").requireSuccess()
    #expect(
      try repository.readText("dver.yaml")
        == "# top\nstages:\n  b: {cmd: x} # flow\n\n  # about a\n  a:\n    cmd: y\n  c:\n"
        + "    cmd: echo $HOME && ls\n    outs:\n    - o\n\nmetrics: [m.json]\n")
  }

  @Test(arguments: [
    "vars: [{a: 1}]\n", "stages:\nvars: [{a: 1}]\n", "vars: [{a: 1}]\nstages: {}\n", "",
  ])
  func makesWhatIsMissing(text: String) throws {
    let repository = try repository(text)
    try repository.dver("stage", "add", "-n", "s", "x").requireSuccess()
    #expect(
      try repository.dver("stage", "list", "--name-only").requireSuccess().standardOutput == "s\n")
    #expect(
      try repository.readText("dver.yaml").contains("vars: [{a: 1}]\n") == !text.isEmpty)
  }

  @Test func replacesByForceAndKeepsNotes() throws {
    let repository = try repository(
      "stages:\n  s:\n    # note\n    cmd: old   # why\n    desc: said\n    meta: {k: v}\n"
        + "    frozen: true\n    deps: [a]\n    outs:\n    - o\n  t: {foreach: [1], do: {cmd: x}}\n"
    )
    let refused = try repository.dver("stage", "add", "-n", "s", "new").requireStatus(2)
    #expect(refused.standardError.contains("dver.yaml has a stage 's' already"))
    #expect(refused.standardError.contains("use -f"))
    try repository.dver("stage", "add", "-n", "t", "new").requireStatus(2)
    try repository.dver("stage", "add", "-f", "-n", "s", "-d", "b", "old").requireSuccess()
    #expect(
      try repository.readText("dver.yaml")
        == "stages:\n  s:\n    # note\n    cmd: old   # why\n    desc: said\n    meta: {k: v}\n"
        + "    deps:\n    - b\n  t: {foreach: [1], do: {cmd: x}}\n")
    try repository.dver("stage", "add", "-f", "-n", "t", "new").requireSuccess()
    #expect(try repository.readText("dver.yaml").hasSuffix("    - b\n  t:\n    cmd: new\n"))
  }

  @Test(arguments: [
    "# top\nstages: {}  # my note\n", "# top\nstages:  # my note\n",
    "# top\nstages: null  # my note",
  ])
  func theCommentBehindNoStagesStays(_ text: String) throws {
    let repository = try repository(text)
    try repository.dver("stage", "add", "-n", "b", "echo").requireSuccess()
    #expect(
      try repository.readText("dver.yaml")
        == "# top\nstages:  # my note\n  b:\n    cmd: echo\n")
  }

  @Test(arguments: ["", "stages: {}\n", "stages:\n  b: {foreach: [1], do: {cmd: x}}\n"])
  func aByteOrderMarkStays(_ text: String) throws {
    let repository = try repository("\u{feff}" + text)
    try repository.dver("stage", "add", "-f", "-n", "b", "echo").requireSuccess()
    #expect(
      try repository.readText("dver.yaml") == "\u{feff}stages:\n  b:\n    cmd: echo\n")
  }

  @Test func commentsInListsStay() throws {
    let repository = try repository(
      """
      stages:
        s:
          cmd: cp foo bar   # copies
          deps:
          # the first
          - b   # b
          - d
          # the last
          - f   # f
          outs:
          # comments are preserved
          - bar
          meta:
            name: meta is preserved too

      """)
    try repository.dver(
      "stage", "add", "-f", "-n", "s", "-d", "a", "-d", "b", "-d", "e", "-d", "f", "-d", "g",
      "-o", "bar1", "cp foo1 bar1"
    ).requireSuccess()
    #expect(
      try repository.readText("dver.yaml") == """
        stages:
          s:
            cmd: cp foo1 bar1   # copies
            deps:
            # the first
            - b   # b
            - e
            - a
            # the last
            - f   # f
            - g
            outs:
            # comments are preserved
            - bar1
            meta:
              name: meta is preserved too

        """)
    try repository.dver(
      "stage", "add", "-f", "-n", "s", "-d", "f", "-d", "v", "-d", "w", "-d", "x", "-d", "y",
      "-d", "z", "-o", "bar1", "cp foo1 bar1"
    ).requireSuccess()
    let text = try repository.readText("dver.yaml")
    for comment in ["# copies", "# the first", "# the last", "# f", "# comments are preserved"] {
      #expect(text.contains(comment))
    }
    try repository.dver("stage", "add", "-f", "-n", "s", "-d", "f", "x").requireSuccess()
    #expect(
      try repository.readText("dver.yaml").contains(
        "    deps:\n    # the first\n    # the last\n    - f   # f\n    meta:"))
  }

  @Test func aDependencyThatIsGivenTwiceIsRefused() throws {
    let repository = try repository()
    let result = try repository.dver("stage", "add", "-n", "s", "-d", "a", "-d", "a", "x")
      .requireStatus(64)
    #expect(result.standardError.contains("the dependency a is given twice"))
  }

  @Test func refusesWhatCouldNotRun() throws {
    let text = "stages:\n  s: {cmd: x, deps: [in], outs: [out, d/e]}\n"
    let repository = try repository(text)
    try repository.write("1\n", to: "data")
    try repository.dver("add", "data").requireSuccess()
    let cases: [([String], String)] = [
      (["-n", "t", "-o", "out", "x"], "out is an output of both stage 's' and stage 't'"),
      (["-n", "t", "-o", "d", "x"], "overlaps"), (["-n", "t", "-o", "data", "x"], "data.dver"),
      (["-n", "t", "-d", "out", "-o", "in", "x"], "in a circle"),
      (["-n", "t", "-d", "a", "-o", "a", "x"], "depends on its own output"),
      (["-n", "t", "-o", "a", "-M", "a", "x"], "has the output a already"),
      (["-n", "t.u", "x"], "must not hold '.'"), (["-n", "t@u", "x"], "must not hold '@'"),
      (["-n", "t/u", "x"], "must not hold '/'"),
      (["-n", "t", "-o", "../a", "x"], "outside of the workspace"),
      (["-n", "t", "-w", "nowhere", "x"], "nowhere is no folder"),
      (["-n", "t", "-o", "${nope}", "x"], "'nope' is not defined"),
    ]
    for (arguments, message) in cases {
      let result = try repository.dverCommand(["stage", "add"] + arguments).run().requireStatus(2)
      #expect(result.standardError.contains(message), "\(arguments): \(result.standardError)")
      #expect(try repository.readText("dver.yaml") == text)
    }
    try repository.dver("stage", "add", "-n", "t").requireStatus(64)
    try repository.dver("stage", "add", "x").requireStatus(64)
  }

  @Test func runsAtOnce() throws {
    let repository = try repository()
    try repository.dver("stage", "add", "-n", "s", "--run", "-o", "o", "echo 1 > o")
      .requireSuccess()
    #expect(try repository.readText("o") == "1\n")
    #expect(try repository.readText("dver.lock").contains("cmd: echo 1 > o"))
    try repository.dver("stage", "add", "-n", "f", "--run", "exit 3").requireStatus(3)
    #expect(try repository.readText("dver.yaml").contains("  f:\n    cmd: exit 3\n"))
  }

  @Test func worksInASubfolder() throws {
    let repository = try repository()
    try repository.makeDirectory("sub/w")
    let result = try repository.dver(
      "--cd", "sub", "stage", "add", "-n", "s", "-w", "w", "-o", "o", "echo 1 > o"
    )
    .requireSuccess()
    #expect(result.standardError == "Added stage 's' to dver.yaml\n")
    #expect(try repository.readText("sub/w/.gitignore") == "/o\n")
    try repository.dver("repro", "sub/dver.yaml:s").requireSuccess()
    #expect(try repository.readText("sub/w/o") == "1\n")
  }

  @Test func aFileInBracesTakesStages() throws {
    let repository = try repository("{stages: {a: {cmd: x, desc: said, deps: [b]}}, vars: []}\n")
    try repository.dver(
      "stage", "add", "-n", "t", "-d", "in: 1", "-p", "lr", "-p", "f.json:", "-O", "o",
      "echo {1,2}"
    ).requireSuccess()
    let added =
      "t: {cmd: 'echo {1,2}', deps: ['in: 1'], params: [lr, {f.json: null}], "
      + "outs: [{o: {cache: false}}]}"
    #expect(
      try repository.readText("dver.yaml")
        == "{stages: {a: {cmd: x, desc: said, deps: [b]}, \(added)}, vars: []}\n")
    try repository.dver("stage", "add", "-f", "-n", "a", "y").requireSuccess()
    #expect(
      try repository.readText("dver.yaml")
        == "{stages: {a: {cmd: y, desc: said}, \(added)}, vars: []}\n")
    let empty = "{vars: [{v: 1}]}\n"
    try repository.write(empty, to: "dver.yaml")
    try repository.dver("stage", "add", "-n", "a", "y").requireSuccess()
    #expect(
      try repository.readText("dver.yaml") == "{vars: [{v: 1}], stages: {a: {cmd: y}}}\n")
  }

  @Test func aStageWithAnAnchorIsEditedWhereNothingElseChanges() throws {
    let repository = try repository("stages:\n  a: &anc   # first\n    cmd: x\n    deps: [b]\n")
    try repository.dver("stage", "add", "-f", "-n", "a", "y").requireSuccess()
    try repository.dver("freeze", "a").requireSuccess()
    #expect(
      try repository.readText("dver.yaml")
        == "stages:\n  a: &anc   # first\n    cmd: y\n    frozen: true\n")
    let text = "stages:\n  a: &anc\n    cmd: x\n  b: *anc\n  c:\n    <<: *anc\n    deps: [d]\n"
    try repository.write(text, to: "dver.yaml")
    try repository.dver("stage", "add", "-f", "-n", "a", "y").requireStatus(2)
    #expect(try repository.readText("dver.yaml") == text)
    for name in ["b", "c"] {
      try repository.dver("stage", "add", "-f", "-n", name, "y").requireSuccess()
    }
    #expect(
      try repository.readText("dver.yaml")
        == "stages:\n  a: &anc\n    cmd: x\n  b:\n    cmd: y\n  c:\n    cmd: y\n")
  }
}
