import TestSupport
import Testing

/// Pointers, locks and pipelines come from whoever made the commit: none may make dver write
/// outside of the workspace, into git's folder or into dver's own.
struct HostileInputTests {
  private static let evil = "#!/bin/sh\ntouch /tmp/hostile\n"

  /// A repository whose cache holds a hook, and the pointer's lines below `path`.
  private func repository() throws -> (TemporaryRepository, record: String) {
    let repository = try TemporaryRepository()
    try repository.write(Self.evil, to: "evil")
    try repository.chmod(0o755, "evil")
    try repository.dver("add", "-q", "evil").requireSuccess()
    let lines = try repository.readText("evil.dver").split(separator: "\n").dropFirst(2)
    try repository.remove("evil")
    try repository.remove("evil.dver")
    return (repository, lines.joined(separator: "\n") + "\n")
  }

  @Test(arguments: [
    ".git/hooks/pre-commit", ".git", ".GIT/hooks/x", "sub/.git/config", ".dver/config", ".dver",
    "../outside/x", "/tmp/x", "a/../../x", ".", "..", "\"a\\0b\"", "\"\\e[2J/../../x\"",
    "other.dver",
    "dver.yaml", ".gitignore", "''", "sub//../../x",
  ])
  func aPointerMayNotLeadThere(_ path: String) throws {
    let (repository, record) = try repository()
    try repository.write("outs:\n- path: \(path)\n\(record)", to: "t.dver")
    let before = try repository.tree(ignoring: ["state", "tmp"])
    for arguments in [["checkout", "-f"], ["status"], ["add", "t.dver"]] {
      let result = try repository.dverCommand(arguments).run()
      try result.requireStatus(2)
      try result.requireAnswer()
      #expect(result.standardError.contains("t.dver"))
      #expect(!result.standardErrorBytes.contains(0x1b))
    }
    #expect(try repository.tree(ignoring: ["state", "tmp"]) == before)
    #expect(try !repository.files(".git", ignoring: []).contains("hooks/pre-commit"))
    #expect(!repository.exists(repository.outside("x")))
  }

  @Test(arguments: [
    ".git/hooks/pre-commit", ".dver/config", "../outside/x", "/tmp/x", "a/../../x", ".",
  ])
  func aStageMayNotHaveThatOutput(_ path: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("stages: {a: {cmd: touch ran, outs: [\(path)]}}\n", to: "dver.yaml")
    for arguments in [["repro"], ["status"], ["checkout", "-f"]] {
      try repository.dverCommand(arguments).run().requireStatus(2)
    }
    #expect(!repository.exists("ran"))
  }

  @Test(arguments: [
    "../x", "/x", ".git/config", "sub/.git/hooks/x", ".dver/x", "a/../../x", "a//x",
  ])
  func aManifestMayNotNameThat(_ path: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.dver("add", "-q", "data").requireSuccess()
    let node = ".dver/manifests/data/+"
    let text = try repository.readText(node).replacing(" a\n", with: " \(path)\n")
    try repository.write(text, to: "node")
    let sum = try repository.shell("sha256sum < node | cut -c1-64").requireSuccess().lines[0]
    // The object store holds it too, so that the manifest is what its name says.
    let object = ".dver/cache/objects/\(sum.prefix(2))/\(sum.dropFirst(2))"
    try repository.write(text, to: object)
    try repository.write(text, to: node)
    let pointer = try repository.readText("data.dver")
    let old = try #require(pointer.firstMatch(of: /sha256: ([0-9a-f]{64})/)).1
    try repository.write(pointer.replacing(old, with: sum), to: "data.dver")
    for arguments in [["status"], ["checkout", "-f"]] {
      let result = try repository.dverCommand(arguments).run()
      try result.requireAnswer(from: 2...4)
    }
    #expect(try repository.readText("data/a") == "1\n")
    #expect(!repository.exists("data/.git"))
  }

  /// Another system may have longer names.
  @Test func aNameThatIsTooLongHoldsUpNothingElse() throws {
    let repository = try TemporaryRepository()
    for path in ["data/a", "data/b", "x"] { try repository.write("1\n", to: path) }
    try repository.dver("add", "-q", "data", "x").requireSuccess()
    let node = ".dver/manifests/data/+"
    let name = String(repeating: "b", count: 300)
    let text = try repository.readText(node).replacing(" b\n", with: " \(name)\n")
    try repository.write(text, to: "node")
    let sum = try repository.shell("sha256sum < node | cut -c1-64").requireSuccess().lines[0]
    try repository.write(text, to: ".dver/cache/objects/\(sum.prefix(2))/\(sum.dropFirst(2))")
    try repository.write(text, to: node)
    let pointer = try repository.readText("data.dver")
    let old = try #require(pointer.firstMatch(of: /sha256: ([0-9a-f]{64})/)).1
    try repository.write(pointer.replacing(old, with: sum), to: "data.dver")
    try repository.shell("rm -r data x").requireSuccess()
    let result = try repository.dver("checkout").requireStatus(2)
    #expect(result.standardError.contains("cannot create data/\(name): File name too long"))
    #expect(try repository.readText("data/a") == "1\n")
    #expect(try repository.readText("x") == "1\n")
  }

  @Test func checkoutWritesThroughNoLink() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/x")
    try repository.write("2\n", to: "tree/sub/b")
    try repository.dver("add", "-q", "data/x", "tree").requireSuccess()
    try repository.write("mine\n", to: repository.outside("b"))

