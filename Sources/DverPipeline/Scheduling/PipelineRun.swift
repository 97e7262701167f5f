import DverCore
import DverManifest

/// A whole plan: stages in order, how they are run, and the clean-up after them.
package struct PipelineRun: Sendable {
  /// Which stages run though nothing is wrong with them.
  package enum Force: Sendable {
    case none
    /// All of the plan.
    case all
    /// Those below one that ran.
    case downstream
  }

  package let runner: StageRunner
  /// In topological order, unless ``followsPlan`` is set.
  package let plan: [Int]
  package let jobs: Int
  package let policy: Scheduler.FailurePolicy
  package let force: Force
  /// Whether of two stages one of which reads from the other the first one in the plan runs first.
  package var followsPlan = false
  /// How long stages took before, by number in the graph.
  package var durations: @Sendable (Int) -> Duration? = { _ in nil }
  /// How much there is of what stages share; asked where a stage needs to know.
  package var capacity: @Sendable () throws -> Capacity = {
    Capacity(cpus: .infinity, memory: ByteCount(Int64.max))
  }

  package init(
    runner: StageRunner, plan: [Int], jobs: Int, policy: Scheduler.FailurePolicy = .stop,
    force: Force = .none
  ) {
    self.runner = runner
    self.plan = plan
    self.jobs = jobs
    self.policy = policy
    self.force = force
  }

  /// Runs the plan; the reports stand in its order.
  ///
  /// Throws only if the clean-up fails: what became of a stage is in its report.
  package func execute() throws -> [StageReport] {
    let graph = runner.graph
    let resources = try ResourcePlan(
      plan.map { graph.stages[$0].stage }, capacity: capacity)
    let server = jobs > 1 ? JobServer(jobs: jobs) : nil
    let ordered = followsPlan ? awaitedInPlan() : [:]
    let scheduler = Scheduler(
      plan: plan,
      awaited: { stage in followsPlan ? ordered[stage] ?? [] : graph.awaited(by: stage) },
      jobs: jobs, policy: policy, durations: durations, resources: resources, server: server)
    let shortages = resources.shortages(of: plan)
    var runner = runner
    runner.jobServer = server
    let reports = scheduler.run(cancellation: runner.cancellation) {
      [runner, force] turn, backlog in
      runner.run(
        turn.stage, isForced: force == .all || (force == .downstream && turn.upstreamRan),
        shortage: shortages[turn.stage], backlog: backlog, mayRun: turn.mayRun)
    }
    // One barrier for all: only then may old outputs go.
    if runner.aside.hasCompleted {
      try runner.storage.barrier()
      try runner.aside.dropCompleted(
        saving: HiddenFiles(
          runner.aside.layout, list: runner.storage.hiddenPaths, onKept: runner.storage.kept))
    }
    try runner.aside.close()
    return reports
  }

  /// For each stage those before it in the plan that it has to do with.
  private func awaitedInPlan() -> [Int: [Int]] {
    let places = Dictionary(uniqueKeysWithValues: plan.enumerated().map { ($1, $0) })
    var awaited: [Int: [Int]] = [:]
    for (place, stage) in plan.enumerated() {
      for source in runner.graph.awaited(by: stage) {
        guard let other = places[source] else { continue }
        let (first, second) = other < place ? (source, stage) : (stage, source)
        awaited[second, default: []].append(first)
      }
    }
    return awaited
  }
}
