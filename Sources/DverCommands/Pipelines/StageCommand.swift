import ArgumentParser
import DverCore
import DverWorkspace

/// `dver stage`: the stages of pipelines.
struct StageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stage",
    abstract: "List, show and add stages of pipelines",
    subcommands: [StageAddCommand.self, StageListCommand.self, StageShowCommand.self])
}

/// `dver stage list`: which stages there are.
struct StageListCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List stages",
    discussion: """
      Groups are listed member by member. With --resolved the whole dver.yaml of the current folder \
      is printed with its templates filled in.

      Examples:
        dver stage list
        dver stage list --all --name-only
        dver stage list --resolved --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: [.long, .customLong("names-only")], help: "Print names alone")
  var nameOnly = false

  @Flag(help: "List all stages and pointer files of the workspace")
  var all = false

  @Flag(name: [.customShort("R"), .long], help: "Take a folder for all stages below it")
  var recursive = false

  @Flag(help: "With --all, fail where a dver.yaml or a pointer file cannot be read")
  var fail = false

  @Flag(help: "Print the definition with its templates filled in; takes --json")
  var resolved = false

  @Argument(
    help: "Stages, groups, dver.yaml files or outputs (default: dver.yaml here)",
    completion: .target)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if resolved, !json.json { throw ValidationError("--resolved needs --json") }
    if resolved, all || nameOnly || recursive || !targets.isEmpty {
      throw ValidationError("--resolved is about the dver.yaml of the current folder alone")
    }
    if all, !targets.isEmpty { throw ValidationError("--all takes no targets") }
  }

  /// The templates that --resolved fills in are those of files.
  var bareAccess: BareAccess { resolved ? .refused : .allowed(revision: nil) }

  func run(in workspace: Workspace, console: Console) throws {
    if resolved {
      let definition = try workspace.resolvedDefinition()
      for warning in definition.warnings { console.warning(warning) }
      return console.print(json: definition.json)
    }
    let stages =
      all
      ? try workspace.allStages(requiringAll: fail)
      : try workspace.stages(targets.map(\.pathBytes), isRecursive: recursive)
    if console.printsJSON { return console.print(json: .array(stages.map(json))) }
    let width = stages.map(\.name.count).max() ?? 0
    for stage in stages {
      let padding = String(repeating: " ", count: width - stage.name.count)
      console.print(nameOnly ? stage.name : "\(stage.name)\(padding)  \(stage.summary)")
    }
  }

  private func json(_ stage: StageSummary) -> JSONValue {
    guard !nameOnly else { return .string(stage.name) }
    return [
      "name": .string(stage.name), "summary": .string(stage.summary),
      "frozen": .bool(stage.isFrozen), "always_changed": .bool(stage.alwaysRuns),
    ]
  }
}
