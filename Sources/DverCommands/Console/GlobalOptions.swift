import ArgumentParser

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
  enum ColorMode: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Flag(name: .shortAndLong, help: "Print results and errors only")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print more about what is done")
  var verbose = false

  @Option(help: "Colour output: auto, always or never")
  var color: ColorMode = .auto

  @Option(
    name: .customLong("cd"), help: ArgumentHelp("Work as if started there", valueName: "dir"),
    completion: .directory)
  var directory: String?
}

/// `--json` of commands that print.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print one JSON document")
  var json = false
}