    // The folder around a tracked file.
    let pointer = try repository.readText("data/x.dver")
    try repository.remove("data")
    try repository.symlink(repository.outside(""), at: "data")
    try repository.write(pointer.replacing("path: x", with: "path: data/x"), to: "x.dver")
    for arguments in [["checkout"], ["checkout", "-f"], ["checkout", "-f", "data/x"]] {
      let result = try repository.dverCommand(arguments).run().requireStatus(2)
      #expect(result.standardError.contains("below the symbolic link data"))
    }
    try repository.remove("x.dver")

    // A folder inside of a tracked one, and the tracked one itself.
    for path in ["tree/sub", "tree"] {
      try repository.remove(path)
      try repository.symlink(repository.outside(""), at: path)
      try repository.dver("checkout").requireAnswer()
      try repository.dver("checkout", "-f", "tree").requireSuccess()
      #expect(try repository.readText("tree/sub/b") == "2\n")
      #expect(try repository.entry("tree/sub").kind == .directory)
    }
    #expect(try repository.files("../outside") == ["b"])
    #expect(try repository.readText(repository.outside("b")) == "mine\n")
  }

  @Test func textsThatExplodeAreRefused() throws {
    let bomb = (1...9).reduce("a0: &a0 [x]\n") { text, level in
      let references = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
      return text + "a\(level): &a\(level) [\(references)]\n"
    }
    let deep = String(repeating: "[", count: 100_000)
    let texts = [bomb, deep, "\u{0}", "", "- ", "outs:\n- path: " + deep + "\n"]
    for name in ["x.dver", "dver.yaml"] {
      for text in texts {
        let repository = try TemporaryRepository()
        try repository.write(text, to: name)
        // An empty dver.yaml is a pipeline without stages.
        try repository.dver("status").requireAnswer()
        if name == "x.dver" { try repository.dver("checkout", "-f").requireStatus(2) }
      }
    }
  }

  @Test func aLongLineIsAnAnswer() throws {
    let repository = try TemporaryRepository()
    let long = String(repeating: "x", count: 10_000_000)
    try repository.write("stages: {a: {cmd: \"true #\(long)\"}}\n", to: "dver.yaml")
    try repository.dver("status", "-q").requireStatus(1)
    try repository.write("outs:\n- path: \(long)\n", to: "x.dver")
    try repository.dver("checkout").requireAnswer()
  }

  @Test func whatIsNoFileIsNoPointer() throws {
    for script in ["mkfifo x.dver", "ln -s /dev/zero x.dver", "ln -s /dev/zero .dverignore"] {
      let repository = try TemporaryRepository()
      try repository.remove(".dverignore")
      try repository.shell(script).requireSuccess()
      try repository.dver("status").requireAnswer(from: 2...2)
    }
  }

  /// A repository from elsewhere may bring links that lead out of it.
  @Test(arguments: [
    ".dver/manifests/d", ".dver/manifests/e", ".dver/tmp/failed", ".dver/state/aside",
    ".dver/state/kept", ".dver/state/logs",
  ])
  func linksAmongFilesOfDverLeadNobodyAstray(_ link: String) throws {
    let repository = try TemporaryRepository()
    for path in ["d/1", "e/f/1"] { try repository.write("1\n", to: path) }
    try repository.write(
      "stages:\n  s: {cmd: 'echo 1 > o; exit 1', outs: [o]}\n", to: "dver.yaml")
    try repository.dver("add", "-q", "d", "e/f").requireSuccess()
    let home = repository.outside("home")
    try repository.shell(
      "mkdir -p \(home)/f \(home)/s && echo thesis > \(home)/t && echo 1 > \(home)/f/t "
        + "&& echo 1 > \(home)/s/t && rm -rf \(link) && ln -s \(home) \(link)"
    ).requireSuccess()
    try repository.write("2\n", to: "d/2")
    for words in [
      ["add", "d", "e/f"], ["commit", "-f"], ["doctor", "--upgrade"], ["repro"], ["repro"],
      ["remove", "e/f.dver"], ["status"], ["gc", "-w", "-f"],
    ] {
      try repository.dverCommand(words).run().requireAnswer()
    }
    let left = try repository.shell("cd \(home) && find . -type f | sort").requireSuccess()
    #expect(left.lines == ["./f/t", "./s/t", "./t"])
  }

  @Test func anUnknownNeedOfTheStoreIsNamed() throws {
    let repository = try SmallCase.changed()
    let text = try repository.readText(".dver/cache/dver-store")
    try repository.chmod(0o644, ".dver/cache/dver-store")
    try repository.write(
      text.replacing("requires: []", with: "requires: [chunks9]"), to: ".dver/cache/dver-store")
    for arguments in [["add", "data"], ["checkout", "-f"]] {
      let result = try repository.dverCommand(arguments).run().requireStatus(2)
      #expect(result.standardError.contains("chunks9"))
    }
    #expect(try repository.readText("data/a") == "changed\n")
  }

  @Test(arguments: ["ln -s /etc/hostname", "mkdir", "mkfifo"])
  func anObjectMustBeAFile(_ maker: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("id\n1\n", to: "single.csv")
    try repository.dver("add", "-q", "single.csv").requireSuccess()
    try repository.shell(
      "f=$(find .dver/cache/objects -type f | head -1); rm -f \"$f\"; \(maker) \"$f\""
    ).requireSuccess()
    try repository.remove("single.csv")
    try repository.dver("checkout", "-f").requireStatus(4)
    #expect(!repository.exists("single.csv"))
    try repository.write("id\n1\n", to: "single.csv")
    try repository.dver("add", "single.csv").requireSuccess()
    try repository.requireTrueNames()
  }
}
