import DverCore
import DverHashing
import DverManifest
import DverPipeline
import Testing

@Suite struct StageStalenessTests {
  private func record(_ path: String, _ content: String? = "x") -> OutputRecord {
    let name = content.map {
      let bytes = Array($0.utf8)
      return ContentName(digest: SHA256.digest(of: bytes.span), isDirectory: false)
    }
    return OutputRecord(path: Array(path.utf8), name: name)
  }

  private func values(_ pairs: [(String, ParameterValue)]) -> StageLock.ParameterFile {
    .init(file: "params.yaml", values: pairs.map { .init(key: $0.0, value: $0.1) })
  }

  private let definition = stage(
    "train", ["run"], from: ["in"], to: ["out"],
    parameters: [ParameterSelection(file: "params.yaml", keys: ["lr", "depth"])])

  private func lock() -> StageLock {
    StageLock(
      commands: ["run"], dependencies: [record("in")],
      parameters: [values([("depth", .integer(3)), ("lr", .double(0.1))])],
      outputs: [record("out")])
  }

  private func reasons(
    _ definition: Stage? = nil, lock: StageLock?, dependency: String? = "x",
    parameters: [(String, ParameterValue)]? = [("lr", .double(0.1)), ("depth", .integer(3))],
    output: String? = "x", isStored: Bool = true, allowsMissing: Bool = false
  ) throws -> StageStaleness {
    let graph = try graph([definition ?? self.definition])
    let stage = graph.stages[0]
    return StageStaleness(
      of: stage, lock: lock,
      inputs: StageInputs(
        dependencies: stage.stage.dependencies.isEmpty ? [] : [record("in", dependency)],
        parameters: stage.stage.parameters.isEmpty ? [] : [parameters.map(values)]),
      outputs: stage.outputs.map { _ in
        PresentOutput(
          record: output == nil ? nil : record("out", output), isLockedContentStored: isStored)
      }, allowsMissing: allowsMissing)
  }

  @Test func isFreshWhenAllIsAsRecorded() throws {
    #expect(try reasons(lock: lock()).verdict == .fresh)
  }

