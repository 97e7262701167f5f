import TestSupport
import Testing

/// What is refused comes with a next step.
@Suite struct RefusalTests {
  @Test(arguments: [
    (["add", "."], ". is the workspace itself", "--glob"),
    (["add", ".dver"], ".dver belongs to dver or git", "another path"),
    (["add", ".dver-staging"], ".dver-staging belongs to dver or git", "another path"),
    (["add", "dver.yaml"], "dver.yaml is a file of dver itself", "git add"),
    (["add", "--glob", "z*"], "no path matches z*", "patterns"),
    (["add", "inner/data"], "inner/data belongs to another workspace, inner", "that folder"),
    (["move", "file", "inner/file"], "inner/file belongs to another workspace", "that folder"),
    (
      ["config", "unheard.of", "1"], "there is no option 'unheard.of'",
      "core, cache, gc, parsing, plots, remote.NAME and resources"
    ),
    (["config", "cache.type", "foo"], "'foo' is no value for cache.type", "man dver-config"),
    (["config", "core.lock_timeout", "x"], "'x' is no value for core.lock_timeout", "dver-config"),
    (["gc", "-w", "-f", "-p", "/no-such"], "/no-such, which -p names, is no folder", "project"),
    (["--cd", "/no-such", "status"], "/no-such, which --cd names, is no folder", "spelling"),
    (["config", "core"], "there is no option 'core'", "SECTION.OPTION"),
    (["remote", "add", "", "/x"], "a remote's name is one line", "a word"),
    (["remote", "add", "x", ""], "an empty path is no place for data", "name a folder"),
    (["move", "d", "d/s"], "d/s/d is inside d", "outside of it"),
    (["add", "-f", "-o", "d/q", "d"], "d/q is inside d", "outside of it"),
    (["add", "-o", "d/s/q", "d"], "d/s/q is inside d", "outside of it"),
  ])
  func refusalsSayWhatToDo(words: [String], message: String, hint: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("stages: {}\n", to: "dver.yaml")
    try repository.write("1\n", to: "file")
    try repository.write("1\n", to: "inner/data")
    try repository.dver("init", "-q", "--subdir", in: "inner").requireSuccess()
    try repository.write("1\n", to: "d/s/a")
    try repository.dver("add", "file", "d").requireSuccess()
    let result = try repository.dverCommand(words).run().requireStatus(2)
    let lines = result.standardError.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("dver: error: \(message)") == true)
    #expect(lines.last?.hasPrefix("hint: ") == true && lines.last?.contains(hint) == true)
  }

  @Test(arguments: [["add", "d/g"], ["add", "d"], ["commit", "-f"], ["commit", "-f", "d"]])
  func whatGitTracksInATrackedDirectoryIsRefused(words: [String]) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "d/a")
    try repository.dver("add", "d").requireSuccess()
    try repository.write("1\n", to: "d/g")
    try repository.git("add", "-f", "d/g").requireSuccess()
    let pointer = try repository.readText("d.dver")
    let result = try repository.dverCommand(words).run().requireStatus(2)
    #expect(result.standardError.contains("d/g is tracked by git"))
    #expect(result.standardError.contains("hint: run 'git rm -r --cached d/g'"))
    #expect(try repository.readText("d.dver") == pointer)
    try repository.write("d/g\n", to: ".dverignore")
    try repository.dver("add", "d").requireSuccess()
    #expect(try repository.readText("d.dver") == pointer)
  }

  @Test(arguments: [
    (
      "git init -q --object-format=sha256 new && cd new && dver init",
      "uses SHA-256 object names", "--object-format=sha1"
    ),
    ("printf '[core' > .dver/config.local; dver status", "config.local:1: ", "git-config(1)"),
    (
      "printf '[core]\\nautostage = x' > .dver/config.local; dver add file",
      "config.local:2: ", "dver config --local core.autostage VALUE"
    ),
  ])
  func whatGitRefusesComesWithAHint(script: String, message: String, hint: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "file")
    let dver = "dver() { '\(try BuiltProducts.dver())' \"$@\"; }\n"
    let result = try repository.shell(dver + script).requireStatus(2)
    #expect(result.standardError.contains(message))
    let hints = result.standardError.split(separator: "\n").filter { $0.hasPrefix("hint: ") }
    #expect(hints.contains { $0.contains(hint) })
  }

  /// Neither recorded nor there: a slip of the fingers is not "nothing to do".
  @Test(arguments: [
    ["checkout"], ["unprotect"], ["status"], ["diff", "--targets"],
    ["diff", "HEAD", "HEAD", "--targets"], ["commit", "-f"], ["verify"], ["push"], ["fetch"],
    ["pull"], ["add"], ["ls"], ["cat"], ["du"],
  ])
  func aMemberThatNeverWasIsNamed(words: [String]) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "d/a")
    try repository.write("1\n", to: "d/s/b")
    try repository.dver("remote", "add", "-d", "shared", "shared").requireSuccess()
    try repository.dver("add", "d").requireSuccess()
    try repository.dver("push").requireSuccess()
    try repository.commitAll()
    for member in ["d/nope", "d/s/nope", "d/a/nope"] {
      let result = try repository.dverCommand(words + [member]).run().requireStatus(2)
      #expect(
        result.standardError.contains("error: \(member) does not exist\nhint: check the spelling"))
    }
    guard words != ["add"], words != ["commit", "-f"] else { return }
    // What is recorded need not be there, and what is there need not be recorded.
    try repository.write("new\n", to: "d/new")
    try repository.remove("d/a")
    for member in ["d/new", "d/a"] where words != ["cat"] && words != ["ls"] {
      let result = try repository.dverCommand(words + [member]).run()
      #expect(!result.standardError.contains("does not exist"), "\(result.transcript)")
    }
  }

  /// All that speaks against a copy is found before anything is touched.
  @Test(arguments: [
    ".git", ".dver", ".dver/cache", ".dver/x", "dver.yaml", "j.dver", ".gitignore", "code",
    "nested", "linked", "out", "code/main.c", "../elsewhere",
  ])
  func aCopyReplacesNothingThatIsNoData(place: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("int main;\n", to: "code/main.c")
    try repository.write("stages: {s: {cmd: echo 1 > out, outs: [out]}}\n", to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.write("unsaved\n", to: "code/new.c")
    try repository.shell("mkdir nested && git init -q nested && echo 1 > nested/file")
      .requireSuccess()
    try repository.git("worktree", "add", "-q", "linked").requireSuccess()
    try repository.write("file\n", to: repository.outside("file"))
    try repository.write("file\n", to: repository.outside("folder/file"))
    let before = try repository.tree(".", ignoring: [])
    for source in ["file", "folder"] {
      // A file goes into a folder.
      if source == "file", ["code", "nested", "linked"].contains(place) { continue }
      let result = try repository.dver(
        "add", "-f", "-o", place, repository.outside(source)
      ).requireStatus(2)
      #expect(result.standardError.contains("\nhint: "))
      let after = try repository.tree(".", ignoring: [])
      func own(_ entries: [TreeEntry]) -> [TreeEntry] {
        entries.filter { !$0.path.starts(with: ".dver/tmp".utf8) }
      }
      #expect(own(after) == own(before))
    }
  }

  @Test(arguments: [".", "", "folder", "folder/", "new/"])
  func aFileIsCopiedIntoAFolder(place: String) throws {
    let repository = try TemporaryRepository()
    try repository.makeDirectory("folder")
    try repository.write("1\n", to: repository.outside("file"))
    try repository.dver("add", "-o", place, repository.outside("file")).requireSuccess()
    let folder = place.isEmpty || place == "." ? "" : place.hasSuffix("/") ? place : "\(place)/"
    #expect(try repository.readText("\(folder)file") == "1\n")
    #expect(repository.exists("\(folder)file.dver"))
  }

  @Test func oneTargetGoesToOnePlace() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    let result = try repository.dver("add", "-o", "c", "a", "a").requireStatus(64)
    #expect(result.standardError.contains("-o takes a single target"))
    #expect(!repository.exists("c"))
  }

  @Test func globalOptionsAloneAreNoCommand() throws {
    let repository = try TemporaryRepository()
    for words in [["--cd", "."], ["-q"], ["--color=never"]] {
      let result = try repository.dverCommand(words).run().requireStatus(64)
      #expect(result.standardError.hasPrefix("dver: error: no command is given\nhint: "))
    }
  }

  @Test func helpOnAnUnknownCommandIsAnError() throws {
    let repository = try TemporaryRepository()
    for (words, hint) in [(["statsu"], "'status'"), (["remote", "lisst"], "'list'")] {
      let result = try repository.dverCommand(["help"] + words).run().requireStatus(64)
      let word = words.last ?? ""
      #expect(
        result.standardError
          == "dver: error: there is no command '\(word)'\nhint: did you mean \(hint)?\n")
      #expect(result.standardOutput.isEmpty)
    }
    try repository.dver("help", "remote", "list").requireSuccess()
    try repository.dver("help").requireSuccess()
  }

  @Test func anOptionThatIsNotSetComesWithTheWayToSetIt() throws {
    let repository = try TemporaryRepository()
    let result = try repository.dver("config", "core.remote").requireStatus(1)
    #expect(result.standardError.contains("hint: choose one with 'dver remote default NAME'"))
  }

  @Test func whoAsksForADocumentGetsErrorsAsSuch() throws {
    let repository = try TemporaryRepository()
    for words in [
      ["help", "nope", "--json"], ["nope", "--help", "--json"], ["nope", "--json"],
      ["help", "metrics", "nope", "--json"], ["metrics", "nope", "-h", "--json"],
    ] {
      let result = try repository.dverCommand(words).run().requireStatus(64)
      #expect(result.standardOutput.isEmpty)
      #expect(result.standardError.hasPrefix(#"{"error": "there is no command 'nope'", "hint": "#))
      #expect(result.standardError.hasSuffix("\"status\": 64}\n"))
    }
    let plain = try repository.dver("metrics", "shwo", "--help").requireStatus(64)
    #expect(
      plain.standardError
        == "dver: error: there is no command 'shwo'\nhint: did you mean 'show'?\n")
    for words in [["help", "help"], ["status", "x", "--help"], ["stage", "add", "-h"]] {
      try repository.dverCommand(words).run().requireSuccess()
    }
  }

  @Test func whatIsMissingIsNotCommitted() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.remove("a")
    for words in [["commit"], ["commit", "-f"]] {
      let result = try repository.dverCommand(words).run().requireStatus(2)
      #expect(result.standardError.contains("a does not exist\nhint: bring back"))
    }
  }

  @Test func quietCheckoutsPrintNothing() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.remove("a")
    let result = try repository.dver("checkout", "-q").requireSuccess()
    #expect(result.standardOutput.isEmpty && result.standardError.isEmpty)
    #expect(repository.exists("a"))
  }

  @Test func drawingsAndDefaultsAreJSONToo() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  a: {cmd: x, outs: [o]}\n  b: {cmd: x, deps: [o]}\n", to: "dver.yaml")
    #expect(
      try repository.dver("dag", "--json").requireSuccess().standardOutput
        == "{\"nodes\": [\"a\", \"b\"], \"edges\": [{\"from\": \"a\", \"to\": \"b\"}]}\n")
    try repository.dver("remote", "add", "-d", "box", "box").requireSuccess()
    #expect(
      try repository.dver("remote", "default", "--json").requireSuccess().standardOutput
        == "{\"name\": \"box\"}\n")
  }

  @Test func nothingBehindALinkIsDeleted() throws {
    let repository = try TemporaryRepository()
    let precious = repository.outside("precious")
    try repository.write("1\n", to: "\(precious)/x")
    try repository.symlink(precious, at: "lnk")
    try repository.write("outs:\n- path: lnk/x\n", to: "evil.dver")
    for flags in [[], ["-f"]] {
      let words = ["remove", "--outs"] + flags + ["evil.dver"]
      let result = try repository.dverCommand(words).run().requireStatus(2)
      #expect(result.standardError.contains("lnk/x lies below the symbolic link lnk"))
    }
    try repository.dver("move", "evil.dver", "good").requireStatus(2)
    #expect(try repository.readText("\(precious)/x") == "1\n")
    try repository.dver("remove", "evil.dver").requireSuccess()
    #expect(try repository.readText("\(precious)/x") == "1\n")
  }

  @Test func controlCharactersNeverReachTheTerminal() throws {
    let repository = try TemporaryRepository()
    try repository.write("stages:\n  \"a\\e[31m\":\n    cmd: x\n", to: "dver.yaml")
    try repository.write("[remote \"r\u{1b}[1m\"]\n\turl = x\n", to: ".dver/config.local")
    for words in [["status"], ["repro"], ["remote", "list"], ["doctor"], ["add", "\u{1b}[1m"]] {
      let result = try repository.dverCommand(words).run()
      #expect(!(result.standardOutputBytes + result.standardErrorBytes).contains(0x1b))
    }
    try repository.write(
      "stages:\n  a:\n    cmd: echo 1 > m\n    desc: \"\\e[31m\"\n    params: [\"k\\e[31m\"]\n"
        + "    metrics:\n    - m.json\n", to: "dver.yaml")
    try repository.write("\"k\\e[31m\": \"\\e[31m\"\n", to: "params.yaml")
    try repository.write("{\"a\\u001b[31m\": \"\\u001b[31m\"}", to: "m.json")
    for words in [
      ["stage", "list"], ["stage", "show", "a"], ["status", "--why"], ["repro", "--dry"],
      ["metrics", "show"], ["params", "diff", "--all"], ["config", "--list"], ["dag", "--md"],
    ] {
      let result = try repository.dverCommand(words).run().requireSuccess()
      #expect(!result.standardOutputBytes.contains(0x1b))
    }
  }
}
