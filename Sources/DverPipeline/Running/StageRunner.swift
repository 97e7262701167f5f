import DverCore
package import DverFileSystem
package import DverManifest
package import DverParallel
import Glibc

/// Brings one stage up to date: looks at it, and restores or runs it where that is needed.
package struct StageRunner: Sendable {
  /// What the user asked for.
  package struct Options: Sendable {
    /// Whether missing data counts as unchanged.
    package var allowsMissing = false
    package var usesRunCache = true
    /// Asked, with the reasons, before a stage runs.
    package var confirm: (@Sendable (Int, [StaleReason]) -> Bool)?

    package init() {}
  }

  /// Where and how commands run.
  package struct Settings: Sendable {
    package var shell: Shell
    /// `NAME=value` each; `DVER_ROOT`, `DVER_STAGE` and `DVER_RUN` are added.
    package var environment: [[UInt8]]
    /// `.dver/state/logs`: a folder of logs for each stage.
    package var logs: AbsolutePath
    /// `.dver/state/runs`.
    package var records: AbsolutePath
    package var grace: Duration = .seconds(2)
    /// How long a stage that another process runs is waited for.
    package var lockTimeout: Duration = .zero
    /// How processes tell that they live.
    package var leases = LeaseSettings()
    /// When the locks of the stages were read, in nanoseconds since 1970: of runs that ended later they know
    /// nothing.
    package var lookedAt = Int64.max
    /// `.dver/tmp`, for files that nobody is to see.
    package var scratch: AbsolutePath

    package init(
      shell: Shell, environment: [[UInt8]], logs: AbsolutePath, records: AbsolutePath
    ) {
      self.shell = shell
      self.environment = environment
      self.logs = logs
      self.records = records
      scratch = records.parent
    }
  }

  let graph: StageGraph
  /// The stage lock of each stage, by number.
  private(set) var locks: [StageLock?]
  let storage: any StageStorage
  let aside: AsideArea
  private(set) var settings: Settings
  let options: Options
  /// What the commands of all stages inherit.
  let environment: CommandEnvironment
  let cancellation: Cancellation
  let executor: @Sendable (ResolvedStage) -> any Executor
  /// Where `make` inside of stages gets jobs from.
  var jobServer: JobServer?
  let events: @Sendable (StageEvent) -> Void

  package init(
    graph: StageGraph, locks: [StageLock?], storage: any StageStorage, aside: AsideArea,
    settings: Settings, options: Options = Options(), cancellation: Cancellation,
    executor: @escaping @Sendable (ResolvedStage) -> any Executor = { _ in LocalExecutor() },
    events: @escaping @Sendable (StageEvent) -> Void = { _ in }
  ) {
    precondition(locks.count == graph.stages.count, "a lock, or nil, for each stage")
    self.graph = graph
    self.locks = locks
    self.storage = storage
    self.aside = aside
    self.settings = settings
    self.options = options
    environment = CommandEnvironment(inherited: settings.environment)
    self.cancellation = cancellation
    self.executor = executor
    self.events = events
  }

  /// Brings stage `number` up to date. Its upstream stages must be done.
  ///
  /// - Parameters:
  ///   - shortage: What the stage lacks to run.
  ///   - backlog: Gets what can wait until the thread has nothing better to do.
  ///   - mayRun: Asked before the stage runs; if not, nothing has happened.
  /// - Returns: `nil` where it may not run.
  func run(
    _ number: Int, isForced: Bool = false, shortage: ResourceShortage? = nil, backlog: Backlog,
    mayRun: () -> Bool = { true }
  ) -> StageReport? {
    var report = attempt(number, isForced, shortage, backlog, mayRun)
    if let known = report, case .failed(.runsElsewhere(_, let holder)) = known.outcome {
      backlog.flush()
      do {
        if let lock = try waitForOther(number, holder: holder) {
          // What the other process made counts.
          var runner = self
          runner.locks[number] = lock
          runner.settings.lookedAt = .max
          report = runner.attempt(number, isForced, shortage, backlog, mayRun)
        }
      } catch {
        report = failureReport(number, error, known.reasons)
      }
    }
    guard let report else { return nil }
    events(.finished(report))
    return report
  }

  /// Records stage `number` as it is, without running it.
  ///
  /// - Throws: ``StageFailure`` where something that it reads or writes is missing.
  package func record(_ number: Int) throws {
    let stage = graph.stages[number]
    let inputs = try inputs(of: number, isRecheck: false)
    do {
      let course = StageCourse(
        runner: self, number: number, inputs: inputs, present: [], reasons: [])
      try course.requireOutputs()
      try course.record()
    } catch {
      throw StageFailure(error, stage: stage.address)
    }
  }

  /// Waits until the process that runs the stage is done with it.
  ///
  /// - Returns: The stage's lock as it is then; `nil` where the wait was in vain.
  /// - Throws: ``StageFailure`` where the user wants to stop, among others.
  private func waitForOther(_ number: Int, holder: RunClaim.Holder?) throws -> StageLock?? {
    let stage = graph.stages[number]
    let record = settings.records.appending(stage.address.fileName)
    let deadline = ContinuousClock.now + settings.lockTimeout
    var hasTold = false
    repeat {
      if try claim(record) != nil { return .some(try storage.refreshedLock(of: stage)) }
      if !hasTold { events(.waiting(stage: number, holder: holder)) }
      hasTold = true
      if cancellation.isRequested() {
        throw StageFailure.command(stage: stage.address, .cancelled, log: nil)
      }
      usleep(Self.pollMicroseconds)
    } while ContinuousClock.now < deadline
    return nil
  }

  /// What to take for ``Settings/lookedAt`` where locks are about to be read: file systems count time in
  /// steps, and theirs may be behind. To look once more than needed does no harm.
  package static func lookingNow() -> Int64 { RunRecord.now() - 10_000_000 }

  func claim(_ record: AbsolutePath) throws -> RunClaim? {
    try RunClaim(record, leases: settings.leases, scratch: settings.scratch)
  }

  private static let pollMicroseconds: UInt32 = 20_000

  /// That the stage may not run now.
  private struct Postponement: Error {}

  private func attempt(
    _ number: Int, _ isForced: Bool, _ shortage: ResourceShortage?, _ backlog: Backlog,
    _ mayRun: () -> Bool
  ) -> StageReport? {
    let stage = graph.stages[number]
    var reasons: [StaleReason] = []
    do {
      let inputs = try inputs(of: number, isRecheck: false)
      let present = try outputs(of: stage, lock: locks[number])
      reasons = try staleReasons(of: number, inputs: inputs, outputs: present)
      if isForced { reasons.append(.forced) }
      let course = StageCourse(
        runner: self, number: number, inputs: inputs, present: present, reasons: reasons)
      let outcome = try bringUpToDate(course, backlog) {
        if let shortage { throw StageFailure.shortage(stage: stage.address, shortage) }
        guard mayRun() else { throw Postponement() }
      }
      return StageReport(stage: number, outcome: outcome, reasons: reasons)
    } catch is Postponement {
      return nil
    } catch {
      return failureReport(number, error, reasons)
    }
  }

  private func failureReport(
    _ number: Int, _ error: any Error, _ reasons: [StaleReason]
  ) -> StageReport {
    let failure = StageFailure(error, stage: graph.stages[number].address)
    if case .command(_, .cancelled, _) = failure {
      return StageReport(stage: number, outcome: .cancelled, reasons: reasons)
    }
    return StageReport(stage: number, outcome: .failed(failure), reasons: reasons)
  }

  /// - Parameter requireResources: Throws where the stage may not run, or not now.
  private func bringUpToDate(
    _ course: StageCourse, _ backlog: Backlog, requireResources: () throws -> Void
  ) throws -> StageOutcome {
    let stage = graph.stages[course.number].stage
    switch StageStaleness(reasons: course.reasons, isFrozen: stage.isFrozen).verdict {
    case .fresh:
      return .fresh
    case .restorable:
      try course.restore()
      return .restored
    case .stale where stage.isFrozen:
      try course.keep()
      return .fresh
    case .stale:
      if let confirm = options.confirm {
        backlog.flush()
        guard confirm(course.number, course.reasons) else {
          throw StageFailure.declined(stage: graph.stages[course.number].address)
        }
      }
      try course.requireOutputs()
      let key = RunKey.of(stage, inputs: course.inputs)
      if options.usesRunCache, try course.restoreFromRunCache(key) { return .restored }
      try course.requireInputs()
      try requireResources()
      return .ran(try course.run(key: key, backlog))
    }
  }
}
