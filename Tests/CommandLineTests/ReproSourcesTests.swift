import TestSupport
import Testing

/// Tracked data is a part of the pipelines that read it.
@Suite struct ReproSourcesTests {
  /// `a` and `b` both read `d`, which has changed since.
  private func changed() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      stages:
        a: {cmd: cp d oa, deps: [d], outs: [oa]}
        b: {cmd: cp d ob, deps: [d], outs: [ob]}

      """, to: "dver.yaml")
    try repository.write("1\n", to: "d")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.write("2\n", to: "d")
    return repository
  }

  private func outputs(_ repository: TemporaryRepository) throws -> [String] {
    try repository.shell("cat oa ob").requireSuccess().lines
  }

  @Test(arguments: ["d", "d.dver"]) func aPathIsRecordedWhenAskedFor(target: String) throws {
    let repository = try changed()
    let told = try repository.dver("repro", target).requireSuccess()
    #expect(told.standardError.contains("Recording changed data of 'd.dver'"))
    #expect(try outputs(repository) == ["1", "1"])
    #expect(!(try repository.dver("status", "--json").standardOutput.contains("d.dver")))
  }

  /// As in DVC, for a pointer file is one stage, which has no name.
  @Test func aNameBehindAPointerFileSaysNothing() throws {
    let repository = try changed()
    let warning = "WARNING: Ignoring name 'x' of d.dver\n"
    for command in [
      ["status", "--json"], ["repro"], ["checkout"], ["commit"], ["dag"], ["stage", "list"],
      ["freeze"], ["unfreeze"], ["data", "status"], ["diff", "--targets"], ["du"],
    ] {
      let arguments: [String] = command + ["d.dver:x"]
      let told = try repository.dverCommand(arguments).run()
      #expect(told.status == .exited(0), "\(command)")
      #expect(told.standardError.contains(warning), "\(command)")
    }
    #expect(try outputs(repository) == ["1", "1"])
    #expect(!(try repository.dver("status", "--json").standardOutput.contains("d.dver")))
    try repository.dver("status", "e.dver:x").requireStatus(2)
  }

  @Test func whatStandsBeforeAColonIsNoStagesFileUnlessItIsOne() throws {
    let repository = try changed()
    try repository.write("edit\n", to: "oa")
    try repository.dver("checkout", "-f", "d.dver:a").requireSuccess()
    #expect(try repository.readText("oa") == "edit\n")
    #expect(try repository.readText("d") == "1\n")
    for target in ["gone.dver:a", "other.yaml:a", "d:a"] {
      for command in ["status", "checkout", "commit"] {
        try repository.dver(command, target).requireStatus(2)
      }
    }
    try repository.dver("checkout", "-f", "dver.yaml:a").requireSuccess()
    #expect(try repository.readText("oa") == "1\n")
  }

  @Test func whatReadsAPathLiesBelowIt() throws {
    let repository = try changed()
    try repository.dver("repro", "--downstream", "d.dver").requireSuccess()
    #expect(try outputs(repository) == ["2", "2"])
    try repository.requireClean()
  }

  @Test func readersOfOnePathAreOnePipeline() throws {
    let repository = try changed()
    try repository.dver("repro", "-p", "a").requireSuccess()
    #expect(try outputs(repository) == ["2", "2"])
    try repository.requireClean()
  }

  @Test func aSingleStageRecordsNothingElse() throws {
    let repository = try changed()
    try repository.dver("repro", "-s", "a").requireSuccess()
    #expect(try outputs(repository) == ["2", "1"])
    #expect(try repository.git("status", "--porcelain", "d.dver").lines == [])
  }

  @Test func whatIsAskedForAndNotThereIsMissing() throws {
    let repository = try changed()
    try repository.dver("remote", "add", "-d", "r", repository.outside("remote")).requireSuccess()
    try repository.dver("push", "-q").requireSuccess()
    try repository.remove("d")
    let refused = try repository.dver("repro", "d.dver").requireStatus(4)
    #expect(refused.standardError.contains("d"))
    try repository.dver("repro", "--pull", "d.dver").requireSuccess()
    #expect(try repository.readText("d") == "1\n")
  }

  @Test func withoutARemoteThePullTakesWhatTheCacheHas() throws {
    let repository = try changed()
    try repository.remove("d")
    let pulled = try repository.dver("repro", "--pull").requireSuccess()
    #expect(pulled.standardError.contains("WARNING: no remote is configured"))
    #expect(try repository.readText("d") == "1\n")
    try repository.requireClean()
    try repository.shell("rm -rf d .dver/cache").requireSuccess()
    let refused = try repository.dver("repro", "--pull").requireStatus(3)
    #expect(refused.standardError.contains("dependency d is missing"))
  }

  @Test func whatIsNotCommittedIsNotStored() throws {
    let repository = try changed()
    try repository.dver("repro", "--no-commit", "d").requireSuccess()
    let status = try repository.dver("status", "--json").requireSuccess().standardOutput
    #expect(status.contains(#""d": "not in cache""#))
  }
}
