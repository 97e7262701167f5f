import TestSupport
import Testing

/// Small commands around a workspace.
@Suite struct UpkeepTests {
  @Test func rootIsTheWayUp() throws {
    let repository = try TemporaryRepository()
    try repository.makeDirectory("a/b")
    #expect(try repository.dver("root").requireSuccess().standardOutput == ".\n")
    #expect(try repository.dver("root", in: "a/b").requireSuccess().standardOutput == "../..\n")
    #expect(try repository.dver("root", "--cd", "a").requireSuccess().standardOutput == "..\n")
    let json = try repository.dver("root", "--json", in: "a").requireSuccess()
    #expect(json.standardOutput == #"{"root": "..", "path": "\#(repository.path)"}"# + "\n")
    let outside = try TemporaryRepository(.emptyDirectory)
    try outside.dver("root").requireStatus(2)
  }

  @Test func versionsArePrinted() throws {
    let repository = try TemporaryRepository(.emptyDirectory)
    let number = try repository.dver("--version").requireSuccess().lines[0]
    #expect(try repository.dver("version").requireSuccess().lines == ["dver \(number)"])
    let all = try repository.dver("version", "-v").requireSuccess().standardOutput
    for name in ["platform", "libgit2", "libcrypto", "zlib", "libyaml"] {
      #expect(all.contains("\n\(name): "))
    }
    let json = try repository.dver("version", "--json").requireSuccess().standardOutput
    #expect(json.hasPrefix(#"{"version": "\#(number)", "platform": "#))
  }

  @Test func destroyingNeedsForceAndKeepsData() throws {
    let repository = try TemporaryRepository()
    try repository.write("[cache]\n\ttype = symlink\n", to: ".dver/config.local")
    try repository.write("1\n", to: "sub/d/x")
    try repository.write("2\n", to: "a")
    try repository.write("stages: {}\n", to: "p/dver.yaml")
    try repository.dver("add", "sub/d", "a").requireSuccess()
    try repository.commitAll()
    let before = try repository.tree()
    let refused = try repository.dver("destroy").requireStatus(2)
    #expect(refused.standardError.contains("hint: use 'dver destroy -f'"))
    #expect(
      try repository.tree().filter { !$0.description.contains("state") }.map(\.path)
        == before.filter { !$0.description.contains("state") }.map(\.path))
    try repository.dver("destroy", "-f").requireSuccess()
    #expect(
      try repository.files() == [".dverignore", ".gitignore", "a", "sub/.gitignore", "sub/d/x"])
    #expect(try repository.readText("a") == "2\n")
    #expect(try repository.readText("sub/d/x") == "1\n")
    let staged = try repository.git("ls-files").lines
    #expect(staged == [".dverignore", ".gitignore", "sub/.gitignore"])
    try repository.dver("status").requireStatus(2)
  }

  @Test func aCacheThatOthersUseIsNotDestroyed() throws {
    let (host, guest) = (try TemporaryRepository(), try TemporaryRepository())
    try host.write("1\n", to: "a")
    try host.dver("add", "a").requireSuccess()
    try guest.dver("cache", "dir", "\(host.path)/.dver/cache").requireSuccess()
    try guest.dver("config", "cache.type", "symlink").requireSuccess()
    try guest.write("2\n", to: "b")
    try guest.dver("add", "b").requireSuccess()
    let project = try #require(try host.shell("ls .dver/cache/names").lines.first)
    for arguments in [["destroy"], ["destroy", "-f"]] {
      let refused = try host.dverCommand(arguments).run().requireStatus(2)
      #expect(refused.standardError.contains("other projects: \(project) (with b,"))
    }
    #expect(host.exists("a.dver"))
    #expect(try guest.readText("b") == "2\n")
    try host.dver("gc", "--forget", project, "-f").requireSuccess()
    try host.dver("destroy", "-f").requireSuccess()
    #expect(try host.readText("a") == "1\n")
  }

  @Test(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
  func destroyingCanBeFinished() throws {
    try forEachFault(
      actions: [.kill], stride: 3,
      prepare: {
        let repository = try TemporaryRepository()
        try repository.write("[cache]\n\ttype = symlink\n", to: ".dver/config.local")
        try repository.write("1\n", to: "d/x")
        try repository.dver("add", "d").requireSuccess()
        return repository
      },
      command: { try $0.dverCommand(["destroy", "-f"]) },
      check: { repository, _, _ in
        if repository.exists(".dver") { try repository.dver("destroy", "-f").requireSuccess() }
        guard try repository.readText("d/x") == "1\n", !repository.exists("d.dver"),
          !repository.exists(".dver")
        else { throw SupportError("not destroyed, or too much") }
      })
  }

  @Test func completionScriptsParse() throws {
    let repository = try TemporaryRepository()
    for shell in ["bash", "zsh", "fish"] {
      let script = try repository.dver("completion", shell).requireSuccess().standardOutput
      #expect(script.contains("checkout"))
      #expect(!script.contains("git-hook"))
      try repository.write(script, to: "script")
      guard try repository.shell("command -v \(shell)").status == .exited(0) else { continue }
      try repository.shell("\(shell) -n script").requireSuccess()
    }
    try repository.dver("completion", "csh").requireStatus(64)
  }

  @Test func trackedPathsThatAreNotInPlaceComplete() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/images/x")
    try repository.write("1\n", to: "data/idle")
    try repository.dver("add", "data/images").requireSuccess()
    try repository.remove("data/images")
    let result = try repository.dver(
      "---completion", "checkout", "--", "positional@0", "2", "6", "dver", "checkout", "data/i")
    #expect(try result.requireSuccess().lines == ["data/idle", "data/images.dver", "data/images/"])
  }
}
