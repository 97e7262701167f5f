import TestSupport
import Testing

/// Two pointers never write the same data in turn.
@Suite struct OverlapTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("one\n", to: "d/1")
    try repository.write("two\n", to: "t")
    try repository.dver("add", "d", "t").requireSuccess()
    return repository
  }

  private func retarget(_ path: String, in repository: TemporaryRepository) throws {
    let text = try repository.readText("t.dver").replacing("path: t", with: "path: \(path)")
    try repository.write(text, to: "ov.dver")
  }

  @Test func aPointerInsideOfAnotherIsRefused() throws {
    let repository = try repository()
    try retarget("d/1", in: repository)
    for words in [["checkout"], ["status"], ["add", "t"], ["commit"]] {
      let result = try repository.dverCommand(words).run().requireStatus(2)
      #expect(
        result.standardError.contains(
          "d/1 of ov.dver lies inside d, which d.dver tracks\nhint: remove one of both"))
    }
    #expect(try repository.readText("d/1") == "one\n")
  }

  @Test func twoPointersOfOnePathAreRefused() throws {
    let repository = try repository()
    try retarget("t", in: repository)
    let result = try repository.dver("checkout").requireStatus(2)
    #expect(result.standardError.contains("t of t.dver is t, which ov.dver tracks"))
  }

  @Test func collectionsKeepBothAndOneCanBeRemoved() throws {
    let repository = try repository()
    try retarget("d/1", in: repository)
    try repository.git("add", "ov.dver").requireSuccess()
    try repository.git("commit", "-qm", "1").requireSuccess()
    try repository.dver("gc", "-w", "-f").requireSuccess()
    try repository.dver("remove", "ov.dver").requireSuccess()
    try repository.git("commit", "-qm", "2").requireSuccess()
    try repository.remove("d/1")
    try repository.remove("t")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("d/1") == "one\n" && repository.readText("t") == "two\n")
    try repository.dver("diff", "HEAD~1", "HEAD").requireSuccess()
  }

  @Test func aMergedPointerInsideOfATrackedFolderIsRefused() throws {
    let repository = try mergedRepository()
    for words in [["checkout"], ["add", "x"]] {
      let result = try repository.dverCommand(words).run().requireStatus(2)
      #expect(result.standardError.contains("x/2 of x/2.dver lies inside x, which x.dver tracks"))
    }
  }

  /// `x` is tracked, and git has `x/2.dver`.
  private func mergedRepository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("2\n", to: "x/2")
    try repository.dver("add", "x/2").requireSuccess()
    let pointer = try repository.readText("x/2.dver")
    try repository.dver("remove", "x/2").requireSuccess()
    try repository.dver("add", "x").requireSuccess()
    try repository.commitAll()
    try repository.write(pointer, to: "x/2.dver")
    try repository.git("add", "-f", "x/2.dver").requireSuccess()
    return repository
  }

  @Test func readersTellOfAMergedPointerInsideOfATrackedFolder() throws {
    let repository = try mergedRepository()
    let text =
      "WARNING: x/2 of x/2.dver lies inside x, which x.dver tracks; remove one of both, such as "
      + "with 'git rm x/2.dver'\n"
    for words in [["status"], ["status", "--json"], ["data", "status"], ["diff"]] {
      // Also where nothing is hashed any more.
      for _ in 0..<2 {
        let result = try repository.dverCommand(words).run().requireSuccess()
        #expect(result.standardError == text)
      }
    }
    let doctor = try repository.dver("doctor").requireStatus(2)
    #expect(
      (doctor.standardOutput + doctor.standardError).contains("x/2 of x/2.dver lies inside x"))
    try repository.git("rm", "-q", "-f", "x/2.dver").requireSuccess()
    #expect(try repository.dver("status").requireSuccess().standardError.isEmpty)
  }

  @Test func aPointerInsideOfAnOutputOfAStageIsTold() throws {
    let repository = try TemporaryRepository()
    try repository.dver("stage", "add", "-n", "make", "-o", "out", "mkdir -p out; echo 1 > out/one")
      .requireSuccess()
    try repository.dver("repro").requireSuccess()
    try repository.write("outs:\n- path: one\n", to: "out/one.dver")
    try repository.git("add", "-f", "out/one.dver").requireSuccess()
    let result = try repository.dver("status").requireSuccess()
    #expect(
      result.standardError.contains("out/one of out/one.dver lies inside out, which make tracks"))
  }

  @Test func dataThatOnlyHasTheNameOfAPointerIsData() throws {
    let repository = try TemporaryRepository()
    try repository.write("no pointer\n", to: "x/a.dver")
    try repository.dver("add", "x").requireSuccess()
    // It may even say what a pointer says, as long as git does not know it.
    try repository.write("outs:\n- path: c\n", to: "x/b.dver")
    #expect(try repository.dver("status").requireSuccess().standardError.isEmpty)
    try repository.dver("add", "x").requireSuccess()
    #expect(try repository.dver("ls", "x").lines == ["a.dver", "b.dver"])
    try repository.git("add", "-f", "x/a.dver").requireSuccess()
    for words in [["status"], ["diff"], ["data", "status"]] {
      let result = try repository.dverCommand(words).run().requireSuccess()
      #expect(!result.standardError.contains("lies inside"))
    }
    let refused = try repository.dver("add", "x").requireStatus(2)
    #expect(refused.standardError.contains("x/a.dver is tracked by git"))
  }

  @Test func aPathIsRecordedInThePointerThatTracksIt() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "y")
    try repository.write("1\n", to: "z")
    try repository.dver("add", "y", "z").requireSuccess()
    let items = try ["y", "z"].flatMap { name in
      try repository.readText("\(name).dver").split(separator: "\n").dropFirst()
    }
    try repository.write((["outs:"] + items).joined(separator: "\n") + "\n", to: "other.dver")
    for name in ["y.dver", "z.dver"] { try repository.remove(name) }
    for name in ["y", "z"] {
      try repository.write("2, longer\n", to: name)
      try repository.dver("add", name).requireSuccess()
      #expect(!repository.exists("\(name).dver"))
    }
    try repository.dver("status", "-q").requireSuccess()
    // Folders above count, too.
    try repository.write("wdir: ..\n", to: "p/y.dver")
    try repository.append(try repository.readText("other.dver"), to: "p/y.dver")
    try repository.remove("other.dver")
    try repository.write("3\n", to: "y")
    try repository.dver("add", "y").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
  }
}
