import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// How plots are drawn, for those who want it otherwise than their definitions say.
struct PlotPropertyOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The template: one of 'dver plots templates', or a file in .dver/plots", valueName: "name"))
  var template: String?

  @Option(
    name: .customShort("x"), help: ArgumentHelp("The field along the x axis", valueName: "field"))
  var x: String?

  @Option(
    name: .customShort("y"), help: ArgumentHelp("The field along the y axis", valueName: "field"))
  var y: String?

  @Flag(help: "CSV and TSV files have no names of fields in their first row")
  var noHeader = false

  @Option(help: ArgumentHelp("The title", valueName: "text"))
  var title: String?

  @Option(help: ArgumentHelp("What stands at the x axis", valueName: "text"))
  var xLabel: String?

  @Option(help: ArgumentHelp("What stands at the y axis", valueName: "text"))
  var yLabel: String?

  var properties: PlotProperties {
    var properties = PlotProperties()
    properties.template = template
    properties.x = x.map { .own([$0]) }
    properties.y = y.map { .own([$0]) }
    properties.hasHeading = noHeader ? false : nil
    properties.title = title
    properties.xLabel = xLabel
    properties.yLabel = yLabel
    return properties
  }
}

/// Where plots go.
struct PlotOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder to write index.html to (default: dver_plots)", valueName: "dir"),
    completion: .directory)
  var out: String?

  @Option(
    help: ArgumentHelp("A page with {plot_divs} to put the plots into", valueName: "file"),
    completion: .file())
  var htmlTemplate: String?

  @Flag(help: "Open the page in a browser")
  var open = false

  @Flag(help: "Print one plot as a specification for Vega-Lite")
  var showVega = false

  @Flag(help: "With --json, give apart what differs between charts of one template")
  var split = false
}

/// What `plots show` and `plots diff` have in common behind the finding of plots.
struct PlotOutput {
  let output: PlotOutputOptions
  let targetCount: Int

  /// Refuses options that exclude each other.
  func validate(printsJSON: Bool) throws {
    guard output.showVega else { return }
    if targetCount != 1 { throw ValidationError("--show-vega takes one target") }
    if printsJSON { throw ValidationError("--show-vega and --json exclude each other") }
  }

  func write(
    _ options: PlotOptions, _ properties: PlotPropertyOptions, in workspace: Workspace,
    on console: Console
  ) throws {
    var options = options
    options.properties = properties.properties
    let plots = try workspace.plots(options)
    if console.printsJSON {
      return console.print(json: try plots.json(isSplit: output.split))
    }
    for plot in plots.plots {
      for problem in plot.problems {
        console.warning("\(plot.name), \(problem.version): \(problem.problem.message)")
      }
    }
    for problem in plots.problems {
      console.warning("\(problem.version): \(problem.problem.message)")
    }
    if output.showVega {
      for case .chart(let chart) in plots.plots.map(\.content).prefix(1) {
        try console.print(json: chart.isEmpty ? .object([]) : chart.vega())
      }
      return
    }
    guard !plots.isEmpty else {
      return console.status("There are no plots, so no page was written.")
    }
    let template =
      try output.htmlTemplate.map { AbsolutePath($0.pathBytes, relativeTo: workspace.current) }
      ?? workspace.plotPageTemplate()
    let file = try workspace.write(
      plots.page(title: "Plots"), to: output.out?.pathBytes ?? workspace.plotFolder(),
      template: template)
    console.print(file.fileAddress)
    if try output.open || workspace.opensPlots() { Browser.open(file.fileAddress, on: console) }
  }
}
