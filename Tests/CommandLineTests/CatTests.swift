import TestSupport
import Testing

@Suite struct CatTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.write("at\n", to: "data/x@y")
    try repository.symlink("a", at: "data/link")
    try repository.makeDirectory("data/empty")
    try repository.write("old\n", to: "one.csv")
    try repository.write("code\n", to: "run.sh")
    try repository.dver("add", "data", "one.csv").requireSuccess()
    try repository.commitAll()
    try repository.write("new\n", to: "one.csv")
    try repository.write("newer code\n", to: "run.sh")
    try repository.dver("add", "one.csv").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func cat(_ repository: TemporaryRepository, _ path: String) throws -> String {
    try repository.dver("cat", path).requireSuccess().standardOutput
  }

  @Test func trackedFilesMembersAndFilesOfGit() throws {
    let repository = try repository()
    #expect(try cat(repository, "one.csv") == "new\n")
    #expect(try cat(repository, "one.csv@HEAD~1") == "old\n")
    #expect(try cat(repository, "data/a@HEAD") == "1\n")
    #expect(try cat(repository, "run.sh") == "newer code\n")
    #expect(try cat(repository, "run.sh@HEAD~1") == "code\n")
    #expect(try cat(repository, "one.csv@HEAD@{0}") == "new\n")
    #expect(
      try repository.dver("cat", "a", in: "data").requireSuccess().standardOutput == "1\n")
  }

  @Test func aPathWithAnAtSignWins() throws {
    let repository = try repository()
    #expect(try cat(repository, "data/x@y") == "at\n")
    #expect(try cat(repository, "data/x@y@HEAD~1") == "at\n")
    try repository.remove("data/x@y")
    #expect(try cat(repository, "data/x@y") == "at\n")
  }

  @Test func theWorkspaceServesWhatTheCacheLacks() throws {
    let repository = try repository()
    try repository.remove(".dver/cache/objects")
    #expect(try cat(repository, "one.csv") == "new\n")
    try repository.write("other\n", to: "one.csv")
    let result = try repository.dver("cat", "one.csv").requireStatus(4)
    #expect(result.standardOutput == "")
    #expect(result.standardError.contains("dver pull"))
  }

  @Test func aDamagedObjectIsNotPrinted() throws {
    let repository = try repository()
    let digest = try repository.shell("printf 'new\\n' | sha256sum").standardOutput
    let object = ".dver/cache/objects/\(digest.prefix(2))/\(digest.prefix(64).dropFirst(2))"
    try repository.chmod(0o644, object)
    try repository.write("BAD\n", to: object)
    #expect(try cat(repository, "one.csv") == "new\n")
    try repository.remove("one.csv")
    let result = try repository.dver("cat", "one.csv").requireStatus(4)
    #expect(result.standardOutput == "")
  }

  @Test func largeContentIsStreamed() throws {
    let repository = try repository()
    try repository.shell("seq 1 1500000 > big").requireSuccess()
    try repository.dver("add", "big").requireSuccess()
    try repository.shell("sha256sum big > sum").requireSuccess()
    try repository.remove("big")
    let dver = try BuiltProducts.dver()
    try repository.shell("'\(dver)' cat big > big && sha256sum -c sum").requireSuccess()
    #expect(try repository.shell("'\(dver)' cat big | head -n 1").requireSuccess().lines == ["1"])
    let full = try repository.shell("'\(dver)' cat big > /dev/full").requireStatus(2)
    #expect(full.standardError.contains("cannot write to standard output"))
  }

  @Test func whatHasNoContentIsAnError() throws {
    let repository = try repository()
    let messages = [
      "data": "is a directory", "data/empty": "is a directory", "data@HEAD": "is a directory",
      "data/link": "is a symbolic link to a", "nothing": "does not exist",
      "nothing@HEAD": "does not exist", "one.csv@nope": "unknown revision 'nope'",
    ]
    for (path, message) in messages {
      let result = try repository.dver("cat", path).requireStatus(2)
      #expect(result.standardError.contains(message), "\(path)")
    }
  }
}
