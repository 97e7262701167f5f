import ArgumentParser
import DverWorkspace

/// `dver params`: parameters of stages.
struct ParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "params",
    abstract: "Compare parameters",
    subcommands: [ParamsDiffCommand.self])
}

/// `dver params diff`: what changed in parameter files.
struct ParamsDiffCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show which parameters changed between two versions",
    discussion: """
      Compares the parameter files of all pipelines, and params.yaml, in two revisions, or in a \
      revision (HEAD by default) and the workspace.

      Examples:
        dver params diff
        dver params diff v1.0 v2.0 --deps
        dver params diff --targets train.json --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var comparison: ComparisonArguments

  @Flag(help: "Only parameters that stages depend on")
  var deps = false

  var printsJSON: Bool { json.json }

  var bareAccess: BareAccess { comparison.bareAccess }

  func run(in workspace: Workspace, console: Console) throws {
    var options = comparison.options
    options.dependenciesOnly = deps
    let view = DifferenceTable(
      title: "Param", names: comparison.revisions.names, showsPath: !comparison.noPath,
      showsChange: false)
    comparison.print(
      try workspace.parametersDifference(options), of: "parameters", as: view, in: workspace,
      on: console)
  }
}
