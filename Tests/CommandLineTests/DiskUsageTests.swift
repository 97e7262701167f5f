import TestSupport
import Testing

@Suite struct DiskUsageTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/set/a")
    try repository.write("22\n", to: "data/set/sub/b")
    try repository.write("333\n", to: "data/one.csv")
    try repository.write("not tracked", to: "data/loose")
    try repository.dver("add", "data/set", "data/one.csv").requireSuccess()
    return repository
  }

  private func lines(_ repository: TemporaryRepository, _ arguments: String...) throws -> [String] {
    let words: [any ByteText] = ["du"] + arguments
    return try repository.dverCommand(words).run().requireSuccess().lines
  }

  @Test func sizesAreThoseThatAreRecorded() throws {
    let repository = try repository()
    try repository.remove("data/set")
    try repository.write("much longer now\n", to: "data/one.csv")
    #expect(try lines(repository) == ["9 B  data", "9 B  ."])
    #expect(
      try lines(repository, "data") == ["4 B  data/one.csv", "5 B  data/set", "9 B  data"])
    #expect(
      try lines(repository, "data/set") == [
        "2 B  data/set/a", "3 B  data/set/sub", "5 B  data/set",
      ])
    #expect(try lines(repository, "data/one.csv") == ["4 B  data/one.csv"])
    #expect(try lines(repository, "data/set/a") == ["2 B  data/set/a"])
    #expect(
      try lines(repository, "-s", "data", "data/set") == [
        "9 B   data", "5 B   data/set", "14 B  total",
      ])
  }

  @Test func jsonHasPathsAndATotal() throws {
    let repository = try repository()
    #expect(
      try lines(repository, "--json", "data") == [
        """
        {"paths": [{"path": "data/one.csv", "size": 4, "nfiles": 1}, \
        {"path": "data/set", "size": 5, "nfiles": 2}, {"path": "data", "size": 9, "nfiles": 3}], \
        "total": 9}
        """
      ])
  }

  @Test func whatIsNotTrackedCountsNothing() throws {
    let repository = try repository()
    #expect(try lines(repository, "data/loose") == ["0 B  data/loose"])
    try repository.dver("du", "nothing").requireStatus(2)
  }
}
