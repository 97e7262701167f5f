import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest
import DverObjectStore
import DverParallel
import DverPipeline

extension Workspace {
  /// Runs the stale stages of pipelines, independent ones at once.
  ///
  /// Finished stages are in the lock even if a later one fails or the process is killed.
  ///
  /// - Parameter events: Told from several threads.
  /// - Returns: What became of each stage of the plan, in its order.
  package func repro(
    _ options: ReproOptions, events: @escaping @Sendable (ReproEvent) -> Void
  ) throws -> [ReproReport] {
    // The first stage to run needs git, which takes some milliseconds to start.
    let preparation = WorkerThread(ifPossible: { try? GitRepository.prepare() })
    defer { preparation?.join() }
    let left = try prepareForRuns()
    let lookedAt = StageRunner.lookingNow()
    // A living process may have finished stages and not written that down yet.
    try foldLocks(command: "dver repro")
    let catalog = try catalog()
    let pipelines = try pipelines(catalog)
    let planned = try pipelines.plan(options, from: currentFolder)
    for target in options.targets { warnOfIgnoredName(in: Array(target.utf8), catalog) }
    let plan = planned.stages
    if options.pulls { try pullMissing(for: planned, in: pipelines, options: options) }
    let transaction = try storing()
    try recordSources(of: planned, in: pipelines, options: options, events: events)
    let storage = try WorkspaceStorage(
      self, transaction: transaction, isCommitting: !options.withoutCommit,
      pullsRuns: options.pulls)
    let (graph, folder) = (pipelines.graph, currentFolder)
    let runner = try runner(
      pipelines, storage: storage, options: options, left: left, lookedAt: lookedAt
    ) { event in
      Self.translate(event, graph, from: folder).map(events)
    }
    var run = PipelineRun(
      runner: runner, plan: plan, jobs: options.jobs,
      policy: options.ignoresErrors ? .ignore : options.keepsGoing ? .keepGoing : .stop,
      force: options.force ? .all : options.forceDownstream ? .downstream : .none)
    run.followsPlan = options.single
    var durations = StageDurations(durationsFile)
    run.durations = { [durations] in durations[graph.stages[$0].address] }
    run.capacity = { try self.capacity(jobs: options.jobs) }
    let reports: [StageReport]
    do {
      storage.folding.begin { try self.foldLocks(command: "dver repro") }
      defer { storage.folding.end() }
      reports = try run.execute()
    } catch {
      try? foldLocks(command: "dver repro")
      throw error
    }
    // Beside the folding, which waits for the disk most of the time; what is too young then comes after it.
    let settling = WorkerThread(ifPossible: { storage.settle() })
    do {
      defer { settling?.join() }
      try foldLocks(command: "dver repro")
      try transaction.finish()
      try transaction.store.settleOld()
    }
    storage.settle()
    try saveIndexes()
    // Without them stages start in another order, no more.
    try? durations.record(Self.durations(in: reports, graph), of: graph)
    if !storage.made.isEmpty {
      try rememberTracked(storage.made)
      if !options.withoutCommit { try relink(made: storage.made.map(\.path)) }
    }
    progress.end()
    return reports.map { Self.report($0, graph, from: folder) }
  }

  /// Replaces what stages have made by links, where the configuration asks for them.
  private func relink(made paths: [RepositoryPath]) throws {
    do {
      if try configuration().linkTypes.first?.isLink == true {
        try relink(paths.sorted(), command: "dver repro")
      }
    } catch let error as any DverError where error.exitStatus != .interrupted {
      // What the stages made is in place and recorded.
      notices.warning("outputs did not become links into the cache: \(error.message)")
    }
  }

  /// How long the stages took that ran.
  private static func durations(
    in reports: [StageReport], _ graph: StageGraph
  ) -> [(stage: StageAddress, duration: Duration)] {
    reports.compactMap { report -> (stage: StageAddress, duration: Duration)? in
      guard case .ran(let duration) = report.outcome else { return nil }
      return (graph.stages[report.stage].address, duration)
    }
  }

