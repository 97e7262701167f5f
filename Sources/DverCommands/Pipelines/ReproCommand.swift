import ArgumentParser
import DverCore
import DverParallel
import DverPipeline
import DverWorkspace

/// `dver repro`: runs the stale stages of pipelines.
struct ReproCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "repro",
    abstract: "Run the stale stages of pipelines, independent ones at once",
    discussion: """
      A stage runs when its command, a dependency, a parameter or an output is not what dver.lock \
      records. The previous outputs stay aside until the new ones are complete, and come back when \
      the command fails or is killed.

      Examples:
        dver repro
        dver repro -j 4 evaluate
        dver repro --dry
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var selection: ReproSelection

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: "How many stages run at once (default: one a processor)")
  var jobs: Int?

  @Flag(name: .shortAndLong, help: "Run stages though nothing changed")
  var force = false

  @Flag(name: .shortAndLong, help: "After a failure go on with stages that do not depend on it")
  var keepGoing = false

  @Flag(help: "After a failure go on with all stages")
  var ignoreErrors = false

  @Flag(help: "Print what would run, and why")
  var dry = false

  @Flag(name: .shortAndLong, help: "Ask before each stage")
  var interactive = false

  @Flag(help: "Fetch missing data from remotes first")
  var pull = false

  @Flag(help: "Take missing data for what is recorded of it")
  var allowMissing = false

  @Flag(
    name: .customLong("no-run-cache"),
    help: "Run stages even if their outputs are known from an earlier run")
  var withoutRunCache = false

  @Flag(name: .customLong("no-commit"), help: "Leave outputs out of the cache")
  var withoutCommit = false

  @Argument(
    help: "Stages, dver.yaml files or outputs (default: dver.yaml here)", completion: .target)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number from 1 on") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    var options = ReproOptions()
    selection.apply(to: &options)
    options.targets = targets
    options.jobs = interactive ? 1 : jobs ?? processorCount
    options.force = force
    options.keepsGoing = keepGoing
    options.ignoresErrors = ignoreErrors
    options.isDry = dry
    options.pulls = pull
    options.allowMissing = allowMissing
    options.withoutRunCache = withoutRunCache
    options.withoutCommit = withoutCommit
    if dry {
      return ReproForecastReport(try workspace.reproForecast(options)).print(on: console)
    }
    if interactive {
      options.confirm = { stage, reasons in
        console.confirms(
          "Run stage '\(stage)' (\(reasons.map(\.description).joined(separator: ", ")))?")
      }
    }
    let view = ReproView(console: console, prefixesLines: options.jobs > 1)
    let reports = try view.following { try workspace.repro(options) { view.show($0) } }
    try view.finish(reports)
  }
}

/// Which stages `repro` works on.
struct ReproSelection: ParsableArguments {
  @Flag(
    name: [.customShort("s"), .customLong("single-item")], help: "Leave out what targets depend on")
  var single = false

  @Flag(name: .shortAndLong, help: "Run the whole pipelines of targets")
  var pipeline = false

  @Flag(name: [.customShort("P"), .long], help: "Run all pipelines of the workspace")
  var allPipelines = false

  @Flag(name: [.customShort("R"), .long], help: "Take a folder for all stages below it")
  var recursive = false

  @Flag(help: "Run targets and what depends on them")
  var downstream = false

  @Flag(help: "Run what depends on a stage that ran, though nothing changed for it")
  var forceDownstream = false

  @Flag(help: "Take stage names as patterns")
  var glob = false

  func apply(to options: inout ReproOptions) {
    options.single = single
    options.wholePipelines = pipeline
    options.allPipelines = allPipelines
    options.recursive = recursive
    options.downstream = downstream
    options.forceDownstream = forceDownstream
    options.areGlobs = glob
  }
}
