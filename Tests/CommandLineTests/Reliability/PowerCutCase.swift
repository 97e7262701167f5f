import TestSupport
import Testing

/// Commands that a power cut interrupts, and what those that were done had promised.
struct PowerCutCase: Sendable, CustomTestStringConvertible {
  /// A command line, with what must be there whole once it succeeded.
  struct Step: Sendable {
    var arguments: [String]
    var promises: [String] = []
    /// The program `git` runs, or a shell, whose work counts as synced.
    var isUsers = false
  }

  var name: String
  var steps: [Step]
  /// The objects that are in the cache before may go.
  var dropsObjects = false
  /// What was removed last may be there again.
  var mayComeBack = false
  var prepare: @Sendable () throws -> TemporaryRepository

  var testDescription: String { name }

  private static func dver(_ arguments: String..., promises: [String] = []) -> Step {
    Step(arguments: arguments, promises: promises)
  }

  private static func shell(_ script: String) -> Step { Step(arguments: [script], isUsers: true) }

  private static let add = dver("add", "data", "single.csv")
  private static let commitAll = shell("git add -A && git commit -qm version")
  private static let edit = shell("echo edited > data/a; rm -f single.csv; echo id,2 > single.csv")

  static let all: [PowerCutCase] = [
    PowerCutCase(name: "create", steps: [dver("init")]) { try SmallCase.empty() },
    PowerCutCase(name: "add", steps: [add]) { try SmallCase.withData() },
    PowerCutCase(name: "add again", steps: [add, commitAll, edit, add]) {
      try SmallCase.changed()
    },
    PowerCutCase(name: "add many", steps: [dver("add", "many")]) { try SmallCase.manyFiles() },
    PowerCutCase(name: "commit", steps: [dver("commit", "-f")]) { try SmallCase.changed() },
    PowerCutCase(
      name: "push", steps: [add, dver("push", promises: ["shared/objects", "shared/packs"])]
    ) { try SmallCase.withEmptyRemote() },
    PowerCutCase(
      name: "push many",
      steps: [dver("add", "many"), dver("push", promises: ["shared/objects", "shared/packs"])]
    ) { try SmallCase.manyFiles() },
    PowerCutCase(name: "fetch", steps: [dver("fetch")]) { try SmallCase.withoutData() },
    PowerCutCase(name: "pull", steps: [dver("pull")]) { try SmallCase.withoutData() },
    PowerCutCase(name: "checkout", steps: [dver("checkout")]) { try SmallCase.outOfDate() },
    PowerCutCase(name: "add and checkout", steps: [add, commitAll, back, dver("checkout")]) {
      try SmallCase.changed()
    },
    PowerCutCase(name: "force", steps: [dver("checkout", "-f")]) { try SmallCase.changed() },
    PowerCutCase(name: "add and force", steps: [add, edit, dver("checkout", "-f")]) {
      try SmallCase.withData()
    },
    PowerCutCase(name: "gc", steps: [add, commitAll, dver("gc", "-w", "-f")]) {
      try SmallCase.changed()
    },
    PowerCutCase(name: "gc packs", steps: [dver("gc", "-w", "-f")]) { try SmallCase.packed() },
    PowerCutCase(
      name: "empty trash", steps: [dver("gc", "--empty-trash", "-f")], dropsObjects: true
    ) { try SmallCase.withTrash() },
    PowerCutCase(name: "repack", steps: [dver("gc", "--repack")]) { try SmallCase.packed() },
    PowerCutCase(name: "repro", steps: [dver("repro")]) { try SmallCase.pipeline() },
    PowerCutCase(
      name: "undo",
      steps: [add, dver("remove", "--outs", "data"), dver("undo", "--to", "2")],
      mayComeBack: true
    ) { try SmallCase.withData() },
    PowerCutCase(name: "resolve", steps: [dver("resolve", "--theirs")]) {
      try SmallCase.conflicting()
    },
    PowerCutCase(name: "repair", steps: [dver("repair")]) { try SmallCase.damaged() },
  ]

  private static let back = shell("git checkout -q HEAD~1")
}
