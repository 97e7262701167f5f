import TestSupport
import Testing

/// `dver undo` where `dver gc --empty-trash` has deleted what it needs.
@Suite struct EndedOperationTests {
  private let repository: TemporaryRepository

  init() throws {
    repository = try TemporaryRepository()
    try repository.dver("remote", "add", "-d", "shared", repository.outside("remote"))
      .requireSuccess()
    try version("one")
    try repository.commitAll()
  }

  private func version(_ text: String) throws {
    try repository.write("\(text)\n", to: "f")
    try repository.dver("add", "-q", "f").requireSuccess()
  }

  @discardableResult
  private func collect() throws -> CommandResult {
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    return try repository.dver("gc", "--empty-trash", "-f").requireSuccess()
  }

  @Test func aPointerWhoseContentIsGoneDoesNotComeBack() throws {
    try version("two")
    try version("three")
    let emptied = try collect()
    #expect(emptied.standardError.contains("'dver undo' cannot take these operations back"))
    let (pointer, index) = (try repository.readText("f.dver"), try repository.git("write-tree"))
    for arguments in [["undo", "--dry"], ["undo"]] {
      let refused = try repository.run(arguments).requireStatus(4)
      #expect(refused.standardError.contains("for this is gone: the data of f"))
      #expect(refused.standardError.contains("nothing was changed"))
    }
    #expect(try repository.readText("f.dver") == pointer)
    #expect(try repository.git("write-tree").standardOutput == index.standardOutput)
    // Where it belongs it is as good as in the cache.
    try repository.write("two\n", to: "f")
    try repository.dver("undo").requireSuccess()
    #expect(try repository.readText("f.dver") != pointer)
  }

  @Test func whatWasGoneInBetweenIsNotNeeded() throws {
    let line = try repository.dver("op", "log", "-n", "1").requireSuccess().lines[0]
    let pointer = try repository.readText("f.dver")
    try version("two")
    try version("three")
    try collect()
    try repository.dver("undo", "--to", String(line.prefix { $0 != "\t" })).requireSuccess()
    #expect(try repository.readText("f.dver") == pointer)
    try repository.dver("checkout", "-q", "-f").requireSuccess()
    #expect(try repository.readText("f") == "one\n")
  }

  @Test func whatWasPushedComesBack() throws {
    try version("two")
    try repository.dver("push", "-q").requireSuccess()
    try version("three")
    try collect()
    try repository.dver("undo").requireSuccess()
    try repository.dver("fetch", "-q").requireSuccess()
    try repository.dver("checkout", "-q", "-f").requireSuccess()
    #expect(try repository.readText("f") == "two\n")
  }

  @Test func pointersWithoutDataCanBeTakenBack() throws {
    let clone = try repository.clone()
    try clone.dver("move", "f", "g").requireSuccess()
    try clone.dver("undo").requireSuccess()
    try clone.dver("remove", "f.dver").requireSuccess()
    try clone.dver("undo").requireSuccess()
    #expect(try clone.git("status", "--porcelain").requireSuccess().standardOutput == "")
  }

  @Test func operationsOfOtherWorkTreesAreNamed() throws {
    let tree = repository.outside("tree")
    try repository.git("worktree", "add", "-q", tree).requireSuccess()
    for text in ["two", "three"] {
      try repository.write("\(text)\n", to: "\(tree)/f")
      try repository.dver("--cd", tree, "add", "-q", "f").requireSuccess()
    }
    let emptied = try collect()
    #expect(emptied.standardError.contains("'dver undo' in \(tree) cannot take these operations"))
    try repository.dver("--cd", tree, "undo").requireStatus(4)
  }
}
