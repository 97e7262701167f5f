import TestSupport
import Testing

@Suite struct CheckIgnoreTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("*.log\n!keep.log\n# c\ndir/\n/foo/*\n!/foo/bar\n", to: ".dverignore")
    try repository.write("inner\n!x.log\n", to: "sub/.dverignore")
    return repository
  }

  @Test func printsIgnoredPaths() throws {
    let repository = try repository()
    let result = try repository.dver("check-ignore", "x.log", "keep.log", "plain").requireSuccess()
    #expect(result.standardOutput == "x.log\n")
    #expect(try repository.dver("check-ignore", "keep.log").requireStatus(1).standardOutput == "")
    let quiet = try repository.dver("check-ignore", "-q", "x.log").requireSuccess()
    #expect(quiet.standardOutput + quiet.standardError == "")
    try repository.dver("check-ignore", "-q", "plain").requireStatus(1)
    try repository.dver("check-ignore", "-q", ".dver").requireSuccess()
    try repository.dver("check-ignore", "../x.log").requireStatus(1)
  }

  @Test func detailsNameTheRule() throws {
    let repository = try repository()
    for (path, output) in [
      ("x.log", ".dverignore:1:*.log\tx.log\n"),
      ("keep.log", ".dverignore:2:!keep.log\tkeep.log\n"),
      ("dir/foo/x", ".dverignore:4:dir/\tdir/foo/x\n"),
      ("dir/", ".dverignore:4:dir/\tdir/\n"),
      ("sub/inner/a", "sub/.dverignore:1:inner\tsub/inner/a\n"),
      ("sub/x.log", "sub/.dverignore:2:!x.log\tsub/x.log\n"),
    ] {
      let result = try repository.dver("check-ignore", "-d", path)
      #expect(try result.requireSuccess().standardOutput == output)
    }
    let all = try repository.dver("check-ignore", "-d", "-a", "keep.log").requireSuccess()
    #expect(all.lines == [".dverignore:1:*.log\tkeep.log", ".dverignore:2:!keep.log\tkeep.log"])
    let others = try repository.dver("check-ignore", "-dn", "plain", "x.log").requireSuccess()
    #expect(others.lines == ["::\tplain", ".dverignore:1:*.log\tx.log"])
    let none = try repository.dver("check-ignore", "-d", "-n", "plain").requireStatus(1)
    #expect(none.standardOutput == "::\tplain\n")
  }

  @Test func pathsCountFromTheCurrentFolder() throws {
    let result = try repository().dver("check-ignore", "-d", "../y.log", in: "sub")
    #expect(try result.requireSuccess().standardOutput == ".dverignore:1:*.log\t../y.log\n")
  }

  @Test func pathsComeFromStandardInputToo() throws {
    let repository = try repository()
    let result = try repository.dver(
      "check-ignore", "--stdin", in: "", input: "x.log\nplain\n\ny.log")
    #expect(try result.requireSuccess().standardOutput == "x.log\ny.log\n")
    try repository.dver("check-ignore", "--stdin", in: "", input: "").requireStatus(1)
    // Whoever waits for each answer gets it.
    let answers = try repository.shell(
      """
      mkfifo in out
      \(try BuiltProducts.dver()) check-ignore --stdin <in >out &
      exec 3>in 4<out
      for path in x.log y.log; do echo $path >&3; read answer <&4; echo "got $answer"; done
      """
    ).requireSuccess()
    #expect(answers.lines == ["got x.log", "got y.log"])
  }

  @Test func anInputThatCannotBeReadIsAnError() throws {
    let repository = try repository()
    for option in ["-n -d", "--json"] {
      let result = try repository.shell(
        "\(try BuiltProducts.dver()) check-ignore --stdin \(option) <.")
      #expect(try result.requireStatus(2).standardError.contains("cannot read standard input"))
    }
    try repository.shell("\(try BuiltProducts.dver()) git-hook push-commits origin <.")
      .requireStatus(2)
  }

  @Test func printsOneDocument() throws {
    let result = try repository().dver("check-ignore", "--json", "x.log", "plain").requireSuccess()
    #expect(
      result.standardOutput
        == #"[{"path": "x.log", "ignored": true, "rules": [".dverignore:1:*.log"]}, "#
        + #"{"path": "plain", "ignored": false, "rules": []}]"# + "\n")
  }

  @Test func anotherWorkspaceIsIgnored() throws {
    let repository = try repository()
    try repository.makeDirectory("nested/.dver")
    let result = try repository.dver("check-ignore", "-d", "nested/foo").requireSuccess()
    #expect(result.standardOutput == "in sub_repo:nested\tnested/foo\n")
  }

  @Test func refusesWhatMakesNoSense() throws {
    let repository = try repository()
    for arguments in [["-n", "x"], ["-a", "x"], ["-d", "-q", "x"], ["--stdin", "x"], []] {
      var command = try repository.dverCommand(["check-ignore"] + arguments)
      command.standardInput = []
      try command.run().requireStatus(64)
    }
  }

  /// Git is asked the same questions about the same rules.
  @Test func agreesWithGit() throws {
    let repository = try repository()
    for folder in ["", "sub/"] {
      try repository.write(try repository.read("\(folder).dverignore"), to: "\(folder).gitignore")
    }
    let paths = [
      "x.log", "keep.log", "a/keep.log", "a/y.log", "dir/a", "a/dir/b", "foo/a", "foo/bar",
      "foo/bar/my", "sub/x.log", "sub/inner", "sub/a/inner/b", "plain",
    ]
    for path in paths {
      let git = try repository.git("check-ignore", "-q", path).status
      #expect(try repository.dver("check-ignore", "-q", path).status == git, "\(path)")
    }
  }

  /// What is ignored from now on is gone, and does not hide what is new.
  @Test func rulesThatChangeAreNoticedInKnownDirectories() throws {
    let repository = try TemporaryRepository()
    for name in ["a", "b.tmp"] { try repository.write(name, to: "data/\(name)") }
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
    try repository.write("*.tmp\n", to: ".dverignore")
    try repository.write("c", to: "data/c")
    try repository.dver("status", "-q").requireStatus(1)
    try repository.dver("add", "-q", "data").requireSuccess()
    let listed = try repository.dver("ls", "data").requireSuccess().standardOutput
    #expect(listed == "a\nc\n")
  }
}