  @Test func listsReasonsInOrderWithOldAndNewValues() throws {
    var changed = definition
    changed.commands = ["run --fast"]
    let staleness = try reasons(
      changed, lock: lock(), dependency: "y", parameters: [("lr", .double(0.2))], output: nil)
    #expect(staleness.verdict == .stale)
    #expect(
      staleness.reasons.map(\.description) == [
        "the command changed from 'run' to 'run --fast'", "dependency in was modified",
        "parameter lr of params.yaml changed from 0.1 to 0.2",
        "parameter depth of params.yaml is missing; it was 3", "output out is missing",
      ])
    let items = StaleReason.statusItems(staleness.reasons, from: path("sub"))
    #expect(
      JSONValue.array(items).serialized
        == #"[{"changed deps": {"../in": "modified", "../params.yaml": {"lr": "modified", "#
        + #""depth": "deleted"}}}, {"changed outs": {"../out": "deleted"}}, "changed command"]"#)
  }

  @Test func comparesTheEnvironment() throws {
    var (changed, recorded) = (definition, lock())
    changed.environment = [.init(name: "A", value: "1"), .init(name: "B", value: "2")]
    recorded.environment = [.init(name: "B", value: "1"), .init(name: "C", value: "3")]
    let staleness = try reasons(changed, lock: recorded)
    #expect(staleness.verdict == .stale)
    #expect(
      staleness.reasons == [
        .environment("A", .new, old: nil, new: "1"),
        .environment("B", .modified, old: "1", new: "2"),
        .environment("C", .deleted, old: "3", new: nil),
      ])
    #expect(
      staleness.reasons.map(\.description) == [
        #"variable A is new: "1""#, #"variable B changed from "1" to "2""#,
        #"variable C is missing; it was "3""#,
      ])
    #expect(
      JSONValue.array(StaleReason.statusItems(staleness.reasons, from: .root)).serialized
        == #"[{"changed env": {"A": "new", "B": "modified", "C": "deleted"}}]"#)
    recorded.environment = changed.environment.reversed()
    #expect(try reasons(changed, lock: recorded).verdict == .fresh)
  }

  @Test func namesThatOnlyLookTheSameAreDifferent() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    var (changed, recorded) = (definition, lock())
    changed.commands = ["cat \(composed)"]
    changed.environment = [.init(name: "A", value: composed)]
    recorded.commands = ["cat \(decomposed)"]
    recorded.environment = [.init(name: "A", value: decomposed)]
    recorded.parameters = [values([("depth", .integer(3)), ("lr", .string(decomposed))])]
    let staleness = try reasons(
      changed, lock: recorded, parameters: [("lr", .string(composed)), ("depth", .integer(3))])
    #expect(staleness.reasons.count == 3)
    #expect(staleness.verdict == .stale)
  }

  @Test func tellsNewThingsOfAStageThatNeverRan() throws {
    let staleness = try reasons(lock: nil, output: nil)
    #expect(staleness.verdict == .stale)
    #expect(staleness.reasons.first == .neverRan)
    #expect(staleness.reasons.contains(.dependency(.inside(path("in")), .new)))
  }

  /// In the words of DVC.
  @Test func statusTellsWhatTheLockDoesNotKnow() throws {
    func items(_ lock: StageLock?, _ parameters: [(String, ParameterValue)]) throws -> String {
      let reasons = try reasons(lock: lock, parameters: parameters).reasons
      return JSONValue.array(StaleReason.statusItems(reasons, from: .root)).serialized
    }
    let all: [(String, ParameterValue)] = [("lr", .double(0.1)), ("depth", .integer(3))]
    for count in 0...2 {
      #expect(
        try items(nil, Array(all.prefix(count)))
          == #"[{"changed deps": {"in": "modified", "params.yaml": "new"}}, "#
          + #"{"changed outs": {"out": "modified"}}]"#)
    }
    var known = lock()
    known.dependencies = []
    #expect(try items(known, all) == #"[{"changed deps": {"in": "modified"}}]"#)
  }

  @Test(arguments: [
    // Present content, whether the recorded one is stored, and what follows.
    (nil as String?, true, StageStaleness.Verdict.restorable), (nil, false, .stale),
    ("edited", true, .restorable), ("edited", false, .stale), ("x", false, .restorable),
  ])
  func restoresWhatTheStoreHolds(
    output: String?, isStored: Bool, verdict: StageStaleness.Verdict
  ) throws {
    #expect(try reasons(lock: lock(), output: output, isStored: isStored).verdict == verdict)
  }

  @Test(arguments: [nil as String?, "edited", "x"])
  func whatTheCacheLacksIsSaidFirst(output: String?) throws {
    let staleness = try reasons(lock: lock(), output: output, isStored: false)
    #expect(
      JSONValue.array(StaleReason.statusItems(staleness.reasons, from: .root)).serialized
        == #"[{"changed outs": {"out": "not in cache"}}]"#)
  }

  @Test func outputsThatStayInGitAreNotMissedInTheCache() throws {
    var changed = definition
    changed.outputs[0].isCached = false
    #expect(try reasons(changed, lock: lock(), isStored: false).verdict == .fresh)
  }

  @Test func frozenStagesIgnoreWhatTheyRead() throws {
    var frozen = definition
    frozen.isFrozen = true
    frozen.alwaysRuns = true
    let staleness = try reasons(frozen, lock: lock(), dependency: nil, parameters: nil)
    #expect(staleness.verdict == .fresh)
    #expect(try reasons(frozen, lock: lock(), output: nil, isStored: false).verdict == .stale)
  }

  @Test func stagesWithoutDependenciesRunOnceAndThoseWithNothingAlways() throws {
    let once = stage("a", ["run"], to: ["out"])
    let onceLock = StageLock(commands: ["run"], outputs: [record("out")])
    #expect(try reasons(once, lock: onceLock).verdict == .fresh)
    let never = StageLock(commands: ["run"])
    #expect(try reasons(stage("a", ["run"]), lock: never).reasons == [.alwaysRuns])
  }

  @Test func wholeFilesOfParametersCompareAllKeys() throws {
    var whole = definition
    whole.parameters = [ParameterSelection(file: "params.yaml", keys: [])]
    let staleness = try reasons(
      whole, lock: lock(), parameters: [("lr", .double(0.1)), ("seed", .integer(1))])
    #expect(
      staleness.reasons.map(\.description) == [
        "parameter depth of params.yaml is missing; it was 3",
        "parameter seed of params.yaml is new: 1",
      ])
  }

  @Test func missingDataMayBeAllowed() throws {
    let staleness = try reasons(
      lock: lock(), dependency: nil, output: nil, isStored: false, allowsMissing: true)
    #expect(staleness.verdict == .fresh)
  }
}
