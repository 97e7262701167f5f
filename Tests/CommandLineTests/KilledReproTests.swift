import TestSupport
import Testing

/// What a repro leaves that was killed between two of its stages.
@Suite struct KilledReproTests {
  /// `s` copies `in`; `t`, which reads what `s` makes, kills dver where there is a file `deadly`.
  private func pipeline() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      stages:
        s: {cmd: cat in > o, deps: [in], outs: [o]}
        t: {cmd: "cp o p; [ ! -e deadly ] || kill -9 $PPID", deps: [o], outs: [p]}

      """, to: "dver.yaml")
    try repository.write("in\ndeadly\n", to: ".git/info/exclude")
    try repository.write("1\n", to: "in")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func die(_ repository: TemporaryRepository, on input: String) throws {
    try repository.write(input, to: "in")
    try repository.write("", to: "deadly")
    let killed = try repository.dver("repro", "-q", "--no-run-cache")
    #expect(killed.status != .exited(0))
    try repository.remove("deadly")
  }

  @Test func aFinishedStageIsRecordedBeforeAnybodyLooks() throws {
    let repository = try pipeline()
    try die(repository, on: "2\n")
    let status = try repository.dver("status", "--json").requireSuccess().standardOutput
    #expect(!status.contains(#""s""#) && status.contains(#""t""#))
    try repository.dver("checkout", "-q", "o").requireSuccess()
    #expect(try repository.readText("o") == "2\n")
    let log = try repository.dver("repro").requireSuccess().standardOutput
    #expect(log.contains("Stage 's' didn't change"))
  }

  @Test func aLivingRunIsRecordedWhateverTheLockFileHas() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      stages:
        s: {cmd: "cat in > o; [ ! -e back ] || git checkout -q HEAD -- dver.lock", deps: [in], outs: [o]}

      """, to: "dver.yaml")
    try repository.write("in\nback\n", to: ".git/info/exclude")
    try repository.write("1\n", to: "in")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.write("2\n", to: "in")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write("", to: "back")
    try repository.write("3\n", to: "in")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.requireClean()
    #expect(try repository.readText("o") == "3\n")
  }

  /// What settles a merge must not fail because of what died before the merge.
  @Test func aConflictInTheLockFileKeepsTheRunForLater() throws {
    let repository = try pipeline()
    try repository.git("checkout", "-qb", "other").requireSuccess()
    try repository.write("other\n", to: "in")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "-").requireSuccess()
    try repository.write("2\n", to: "in")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try die(repository, on: "3\n")
    #expect(try repository.git("merge", "-q", "other").status == .exited(1))
    try repository.dver("resolve", "--ours").requireSuccess()
    try repository.git("commit", "-q", "--no-edit").requireSuccess()
    let log = try repository.dver("repro", "--no-run-cache").requireSuccess().standardOutput
    #expect(log.contains("Stage 's' didn't change"))
    #expect(try repository.readText("o") == "3\n")
  }

  /// The lock file that is there now says nothing of the run that died.
  @Test func anotherVersionKeepsItsLock() throws {
    let repository = try pipeline()
    try repository.git("checkout", "-qb", "other").requireSuccess()
    try repository.write("other\n", to: "in")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "-").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    try die(repository, on: "3\n")
    try repository.git("checkout", "-q", "other").requireSuccess()
    try repository.write("other\n", to: "in")
    let told = try repository.dver("status").requireSuccess().standardError
    #expect(told.contains("a run of stage 's' is not recorded"))
    try repository.dver("checkout", "-q").requireSuccess()
    try repository.requireClean()
    #expect(try repository.git("status", "--porcelain", "dver.lock").lines == [])
    #expect(try repository.readText("o") == "other\n")
  }
}
