import ArgumentParser
import DverCore
import DverManifest
import DverWorkspace

/// `dver stage add`: writes a stage into `dver.yaml`.
struct StageAddCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a stage to dver.yaml",
    discussion: """
      The stage goes into the dver.yaml of the current folder. Paths count from the folder that the \
      command runs in. Quote a command that holds variables or operators of the shell.

      Examples:
        dver stage add -n prepare -d raw.csv -o clean.csv python prepare.py
        dver stage add -n train -d clean.csv -p lr,epochs -o model.bin -M metrics.json \\
          python train.py
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var outputs: StageOutputOptions
  @OptionGroup var json: JSONOption

  @Option(name: .shortAndLong, help: "The stage's name")
  var name: String

  @Flag(name: .shortAndLong, help: "Replace a stage of this name")
  var force = false

  @Flag(help: "Run the stage at once")
  var run = false

  @Option(
    name: [.customShort("d"), .customLong("deps")], parsing: .singleValue,
    help: ArgumentHelp("A path that the command reads", valueName: "path"), completion: .file())
  var dependencies: [String] = []

  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp(
      "Parameters that the command reads: keys of params.yaml, or FILE: and keys of it",
      valueName: "keys"))
  var params: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder to run in", valueName: "path"), completion: .directory)
  var wdir: String?

  @Flag(help: "Run the stage each time")
  var alwaysChanged = false

  @Option(help: ArgumentHelp("What the stage is for", valueName: "text"))
  var desc: String?

  @Argument(parsing: .captureForPassthrough, help: "The command")
  var command: [String] = []

  func validate() throws {
    if command.drop(while: { $0 == "--" }).isEmpty {
      throw ValidationError("give the command that the stage runs")
    }
    if let first = command.first, first != "--", first.hasPrefix("-") {
      throw ValidationError(Self.refusal(of: first))
    }
    var known: Set<String> = []
    if let twice = dependencies.first(where: { !known.insert($0).inserted }) {
      throw ValidationError("the dependency \(twice) is given twice")
    }
    let texts = [name] + params + command + [wdir, desc].compactMap(\.self)
    if let word = texts.first(where: { !$0.isText }) {
      throw ValidationError("\(word) is not valid UTF-8, as what dver.yaml holds must be")
    }
  }

  /// What to say of a word that looks like an option and is none.
  private static func refusal(of word: String) -> String {
    let name = String(word.prefix { $0 != "=" })
    let known = helpMessage().split { !($0 == "-" || $0.isLetter) }.map(String.init)
    let nearest = Spelling.nearest(to: name, among: known.filter { $0.hasPrefix("--") })
    return "there is no option '\(name)'"
      + (nearest.map { ", did you mean '\($0)'?" }
        ?? "; write '--' before a command that begins with '-'")
  }

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var stage = Stage(name: name, commands: [StageArguments.command(command)])
    stage.workingDirectory = wdir
    stage.dependencies = dependencies.map(\.pathBytes)
    stage.parameters = StageArguments.parameters(params)
    stage.outputs = outputs.outputs
    stage.alwaysRuns = alwaysChanged
    stage.summary = desc
    let file = try workspace.addStage(stage, replaces: force)
    guard run else {
      if console.printsJSON {
        return console.print(json: ["stage": .string(name), "file": .string(file)])
      }
      return console.status("Added stage '\(name)' to \(file)")
    }
    if !console.printsJSON { console.status("Added stage '\(name)' to \(file)") }
    var options = ReproOptions()
    options.targets = [name]
    options.single = true
    options.force = true
    let view = ReproView(console: console, prefixesLines: false)
    try view.finish(try view.following { try workspace.repro(options) { view.show($0) } })
  }
}

/// What a new stage writes.
struct StageOutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("outs")], parsing: .singleValue,
    help: ArgumentHelp("A path that the command writes", valueName: "path"))
  var outs: [String] = []

  @Option(
    name: [.customShort("O"), .customLong("outs-no-cache")], parsing: .singleValue,
    help: ArgumentHelp("The same, left to git", valueName: "path"))
  var outsNoCache: [String] = []

  @Option(
    name: .customLong("outs-persist"), parsing: .singleValue,
    help: ArgumentHelp("The same, in place while the command runs", valueName: "path"))
  var outsPersist: [String] = []

  @Option(
    name: .customLong("outs-persist-no-cache"), parsing: .singleValue,
    help: ArgumentHelp("The same, left to git and in place", valueName: "path"))
  var outsPersistNoCache: [String] = []

  @Option(
    name: [.customShort("m"), .customLong("metrics")], parsing: .singleValue,
    help: ArgumentHelp("A file of metrics that the command writes", valueName: "path"))
  var metrics: [String] = []

  @Option(
    name: [.customShort("M"), .customLong("metrics-no-cache")], parsing: .singleValue,
    help: ArgumentHelp("The same, left to git", valueName: "path"))
  var metricsNoCache: [String] = []

  @Option(
    name: .customLong("plots"), parsing: .singleValue,
    help: ArgumentHelp("A file of values to draw that the command writes", valueName: "path"))
  var plots: [String] = []

  @Option(
    name: .customLong("plots-no-cache"), parsing: .singleValue,
    help: ArgumentHelp("The same, left to git", valueName: "path"))
  var plotsNoCache: [String] = []

  var outputs: [StageOutput] {
    func made(
      _ paths: [String], _ kind: StageOutput.Kind, isCached: Bool, persists: Bool = false
    ) -> [StageOutput] {
      paths.map {
        StageOutput(path: $0.pathBytes, kind: kind, isCached: isCached, persists: persists)
      }
    }
    return made(outs, .data, isCached: true) + made(outsNoCache, .data, isCached: false)
      + made(outsPersist, .data, isCached: true, persists: true)
      + made(outsPersistNoCache, .data, isCached: false, persists: true)
      + made(metrics, .metric, isCached: true) + made(metricsNoCache, .metric, isCached: false)
      + made(plots, .plot, isCached: true) + made(plotsNoCache, .plot, isCached: false)
  }
}

/// Arguments of `stage add` that stand for more than themselves.
enum StageArguments {
  /// One argument is a command; several are its words, in quotes where they hold blanks.
  static func command(_ words: [String]) -> String {
    let words = words.first == "--" ? Array(words.dropFirst()) : words
    guard words.count > 1 else { return words.first ?? "" }
    return words.map { word in
      if word.isEmpty { return "\"\"" }
      return word.contains(" ") && !word.contains("\"") ? "\"\(word)\"" : word
    }.joined(separator: " ")
  }

  /// `KEY,…` and `FILE:KEY,…`; a file without keys counts as a whole.
  static func parameters(_ arguments: [String]) -> [ParameterSelection] {
    var selections: [ParameterSelection] = []
    for argument in arguments {
      let colon = argument.lastIndex(of: ":")
      let file = colon.map { String(argument[..<$0]) } ?? ""
      let keys = argument[(colon.map { argument.index(after: $0) } ?? argument.startIndex)...]
        .split(separator: ",").map(String.init)
      let name = file.isEmpty ? "params.yaml" : file
      if let place = selections.firstIndex(where: { $0.file == name }) {
        selections[place].keys += keys
      } else {
        selections.append(ParameterSelection(file: name, keys: keys))
      }
    }
    return selections
  }
}
