import TestSupport
import Testing

/// Empty directories are entries, and stand where files were or shall be.
@Suite struct EmptyDirectoryTests {
  private func tracked(_ script: String) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.shell(script).requireSuccess()
    try repository.dver("add", "-q", "d").requireSuccess()
    return repository
  }

  @Test(arguments: [[], ["-f"]]) func giveWayToFiles(_ flags: [String]) throws {
    let repository = try tracked("mkdir d && echo 1 > d/x && echo 2 > d/y")
    try repository.shell("rm d/x d/y && mkdir d/x").requireSuccess()
    try repository.dverCommand(["checkout"] + flags).run().requireSuccess()
    #expect(try repository.shell("cat d/x d/y").standardOutput == "1\n2\n")
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test(arguments: [[], ["-f"]]) func giveWayToATrackedFile(_ flags: [String]) throws {
    let repository = try tracked("echo 1 > d")
    try repository.shell("rm d && mkdir d").requireSuccess()
    _ = try repository.dverCommand(["checkout"] + flags).run()
    try repository.dver("checkout", "-f").requireSuccess()
    #expect(try repository.shell("cat d").standardOutput == "1\n")
  }

  @Test func whatIsIgnoredInOneKeepsItAndTheRestIsRestored() throws {
    let repository = try tracked("mkdir d && echo 1 > d/x && echo 2 > d/y")
    try repository.write("*.log\n", to: ".dverignore")
    try repository.shell("rm d/x d/y && mkdir d/x && echo mine > d/x/a.log").requireSuccess()
    let result = try repository.dver("checkout", "-f").requireStatus(2)
    #expect(result.standardError.contains("d/x"))
    #expect(try repository.shell("cat d/x/a.log d/y").standardOutput == "mine\n2\n")
  }

  @Test(arguments: [[], ["-f"]]) func stayWhenTheirFilesGo(_ flags: [String]) throws {
    let repository = try tracked("mkdir -p d/a && touch d/b")
    try repository.commitAll()
    try repository.shell("touch d/a/k").requireSuccess()
    if flags.isEmpty {
      try repository.dver("add", "-q", "d").requireSuccess()
      try repository.commitAll()
      try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    }
    try repository.dverCommand(["checkout"] + flags).run().requireSuccess()
    #expect(try repository.shell("find d | sort | xargs").standardOutput == "d d/a d/b\n")
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test func aPathBelowATrackedFileIsMissing() throws {
    let repository = try tracked("echo 1 > d")
    let result = try repository.dver("add", "d/x").requireStatus(2)
    #expect(result.standardError.contains("d/x"))
  }

  @Test func aTrackedEmptyDirectoryThatComesBackIsReported() throws {
    let repository = try tracked("mkdir d")
    try repository.remove("d")
    let result = try repository.dver("checkout", "--json").requireSuccess()
    #expect(
      result.standardOutput == #"{"added": ["d"], "modified": [], "deleted": []}"# + "\n")
    #expect(repository.exists("d"))
    let again = try repository.dver("checkout").requireSuccess()
    #expect(again.standardError == "Everything is in place\n")
  }

  @Test func whatIsOnlyLinkedAnewIsNotModified() throws {
    let repository = try tracked("mkdir d && echo 1 > d/x")
    try repository.dver("config", "cache.type", "symlink").requireSuccess()
    let result = try repository.dver("checkout", "--relink", "--json").requireSuccess()
    #expect(result.standardOutput == #"{"added": [], "modified": [], "deleted": []}"# + "\n")
    try repository.dver("config", "cache.type", "copy").requireSuccess()
    let text = try repository.dver("checkout", "--relink").requireSuccess()
    #expect(text.standardOutput == "1 file placed anew\n")
  }
}