  /// Says what ``repro(_:events:)`` would do, without doing it.
  package func reproForecast(_ options: ReproOptions) throws -> [ReproForecast] {
    let pipelines = try pipelines(catalog())
    let plan = try pipelines.plan(options, from: currentFolder).stages
    let storage = try WorkspaceStorage(self, transaction: nil)
    let runner = try runner(pipelines, storage: storage, options: options) { _ in }
    let forecast = try runner.forecast(
      plan, isForced: options.force, isFetching: options.pulls)
    try saveIndexes()
    return forecast.map {
      let stage = pipelines.graph.stages[$0.stage]
      return ReproForecast(
        stage: stage.address.shown(from: currentFolder), commands: stage.stage.commands,
        shellCommands: stage.stage.shellCommands, verdict: $0.verdict, reasons: $0.reasons,
        failure: $0.failure)
    }
  }

  /// Puts right what a killed process left.
  ///
  /// - Returns: The outputs that could not be brought back yet.
  private func prepareForRuns() throws -> Set<RepositoryPath> {
    let left = try recoverOutputs().left
    try foldLocksOfOthers(foundDead: true)
    return left
  }

  /// Run records, a file a stage.
  var runsFolder: AbsolutePath { stateFolder.appending("runs") }
  /// Logs of runs, a folder a stage.
  var logsFolder: AbsolutePath { stateFolder.appending("logs") }
  private var durationsFile: AbsolutePath { stateFolder.appending("durations") }

  /// Where the user is, counted from the workspace.
  var currentFolder: RepositoryPath { current.relative(to: root) ?? .root }

  func runner(
    _ pipelines: Pipelines, storage: WorkspaceStorage, options: ReproOptions,
    left: Set<RepositoryPath> = [], lookedAt: Int64 = .max,
    events: @escaping @Sendable (StageEvent) -> Void
  ) throws -> StageRunner {
    let preferred = try configuration().shell ?? ConfigurationFiles.environment("SHELL")
    var settings = StageRunner.Settings(
      shell: Shell.standard(preferred: preferred), environment: Self.environment(),
      logs: logsFolder, records: runsFolder)
    settings.lockTimeout = try configuration().lockTimeout
    settings.leases = try configuration().leases
    settings.scratch = temporaryFolder
    settings.lookedAt = lookedAt
    var runnerOptions = StageRunner.Options()
    runnerOptions.allowsMissing = options.allowMissing
    runnerOptions.usesRunCache = !options.withoutRunCache && !options.force
    let graph = pipelines.graph
    if let confirm = options.confirm {
      let folder = currentFolder
      runnerOptions.confirm = { confirm(graph.stages[$0].address.shown(from: folder), $1) }
    }
    return StageRunner(
      graph: graph, locks: pipelines.locks, storage: storage,
      aside: AsideArea(try sharedAsideLayout(), left: left),
      settings: settings, options: runnerOptions, cancellation: cancellation, events: events)
  }

  private static func environment() -> [[UInt8]] { ProcessEnvironment.current }

  private static func report(
    _ report: StageReport, _ graph: StageGraph, from folder: RepositoryPath
  ) -> ReproReport {
    func name(_ stage: Int) -> String { graph.stages[stage].address.shown(from: folder) }
    var culprit: String?
    if case .skipped(let stage) = report.outcome { culprit = name(stage) }
    var lastLines: [[UInt8]] = []
    if case .failed(.command(_, _, let log?)) = report.outcome {
      lastLines = (try? RunLogText(log).lastLines(10)) ?? []
    }
    return ReproReport(
      stage: name(report.stage), outcome: report.outcome,
      reasons: report.reasons, culprit: culprit, lastLines: lastLines)
  }

  private static func translate(
    _ event: StageEvent, _ graph: StageGraph, from folder: RepositoryPath
  ) -> ReproEvent? {
    func name(_ stage: Int) -> String { graph.stages[stage].address.shown(from: folder) }
    switch event {
    case .started(let stage, let reasons):
      return .started(
        stage: name(stage), command: graph.stages[stage].stage.shellCommands.first,
        reasons: reasons)
    case .command(let stage, let number):
      return .command(stage: name(stage), graph.stages[stage].stage.shellCommands[number])
    case .waiting(let stage, let holder):
      return .waiting(stage: name(stage), holder: holder?.text ?? "another process")
    case .retrying(let stage, let attempt, let count, let ending, let delay):
      return .retrying(
        stage: name(stage), attempt: attempt, of: count, after: ending, delay: delay)
    case .output(let stage, let line): return .output(stage: name(stage), line)
    case .finished(let finished):
      return .finished(report(finished, graph, from: folder))
    case .warning(let stage, let text): return .warning(stage: name(stage), text)
    }
  }
}
