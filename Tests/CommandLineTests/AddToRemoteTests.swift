import TestSupport
import Testing

@Suite struct AddToRemoteTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.dver("remote", "add", "-d", "far", repository.outside("far")).requireSuccess()
    return repository
  }

  @Test func dataOfTheWorkspaceGoesToTheRemoteAlone() throws {
    let repository = try repository()
    try repository.write("a\n", to: "data/a")
    try repository.write("b\n", to: "data/sub/b")
    try repository.dver("add", "--to-remote", "data").requireSuccess()
    let objects = try repository.shell("cat .dver/cache/objects/*/* | grep -c '^[ab]$'")
    #expect(objects.standardOutput == "0\n")
    #expect(try repository.dver("status", "-c").requireSuccess().standardOutput.contains("deleted"))
    try repository.commitAll()
    let clone = try repository.clone()
    try clone.dver("pull").requireSuccess()
    #expect(try clone.shell("cat data/a data/sub/b").standardOutput == "a\nb\n")
    try repository.dver("verify", "--remote", "far").requireSuccess()
    #expect(try repository.shell("ls \(repository.outside("far"))/names").standardOutput != "")
    // What is known to be there is not sent again, and a change is.
    let again = try repository.dver("add", "--to-remote", "data").requireSuccess()
    #expect(again.standardError.contains("Unchanged: data"))
    try repository.write("changed\n", to: "data/a")
    let more = try repository.dver("add", "--to-remote", "data").requireSuccess()
    #expect(more.standardError.contains("2 objects"))
  }

  @Test func dataFromElsewhereNeedsNoCopy() throws {
    let repository = try repository()
    try repository.write("1\n", to: "../outside/source/x")
    try repository.dver(
      "add", "--to-remote", "-r", "far", "-o", "raw", repository.outside("source")
    ).requireSuccess()
    #expect(try repository.shell("ls").standardOutput == "raw.dver\n")
    #expect(try repository.shell("cat .gitignore").standardOutput == "/raw\n")
    try repository.dver("pull").requireSuccess()
    #expect(try repository.shell("cat raw/x").standardOutput == "1\n")
    let second = try repository.dver(
      "add", "--to-remote", "-o", "raw", repository.outside("source")
    ).requireStatus(2)
    #expect(second.standardError.contains("raw exists already"))
  }

  @Test func aFileFromElsewhereGoesIntoAFolder() throws {
    let repository = try repository()
    try repository.write("1\n", to: "../outside/x.csv")
    let file = repository.outside("x.csv")
    try repository.dver("add", "--to-remote", "-o", "new/", file).requireSuccess()
    #expect(repository.exists("new/x.csv.dver"))
    try repository.makeDirectory("data")
    try repository.dver("add", "--to-remote", "-o", "data", file).requireSuccess()
    #expect(repository.exists("data/x.csv.dver"))
    let again = try repository.dver("add", "--to-remote", "-o", "data", file).requireStatus(2)
    #expect(again.standardError.contains("data/x.csv exists already"))
    // A folder would take the place of the one that holds tracked data.
    try repository.write("2\n", to: "../outside/source/x")
    let refused = try repository.dver(
      "add", "--to-remote", "-f", "-o", "data", repository.outside("source")
    ).requireStatus(2)
    #expect(refused.standardError.contains("data overlaps with data/x.csv"))
    #expect(!repository.exists("data.dver"))
  }

  @Test func whatIsDamagedThereIsReplaced() throws {
    let repository = try repository()
    try repository.write("text\n", to: "single")
    try repository.dver("add", "--to-remote", "single").requireSuccess()
    let far = repository.outside("far")
    try repository.shell("rm -r \(far)/objects/*").requireSuccess()
    try repository.dver("add", "--to-remote", "single").requireSuccess()
    try repository.shell("rm single").requireSuccess()
    try repository.dver("pull").requireSuccess()
    #expect(try repository.shell("cat single").standardOutput == "text\n")
  }

  @Test func wrongUsesAreRefused() throws {
    let repository = try TemporaryRepository()
    try repository.write("text\n", to: "single")
    try repository.dver("add", "-r", "far", "single").requireStatus(64)
    try repository.dver("add", "--to-remote", "--no-commit", "single").requireStatus(64)
    let result = try repository.dver("add", "--to-remote", "single").requireStatus(2)
    #expect(result.standardError.contains("no remote is configured"))
    #expect(try repository.shell("ls").standardOutput == "single\n")
  }
}
