import TestSupport
import Testing

/// What `status` tells of the paths and stages that it is asked for.
@Suite struct StatusTargetTests {
  private func status(_ repository: TemporaryRepository, _ arguments: String...) throws -> String {
    try repository.dverCommand(["status", "--json"] + arguments).run().requireSuccess()
      .standardOutput
  }

  @Test func ofAStageOnlyTheNamedOutputsAreTold() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write(
      """
      stages:
        s: {cmd: cp in a && cp in b && mkdir -p d && cp in d/x, deps: [in], outs: [a, b, d]}

      """, to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    for path in ["a", "b", "d/x"] { try repository.append("2\n", to: path) }
    func changed(_ outputs: String...) -> String {
      let members = outputs.map { "\"\($0)\": \"modified\"" }.joined(separator: ", ")
      return "{\"s\": [{\"changed outs\": {\(members)}}]}\n"
    }
    #expect(try status(repository, "a") == changed("a"))
    #expect(try status(repository, "d/x") == changed("d"))
    #expect(try status(repository, "a", "d") == changed("a", "d"))
    #expect(try status(repository, "a", "s") == changed("a", "b", "d"))
    try repository.dver("checkout", "-f", "-q", "a").requireSuccess()
    #expect(try status(repository, "a") == "{}\n")
    try repository.append("2\n", to: "in")
    #expect(
      try status(repository, "a") == #"{"s": [{"changed deps": {"in": "modified"}}]}"# + "\n")
  }

  /// The folder is meant where folders are asked for.
  @Test func aStageMayHaveTheNameOfAFolder() throws {
    let repository = try TemporaryRepository()
    for path in ["in", "dir/data"] { try repository.write("1\n", to: path) }
    try repository.write("stages: {dir: {cmd: cp in o, deps: [in], outs: [o]}}\n", to: "dver.yaml")
    try repository.write(
      "stages: {s: {cmd: cp ../in p, deps: [../in], outs: [p]}}\n", to: "dir/dver.yaml")
    try repository.dver("add", "-q", "dir/data").requireSuccess()
    try repository.dver("repro", "-q", "-P").requireSuccess()
    for path in ["o", "dir/p", "dir/data"] { try repository.remove(path) }
    let named = try status(repository, "dir")
    #expect(named.contains(#""dir": ["#) && !named.contains("dir/"))
    let folder = try status(repository, "-R", "dir")
    #expect(folder.contains(#""dir/data.dver": ["#) && folder.contains(#""dir/dver.yaml:s": ["#))
    #expect(!folder.contains(#""dir": ["#))
    try repository.dver("checkout", "-q", "-R", "dir").requireSuccess()
    #expect(repository.exists("dir/p") && repository.exists("dir/data") && !repository.exists("o"))
    try repository.dver("checkout", "-q", "dir").requireSuccess()
    #expect(repository.exists("o"))
  }

  @Test func whatIsThereBeforeAnythingIsRecordedHasBeenModified() throws {
    let repository = try TemporaryRepository()
    try repository.write("outs:\n- path: a\n", to: "a.dver")
    #expect(try status(repository) == #"{"a.dver": [{"changed outs": {"a": "deleted"}}]}"# + "\n")
    try repository.write("1\n", to: "a")
    #expect(try status(repository) == #"{"a.dver": [{"changed outs": {"a": "modified"}}]}"# + "\n")
  }

  @Test func aFrozenStageIsNamed() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write("stages: {s: {cmd: cp in o, deps: [in], outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.dver("status").requireSuccess().standardError == "")
    try repository.dver("freeze", "s").requireSuccess()
    try repository.write("2\n", to: "in")
    let status = try repository.dver("status").requireSuccess()
    #expect(status.standardError.contains("stage 's' is frozen: changes of what it reads are not"))
    #expect(status.lines == ["Data and pipelines are up to date."])
  }

  /// As the user would type them.
  @Test func pathsCountFromTheCurrentFolder() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "folder/a")
    let added = try repository.dver("add", "a", in: "folder").requireSuccess()
    #expect(added.standardError.hasPrefix("Added a ("))
    try repository.remove("folder/a")
    let placed = try repository.dver("checkout", in: "folder").requireSuccess()
    #expect(placed.lines.first == "A\ta")
    try repository.write("2\n", to: "folder/a")
    let recorded = try repository.dver("commit", "-f", in: "folder").requireSuccess()
    #expect(recorded.standardError == "Recorded a\n")
    let moved = try repository.dver("move", "a", "../b", in: "folder").requireSuccess()
    #expect(moved.standardError == "Moved a to ../b\n")
  }
}
