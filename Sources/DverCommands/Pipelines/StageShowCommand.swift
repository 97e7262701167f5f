import ArgumentParser
import DverCore
import DverManifest
import DverPipeline
import DverWorkspace

/// `dver stage show`: one stage and its last runs.
struct StageShowCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a stage and its last runs on this machine",
    discussion: """
      Examples:
        dver stage show train
        dver stage show --json train@us
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Argument(help: "A stage, or an output of one", completion: .target)
  var stage: String

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let description = try workspace.describeStage(stage)
    if console.printsJSON { return console.print(json: StageDocument(description).json) }
    for line in StageText(description).lines { console.print(line) }
  }
}

/// A stage as text.
struct StageText {
  private let description: StageDescription
  private var stage: Stage { description.stage }

  init(_ description: StageDescription) { self.description = description }

  var lines: [String] {
    var lines = ["Stage '\(description.name)' of \(description.file)"]
    func add(_ label: String, _ values: [String]) {
      for value in values { lines.append("  \(label): \(value)") }
    }
    add("description", stage.summary.map { [$0] } ?? [])
    add("command", stage.commands)
    add("folder", stage.workingDirectory.map { [$0] } ?? [])
    add("environment", stage.environment.map { "\($0.name)=\($0.value)" })
    add("reads", stage.dependencies.map { PathQuoting.quoted($0) })
    add("parameters", stage.parameters.map { "\($0.file): \($0.keys.joined(separator: ", "))" })
    add("writes", stage.outputs.map { PathQuoting.quoted($0.path) })
    add("takes", resources)
    add("mutex", stage.mutexes)
    add("timeout", stage.timeout.map { [DurationText.short($0)] } ?? [])
    add("retries", stage.retry.map { ["\($0.times), after \(DurationText.short($0.delay))"] } ?? [])
    if stage.isFrozen { lines.append("  frozen") }
    if stage.alwaysRuns { lines.append("  runs every time") }
    return lines + runs
  }

  private var resources: [String] {
    let resources = stage.resources
    var texts: [String] = []
    if let cpus = resources.cpus { texts.append("cpus \(cpus)") }
    if let memory = resources.memory { texts.append("memory \(memory)") }
    if let gpus = resources.gpus { texts.append("gpus \(gpus)") }
    return texts + resources.others.map { "\($0.name) \($0.count)" }
  }

  private var runs: [String] {
    guard !description.runs.isEmpty else { return ["It has not run on this machine"] }
    var table = TextTable(columns: StageRunText.columns)
    for run in description.runs { table.append(StageRunText.row(run)) }
    return [""] + table.plainLines
  }
}

/// A stage as JSON.
struct StageDocument {
  private let description: StageDescription
  private var stage: Stage { description.stage }

  init(_ description: StageDescription) { self.description = description }

  var json: JSONValue {
    [
      "name": .string(description.name), "file": .string(description.file),
      "cmd": .array(stage.commands.map { .string($0) }),
      "wdir": .string(stage.workingDirectory ?? "."),
      "deps": .array(stage.dependencies.map { .path($0) }),
      "params": .object(
        stage.parameters.map { ($0.file, .array($0.keys.map { .string($0) })) }),
      "outs": .array(stage.outputs.map(output)), "frozen": .bool(stage.isFrozen),
      "always_changed": .bool(stage.alwaysRuns),
      "desc": stage.summary.map { .string($0) } ?? .null,
      "env": .object(stage.environment.map { ($0.name, .string($0.value)) }),
      "resources": resources, "mutex": .array(stage.mutexes.map { .string($0) }),
      "timeout": stage.timeout.map { .double(StageRunText.seconds($0)) } ?? .null,
      "retry": stage.retry.map {
        ["times": .integer($0.times), "delay": .double(StageRunText.seconds($0.delay))]
      } ?? .null,
      "runs": .array(description.runs.map { .object(StageRunText.members(of: $0)) }),
    ]
  }

  /// With the digest that the lock records.
  private func output(_ output: StageOutput) -> JSONValue {
    let kind =
      switch output.kind {
      case .data: "data"
      case .metric: "metric"
      case .plot: "plot"
      }
    let record = description.lock?.outputs.first { $0.path == output.path }
    return [
      "path": .path(output.path), "kind": .string(kind), "cache": .bool(output.isCached),
      "persist": .bool(output.persists),
      "sha256": record?.name.map { .string("\($0)") } ?? .null,
    ]
  }

  private var resources: JSONValue {
    let resources = stage.resources
    var members: [(key: String, value: JSONValue)] = []
    if let cpus = resources.cpus { members.append(("cpus", .double(cpus))) }
    if let memory = resources.memory { members.append(("memory", .integer(memory.value))) }
    if let gpus = resources.gpus { members.append(("gpus", .integer(gpus))) }
    members += resources.others.map { ($0.name, .integer($0.count)) }
    return .object(members)
  }
}
