import ArgumentParser
import DverWorkspace

/// `dver metrics diff`: what changed in metrics files.
struct MetricsDiffCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show which metrics changed between two versions",
    discussion: """
      Compares two revisions, or a revision (HEAD by default) with the workspace.

      Examples:
        dver metrics diff
        dver metrics diff main --md --no-path
        dver metrics diff v1.0 v2.0 --targets eval.json --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var comparison: ComparisonArguments
  @OptionGroup var precision: PrecisionOption

  @Flag(name: [.customShort("R"), .long], help: "Take all files in folders (always done)")
  var recursive = false

  var printsJSON: Bool { json.json }

  var bareAccess: BareAccess { comparison.bareAccess }

  func run(in workspace: Workspace, console: Console) throws {
    let view = DifferenceTable(
      title: "Metric", names: comparison.revisions.names, showsPath: !comparison.noPath,
      precision: precision.digits)
    comparison.print(
      try workspace.metricsDifference(comparison.options), of: "metrics", as: view, in: workspace,
      on: console)
  }
}
