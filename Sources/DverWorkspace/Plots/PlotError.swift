import DverCore

/// Why a plot cannot be made.
enum PlotError: DverError {
  case unknownFormat(String)
  case badTable(String, String)
  case noField(String, source: String, known: [String])
  case lengths(x: String, y: String)
  case sourceCounts(x: Int, y: Int)
  case noTemplate(String)
  case badTemplate(String, String)
  case noPlot(String)
  case noProperty(String, plot: String)

  /// The kind of problem, as DVC names it.
  var type: String {
    switch self {
    case .unknownFormat: "PlotMetricTypeError"
    case .badTable: "ParseError"
    case .noField: "FieldNotFoundError"
    case .lengths, .sourceCounts: "DvcException"
    case .noTemplate: "TemplateNotFoundError"
    case .badTemplate: "BadTemplateError"
    case .noPlot: "NotAPlotError"
    case .noProperty: "PropsNotFoundError"
    }
  }

  var message: String {
    switch self {
    case .unknownFormat(let source):
      "\(source) is neither JSON, YAML, TOML, CSV or TSV nor a picture by its name"
    case .badTable(let source, let text): "\(source): \(text)"
    case .noField(let field, let source, let known):
      "\(source) has no field '\(field)', but " + known.map { "'\($0)'" }.joined(separator: ", ")
    case .lengths(let x, let y): "\(x) and \(y) do not have as many points as each other"
    case .sourceCounts(let x, let y):
      "\(x) sources for the x axis and \(y) for the y axis cannot be put together"
    case .noTemplate(let name): "there is no plot template '\(name)'"
    case .badTemplate(let name, let text): "the plot template '\(name)' cannot be used: \(text)"
    case .noPlot(let path): "\(path) is no plot of a stage"
    case .noProperty(let name, let plot): "\(plot) has no property '\(name)'"
    }
  }

  var hint: String? {
    switch self {
    case .noTemplate: "see 'dver plots templates'; templates of your own are files in .dver/plots"
    case .noPlot: "list it under 'plots' of the stage that writes it"
    default: nil
    }
  }
}
