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
  @OptionGroup var revisions: RevisionArguments
  @OptionGroup var precision: PrecisionOption

  @Option(
    parsing: .upToNextOption,
    help: "Metrics files, or folders of them, in place of those of the pipelines",
    completion: .file())
  var targets: [String] = []

  @Flag(name: [.customShort("R"), .long], help: "Take all files in folders (always done)")
  var recursive = false

  @Flag(help: "List metrics that did not change too")
  var all = false

  @Flag(name: .customLong("md"), help: "Print a Markdown table")
  var markdown = false

  @Flag(help: "Leave the names of the files out")
  var noPath = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = ComparisonOptions()
    (options.old, options.new) = (revisions.old, revisions.new)
    options.targets = targets.map(\.pathBytes)
    options.includesUnchanged = all
    let difference = try workspace.metricsDifference(options)
    console.warn(aboutUnread: difference.problematicVersions, of: "metrics")
    if console.printsJSON {
      return console.print(json: difference.json { workspace.jsonKey($0) })
    }
    let view = DifferenceTable(
      title: "Metric", names: revisions.names, showsPath: !noPath, precision: precision.digits)
    console.print(view.table(difference) { workspace.shown($0) }, asMarkdown: markdown)
  }
}
