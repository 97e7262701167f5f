import ArgumentParser
import DverCore
import DverWorkspace

/// `dver plots`: data that stages write for plots.
struct PlotsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plots",
    abstract: "Draw and compare plots",
    subcommands: [
      PlotsDiffCommand.self, PlotsModifyCommand.self, PlotsShowCommand.self,
      PlotsTemplatesCommand.self,
    ])
}

/// `dver plots show`: the plots of the workspace.
struct PlotsShowCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Draw plots of the workspace",
    discussion: """
      Writes one HTML file with all plots that the pipelines define, or with those that are named, \
      and prints its address. The file needs no network.

      Examples:
        dver plots show
        dver plots show roc.json -x fpr -y tpr --title ROC
        dver plots show logs/loss.csv -t smooth -o report
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var properties: PlotPropertyOptions
  @OptionGroup var output: PlotOutputOptions

  @Argument(
    help: "Files, folders or names of plots (default: all plots), or revisions to show them of",
    completion: .trackedPath)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  private var result: PlotOutput { PlotOutput(output: output, targetCount: targets.count) }

  func validate() throws { try result.validate(printsJSON: printsJSON) }

  func run(in workspace: Workspace, console: Console) throws {
    var options = PlotOptions()
    options.targets = targets
    options.takesRevisions = true
    try result.write(options, properties, in: workspace, on: console)
  }
}

/// `dver plots diff`: the plots of several versions in one.
struct PlotsDiffCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Draw plots of several versions over each other",
    discussion: """
      Compares the workspace with HEAD if it has changed; with one revision, the workspace with \
      that; with several, these with each other.

      Examples:
        dver plots diff
        dver plots diff main experiment --targets loss.csv
        dver plots diff v1.0 -o report --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var properties: PlotPropertyOptions
  @OptionGroup var output: PlotOutputOptions

  @Option(
    parsing: .upToNextOption, help: "Files, folders or names of plots (default: all plots)",
    completion: .trackedPath)
  var targets: [String] = []

  @Argument(
    help: "Revisions; with less than two, the workspace too (default: HEAD)",
    completion: .revision)
  var revisions: [String] = []

  var printsJSON: Bool { json.json }

  private var result: PlotOutput { PlotOutput(output: output, targetCount: targets.count) }

  func validate() throws { try result.validate(printsJSON: printsJSON) }

  func run(in workspace: Workspace, console: Console) throws {
    var options = PlotOptions()
    options.targets = targets
    options.revisions = revisions
    options.compares = true
    try result.write(options, properties, in: workspace, on: console)
  }
}

/// `dver plots templates`: the kinds of plots there are.
struct PlotsTemplatesCommand: DverCommand {
  static let configuration = CommandConfiguration(
    commandName: "templates",
    abstract: "List the kinds of plots, or print one as a template for Vega-Lite",
    discussion: """
      A copy of a template in .dver/plots can be changed and used under the name of its file.

      Examples:
        dver plots templates
        dver plots templates scatter > .dver/plots/mine.json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Argument(help: "The template to print")
  var template: String?

  var printsJSON: Bool { json.json }

  func run(console: Console) throws {
    guard let template else {
      let names = PlotTemplate.standard.map(\.name)
      if printsJSON { return console.print(json: .array(names.map { .string($0) })) }
      for name in names { console.print(name) }
      return
    }
    console.print(json: try PlotTemplate.standard(named: template).json())
  }
}

/// `dver plots modify`: changes how a plot of a stage is drawn.
struct PlotsModifyCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "modify",
    abstract: "Change how a plot that a stage writes is drawn",
    discussion: """
      Writes the properties into the pipeline file, whose comments and order stay.

      Examples:
        dver plots modify loss.csv -t smooth -x step -y loss
        dver plots modify loss.csv --unset title x_label
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var properties: PlotPropertyOptions

  @Argument(help: "The file of the plot", completion: .trackedPath)
  var target: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Properties to take away, such as x_label", valueName: "property"))
  var unset: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if properties.properties == PlotProperties(), unset.isEmpty {
      throw ValidationError("name a property to set, or one to take away with --unset")
    }
  }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.modifyPlot(
      target.pathBytes, properties.properties, unset: unset)
  }
}
