import TestSupport
import Testing

@Suite struct ListTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/set/a")
    try repository.write("22\n", to: "data/set/sub/b")
    try repository.write("333\n", to: "data/set/sub-c")
    try repository.write("tool\n", to: "run.sh")
    try repository.chmod(0o755, "data/set/a")
    try repository.dver("add", "data/set").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func lines(_ repository: TemporaryRepository, _ arguments: String...) throws -> [String] {
    let words: [any ByteText] = ["ls"] + arguments
    return try repository.dverCommand(words).run().requireSuccess().lines
  }

  @Test func whatIsNoFileIsRefusedAsSuch() throws {
    let repository = try repository()
    try repository.shell("mkfifo fifo data/set/fifo").requireSuccess()
    for path in ["fifo", "data/set/fifo"] {
      let result = try repository.dver("ls", path).requireStatus(2)
      #expect(result.standardError.contains("\(path) is a FIFO, a socket or a device"))
    }
    #expect(try repository.dver("ls", "gone").requireStatus(2).standardError.contains("spelling"))
  }

  /// They are tracked, whatever is known of them.
  @Test func outputsThatNothingIsRecordedOfAreListed() throws {
    let repository = try repository()
    try repository.write(
      "stages: {s: {cmd: x, outs: [here, folder, gone/deep, {plain: {cache: false}}]}}\n",
      to: "dver.yaml")
    for path in ["here", "folder/file", "plain"] { try repository.write("1\n", to: path) }
    #expect(try lines(repository, "--dver-only") == ["data", "folder", "gone", "here"])
    #expect(
      try lines(repository, "--dver-only", "-R") == [
        "data/set/a", "data/set/sub/b", "data/set/sub-c", "folder", "gone/deep", "here",
      ])
    let json = try lines(repository, "--json").joined()
    for name in ["folder", "here"] {
      #expect(json.contains(#""path": "\#(name)", "isdir": \#(name == "folder"), "isout": true"#))
    }
  }

  @Test func anEmptyTrackedFolderIsListed() throws {
    let repository = try repository()
    try repository.makeDirectory("empty")
    try repository.dver("add", "-q", "empty").requireSuccess()
    #expect(try lines(repository, "-R", "--dver-only").last == "empty")
  }

  @Test func namesOfOneFolder() throws {
    let repository = try repository()
    #expect(try lines(repository) == [".dverignore", "data", "run.sh"])
    #expect(try lines(repository, "data") == [".gitignore", "set", "set.dver"])
    #expect(try lines(repository, "data/set") == ["a", "sub", "sub-c"])
    #expect(try lines(repository, "data/set/sub") == ["b"])
    #expect(try lines(repository, "run.sh") == ["run.sh"])
    #expect(try repository.dver("ls", in: "data").lines == [".gitignore", "set", "set.dver"])
  }

  @Test func membersComeFromManifests() throws {
    let repository = try repository()
    try repository.remove("data/set")
    try repository.write("x", to: "data/set/unknown")
    #expect(
      try lines(repository, "-R", "data") == [
        ".gitignore", "set/a", "set/sub/b", "set/sub-c", "set/unknown", "set.dver",
      ])
    #expect(
      try lines(repository, "-R", "--dver-only") == [
        "data/set/a", "data/set/sub/b", "data/set/sub-c",
      ])
    #expect(try lines(repository, "--dver-only") == ["data"])
  }

  @Test func whatIsNewInATrackedDirectoryIsListedToo() throws {
    let repository = try repository()
    try repository.write("*.tmp\n", to: ".dverignore")
    for name in ["new", "sub/n", "s/n", "x.tmp"] {
      try repository.write("1\n", to: "data/set/\(name)")
    }
    try repository.shell("mkfifo data/set/pipe").requireSuccess()
    #expect(try lines(repository, "data/set") == ["a", "new", "s", "sub", "sub-c"])
    #expect(
      try lines(repository, "-R", "data/set") == ["a", "new", "s/n", "sub/b", "sub/n", "sub-c"])
    #expect(try lines(repository, "data/set/s") == ["n"])
    #expect(try lines(repository, "data/set/s/n") == ["n"])
    let new = try lines(repository, "--json", "data/set/new").joined()
    #expect(new.contains("\"isout\": false"))
    #expect(try lines(repository, "--dver-only", "data/set") == ["a", "sub", "sub-c"])
    #expect(try lines(repository, "--rev", "HEAD", "data/set") == ["a", "sub", "sub-c"])
    for name in ["data/set/x.tmp", "data/set/pipe"] {
      try repository.dver("ls", name).requireStatus(2)
    }
  }

  @Test func ofEmptyFoldersTheTrackedOnesAreListed() throws {
    let repository = try TemporaryRepository()
    try repository.write("*.log\n", to: ".dverignore")
    try repository.write("1\n", to: "d/x")
    try repository.makeDirectory("d/tracked")
    try repository.dver("add", "d").requireSuccess()
    for folder in ["d/o", "d/o/p", "q"] { try repository.write("1\n", to: "\(folder)/a.log") }
    try repository.makeDirectory("d/e")
    #expect(try lines(repository, "-R", "d") == ["tracked", "x"])
    #expect(try lines(repository, "-R", "q").isEmpty)
    #expect(try lines(repository, "d") == ["e", "o", "tracked", "x"])
    #expect(try lines(repository, "-R", "-L", "1", "d") == ["e", "o", "tracked", "x"])
    #expect(try lines(repository, "-T", "-L", "1", "d").count == 5)
  }

  @Test func depthIsLimited() throws {
    let repository = try repository()
    #expect(
      try lines(repository, "-R", "--level", "3", "--dver-only") == [
        "data/set/a", "data/set/sub", "data/set/sub-c",
      ])
    try repository.dver("ls", "--level", "0").requireStatus(64)
  }

  @Test func treesAreDrawn() throws {
    let repository = try repository()
    #expect(
      try lines(repository, "--tree", "--dver-only") == [
        ".", "└── data", "    └── set", "        ├── a", "        ├── sub", "        │   └── b",
        "        └── sub-c",
      ])
  }

  @Test func jsonTellsWhatIsKnown() throws {
    let repository = try repository()
    let digest = try repository.shell("sha256sum data/set/a").standardOutput.prefix(64)
    #expect(
      try lines(repository, "--json", "data/set/a") == [
        """
        [{"path": "a", "isdir": false, "isout": true, "isexec": true, "size": 2, \
        "sha256": "\(digest)"}]
        """
      ])
    let data = try lines(repository, "--json", "data").joined()
    #expect(data.contains("{\"path\": \"set\", \"isdir\": true, \"isout\": true"))
    #expect(data.contains("\"size\": 9, \"sha256\": \""))
    #expect(data.contains(".dir\"}"))
    #expect(
      try lines(repository, "--size", "--hash", "data/set/a", "--color", "never")
        == ["2 B  \(digest)  a"])
  }

  @Test func revisionsAreListed() throws {
    let repository = try repository()
    try repository.write("new\n", to: "data/set/n")
    try repository.remove("data/set/a")
    try repository.dver("add", "data/set").requireSuccess()
    try repository.remove("run.sh")
    try repository.commitAll()
    #expect(
      try lines(repository, "-R", "--rev", "HEAD~1") == [
        ".dverignore", "data/.gitignore", "data/set/a", "data/set/sub/b", "data/set/sub-c",
        "data/set.dver", "run.sh",
      ])
    #expect(
      try lines(repository, "--rev", "HEAD~1", "--size", "run.sh", "--hash") == ["5 B  -  run.sh"])
    #expect(try lines(repository, "data/set") == ["n", "sub", "sub-c"])
    try repository.dver("ls", "--rev", "nope").requireStatus(2)
    try repository.dver("ls", "--rev", "HEAD", "run.sh").requireStatus(2)
  }

  @Test func anotherWorkspaceIsListedByItsFolder() throws {
    let repository = try repository()
    let other = try repository.clone()
    try repository.remove("run.sh")
    #expect(try lines(repository, other.path) == [".dverignore", "data", "run.sh"])
    #expect(try lines(repository, other.path, "data/set") == ["a", "sub", "sub-c"])
    #expect(try lines(repository, "file://\(other.path)", "data/set/sub") == ["b"])
    let result = try repository.dver("ls", "https://example.org/x.git").requireStatus(2)
    #expect(result.standardError.contains("is not a local folder"))
    try repository.dver("ls", repository.outside("none"), "data").requireStatus(2)
    try repository.dver("ls", "a", "b", "c").requireStatus(64)
  }

  @Test func aRepositoryWithoutDverIsListedToo() throws {
    let repository = try repository()
    let other = try TemporaryRepository(.git)
    for name in ["a", "d/b"] { try other.write("1\n", to: name) }
    try other.commitAll()
    try other.write("1\n", to: "new")
    for place in [other.path, "file://\(other.path)"] {
      #expect(try lines(repository, place) == ["a", "d", "new"])
      #expect(try lines(repository, "-R", place, "d") == ["b"])
      #expect(try lines(repository, "-R", "--rev", "HEAD", place) == ["a", "d/b"])
      #expect(try lines(repository, "--dver-only", place) == [])
    }
    #expect(!other.exists(".dver"))
    let nothing = "file://\(repository.outside("none"))"
    let result = try repository.dver("ls", nothing).requireStatus(2)
    #expect(result.standardError.contains("\(nothing) is neither a dver workspace nor"))
    // One inside of the workspace is a part of it.
    try repository.shell("git init -q data/inner && echo 1 > data/inner/x").requireSuccess()
    #expect(try lines(repository, "data/inner") == ["x"])
  }

  @Test func aMissingPathIsAnError() throws {
    let repository = try repository()
    for path in ["nothing", "data/set/nothing", "run.sh/x"] {
      let result = try repository.dver("ls", path).requireStatus(2)
      #expect(result.standardError.contains("\(path) does not exist"))
    }
  }

  @Test func oddNamesAreQuoted() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "d/new\nline")
    try repository.write("1\n", to: Array("d/".utf8) + [0xfe])
    try repository.dver("add", "d").requireSuccess()
    #expect(try lines(repository, "d") == ["\"new\\nline\"", "\"\\376\""])
  }
}
