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
  @OptionGroup var revisions: RevisionArguments

  @Option(
    parsing: .upToNextOption, help: "Parameter files to compare in place of those of the pipelines",
    completion: .file())
  var targets: [String] = []

  @Flag(help: "List parameters that did not change too")
  var all = false

  @Flag(help: "Only parameters that stages depend on")
  var deps = false

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
    options.dependenciesOnly = deps
    let difference = try workspace.parametersDifference(options)
    console.warn(aboutUnread: difference.problematicVersions, of: "parameters")
    if console.printsJSON {
      return console.print(json: difference.json { workspace.jsonKey($0) })
    }
    let view = DifferenceTable(
      title: "Param", names: revisions.names, showsPath: !noPath, showsChange: false)
    console.print(view.table(difference) { workspace.shown($0) }, asMarkdown: markdown)
  }
}
