import TestSupport
import Testing

@Suite struct DataStatusTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.write("22\n", to: "data/b")
    try repository.write("single\n", to: "one.csv")
    try repository.dver("add", "data", "one.csv").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func json(_ repository: TemporaryRepository, _ arguments: String...) throws -> String {
    let words: [any ByteText] = ["data", "status", "--json"] + arguments
    return try repository.dverCommand(words).run().requireSuccess().lines.joined()
  }

  @Test func aCleanWorkspaceHasNoChanges() throws {
    let repository = try repository()
    #expect(try json(repository) == "{}")
    #expect(try repository.dver("data", "status").standardOutput == "No changes.\n")
  }

  @Test func pointersDifferFromHeadAndDataFromPointers() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "data/a")
    #expect(try json(repository) == "{\"uncommitted\": {\"modified\": [\"data/\"]}}")
    try repository.dver("add", "data").requireSuccess()
    #expect(try json(repository) == "{\"committed\": {\"modified\": [\"data/\"]}}")
    try repository.remove("data/b")
    #expect(
      try json(repository, "--granular") == """
        {"committed": {"modified": ["data/", "data/a"]}, \
        "uncommitted": {"modified": ["data/"], "deleted": ["data/b"]}}
        """)
    try repository.commitAll()
    #expect(try json(repository) == "{\"uncommitted\": {\"modified\": [\"data/\"]}}")
  }

  @Test func everythingIsAddedBeforeTheFirstCommit() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.dver("add", "data").requireSuccess()
    #expect(try json(repository) == "{\"committed\": {\"added\": [\"data/\"]}}")
  }

  @Test func movedDataIsRenamed() throws {
    let repository = try repository()
    try repository.move("data", to: "moved")
    try repository.remove("data.dver")
    try repository.dver("add", "moved").requireSuccess()
    #expect(
      try json(repository)
        == "{\"committed\": {\"renamed\": [{\"old\": \"data/\", \"new\": \"moved/\"}]}}")
  }

  @Test func aDirectoryThatBecameAFileIsModified() throws {
    let repository = try repository()
    try repository.remove("data")
    try repository.write("file\n", to: "data")
    #expect(try json(repository) == "{\"uncommitted\": {\"modified\": [\"data\"]}}")
    let granular = "{\"modified\": [\"data\"], \"deleted\": [\"data/a\", \"data/b\"]}"
    #expect(try json(repository, "--granular") == "{\"uncommitted\": \(granular)}")
    try repository.dver("checkout", "-f").requireSuccess()
    try repository.remove("one.csv")
    try repository.write("1\n", to: "one.csv/x")
    #expect(try json(repository) == "{\"uncommitted\": {\"modified\": [\"one.csv/\"]}}")
    let diff = try repository.dver("diff", "--json").requireSuccess().standardOutput
    #expect(diff.contains("\"added\": [{\"path\": \"one.csv/x\"}], \"deleted\": []"))
    #expect(diff.contains("\"modified\": [{\"path\": \"one.csv/\"}]"))
  }

  @Test func aDirectoryThatLacksOneFileIsNotListedItself() throws {
    let repository = try repository()
    let sum = try repository.shell("sha256sum < data/a").requireSuccess().standardOutput
    try repository.remove(
      ".dver/cache/objects/\(sum.prefix(2))/\(sum.prefix(64).dropFirst(2))")
    #expect(try json(repository) == "{}")
    #expect(try json(repository, "--granular") == "{\"not_in_cache\": [\"data/a\"]}")
  }

  @Test func missingObjectsAreListed() throws {
    let repository = try repository()
    try repository.remove(".dver/cache/objects")
    #expect(try json(repository) == "{\"not_in_cache\": [\"data/\", \"one.csv\"]}")
    #expect(
      try json(repository, "--granular")
        == "{\"not_in_cache\": [\"data/\", \"data/a\", \"data/b\", \"one.csv\"]}")
  }

  @Test func missingDataIsDeleted() throws {
    let repository = try repository()
    try repository.remove("one.csv")
    #expect(try json(repository) == "{\"uncommitted\": {\"deleted\": [\"one.csv\"]}}")
  }

  @Test func unchangedAndUntrackedAreListedOnRequest() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "one.csv")
    try repository.write("1\n", to: "loose")
    try repository.write("1\n", to: "dir/loose")
    try repository.write("1\n", to: "ignored")
    try repository.append("ignored\n", to: ".gitignore")
    #expect(
      try json(repository, "--unchanged", "--untracked-files") == """
        {"uncommitted": {"modified": ["one.csv"]}, "untracked": ["dir/loose", "loose"], \
        "unchanged": ["data/"]}
        """)
    #expect(
      try json(repository, "--untracked-files=no")
        == "{\"uncommitted\": {\"modified\": [\"one.csv\"]}}")
    #expect(try json(repository, "--untracked-files=all").contains("\"untracked\""))
    #expect(
      try json(repository, "--unchanged", "--granular", "data")
        == "{\"unchanged\": [\"data/\", \"data/a\", \"data/b\"]}")
    let text = try repository.dver("data", "status", "--unchanged").requireSuccess()
    #expect(text.lines.contains("        modified: one.csv"))
    #expect(text.lines.contains("Unchanged files:"))
  }

  @Test(arguments: ["", "sub"]) func untrackedFilesAreThoseOfGit(_ folder: String) throws {
    let repository = try TemporaryRepository(.git)
    try repository.write("*.top\nlow/*\n!low/kept\n", to: ".gitignore")
    let base = folder.isEmpty ? "" : folder + "/"
    if !folder.isEmpty { try repository.makeDirectory(folder) }
    try repository.dver("init", "-q", "--subdir", in: folder).requireSuccess()
    try repository.write("own.excluded\n", to: ".git/info/exclude")
    let ofUser = "\(repository.home)/.config/git/ignore"
    try repository.write("*.user\n!again.user\n*.won\n", to: ofUser)
    try repository.git("config", "core.excludesFile", ofUser).requireSuccess()
    try repository.append("!*.won\nbuild/\n", to: ".gitignore")
    try repository.write("/x\n!y.top\n", to: "\(base)a/.gitignore")
    for name in [
      "1", "1.top", "own.excluded", "1.user", "again.user", "1.won", "build/1", "a/build", "a/x",
      "a/b/x", "a/y.top", "a/b/y.top", "low/1", "low/kept", "a/low/1", "a/b/c/d/e", "tracked",
    ] {
      try repository.write("1\n", to: base + name)
    }
    try repository.shell("mkfifo './\(base)pipe' && ln -s gone './\(base)link'").requireSuccess()
    try repository.git("add", base + "tracked").requireSuccess()
    let known = try repository.git(
      "-C", "\(repository.path)/\(folder)", "ls-files", "-o", "--exclude-standard"
    ).requireSuccess().lines.filter { !$0.hasPrefix(".dver") }
    #expect(known.count > 8)
    let list = known.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
    let found = try repository.dver(
      "data", "status", "--json", "--untracked-files", in: folder
    ).requireSuccess().lines.joined()
    #expect(found == "{\"untracked\": [\(list)]}")
  }

  @Test func targetsMayBeUntracked() throws {
    let repository = try repository()
    for path in ["loose", "dir/loose", "dir/sub/loose", "data/new"] {
      try repository.write("1\n", to: path)
    }
    func untracked(_ target: String) throws -> String {
      try json(repository, "--untracked-files", target)
    }
    #expect(try untracked("loose") == #"{"untracked": ["loose"]}"#)
    #expect(try untracked("dir") == #"{"untracked": ["dir/loose", "dir/sub/loose"]}"#)
    #expect(try untracked("data") == #"{"uncommitted": {"modified": ["data/"]}}"#)
    #expect(try untracked("one.csv") == "{}")
    for path in ["nothing", "data/nothing"] {
      let missing = try repository.dver("data", "status", "--json", path).requireSuccess()
      #expect(missing.standardOutput == "{}\n")
      #expect(missing.standardError.contains("\(path) is neither tracked nor there"))
    }
    let known = try repository.dver("data", "status", "data/a", "data/new", "loose")
    #expect(try known.requireSuccess().standardError == "")
  }

  @Test func unchangedMembersOfAChangedDirectoryAreListed() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "data/a")
    #expect(
      try json(repository, "--granular", "--unchanged") == """
        {"uncommitted": {"modified": ["data/", "data/a"]}, "unchanged": ["data/b", "one.csv"]}
        """)
  }

  @Test func whatTheRemoteLacksIsListedOnRequest() throws {
    let repository = try repository()
    try repository.dver("data", "status", "--not-in-remote").requireStatus(2)
    try repository.dver("remote", "add", "-d", "box", repository.outside("box")).requireSuccess()
    #expect(
      try json(repository, "--not-in-remote") == "{\"not_in_remote\": [\"data/\", \"one.csv\"]}")
    try repository.dver("push", "data/a", "one.csv").requireSuccess()
    #expect(
      try json(repository, "--not-in-remote", "--granular")
        == "{\"not_in_remote\": [\"data/\", \"data/b\"]}")
    try repository.dver("push").requireSuccess()
    #expect(try json(repository, "-r", "box") == "{}")
    try repository.remove(".dver/cache")
    #expect(
      try json(repository, "--not-in-remote") == "{\"not_in_cache\": [\"data/\", \"one.csv\"]}")
  }
}
