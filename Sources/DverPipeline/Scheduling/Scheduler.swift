package import DverParallel
import Synchronization

/// Runs the stages of a plan, each after those that it waits for, several at a time.
package struct Scheduler: Sendable {
  /// What a failed stage stops.
  package enum FailurePolicy: Sendable {
    /// Everything that has not begun.
    case stop
    /// What reads from it.
    case keepGoing
    /// Nothing.
    case ignore
  }

  /// A stage whose turn it is.
  package struct Turn: Sendable {
    package let stage: Int
    /// Whether a stage that it waited for has run.
    package let upstreamRan: Bool
    let admit: @Sendable () -> Bool

    /// Whether the stage may run now, and not only look whether it has to; what it needs is its own
    /// until its report.
    ///
    /// If not, its body returns no report and will be called again.
    package func mayRun() -> Bool { admit() }
  }

  private let plan: [Int]
  private let awaited: [[Int]]
  private let jobs: Int
  private let policy: FailurePolicy
  private let durations: [Duration?]
  private let resources: ResourcePlan
  private let server: JobServer?

  /// - Parameters:
  ///   - plan: Stages in topological order.
  ///   - awaited: The stages that a stage waits for; those outside the plan count as done.
  ///   - durations: How long a stage took before, if that is known.
  ///   - resources: What stages take; made for the same plan.
  ///   - server: Shares the jobs with what runs inside of stages.
  package init(
    plan: [Int], awaited: (Int) -> [Int], jobs: Int, policy: FailurePolicy = .stop,
    durations: (Int) -> Duration? = { _ in nil }, resources: ResourcePlan? = nil,
    server: JobServer? = nil
  ) {
    self.durations = plan.map(durations)
    self.resources = resources ?? ResourcePlan(stageCount: plan.count)
    self.server = server
    self.plan = plan
    let places = Dictionary(uniqueKeysWithValues: plan.enumerated().map { ($1, $0) })
    self.awaited = plan.map { awaited($0).compactMap { places[$0] } }
    self.jobs = max(1, jobs)
    self.policy = policy
  }

  /// Calls `body` for each stage in turn, and returns what became of all, in the order of the plan.
  ///
  /// The calling thread works too. Another one is started when a stage could start and no thread is
  /// free, so that a chain of stages runs on one thread without a switch between them.
  ///
  /// - Parameter body: Returns `nil` where the stage may not run yet. What it leaves in the backlog is
  ///   done before its thread waits for a stage to start, and before the plan ends.
  package func run(
    cancellation: Cancellation, _ body: @escaping @Sendable (Turn, Backlog) -> StageReport?
  ) -> [StageReport] {
    let state = SchedulerState(
      plan: plan, awaited: awaited, jobs: jobs, policy: policy, durations: durations,
      resources: resources, server: server)
    let crew = Crew(state, cancellation, body)
    server?.onReturn { crew.wake() }
    crew.work()
    crew.joinHelpers()
    server?.onReturn {}
    return crew.reports()
  }
}

/// The threads that share one plan.
private final class Crew: Sendable {
  private let state: Mutex<SchedulerState>
  private let helpers: Mutex<[WorkerThread]> = Mutex([])
  private let news = WakeUp()
  private let cancellation: Cancellation
  private let body: @Sendable (Scheduler.Turn, Backlog) -> StageReport?

  init(
    _ state: SchedulerState, _ cancellation: Cancellation,
    _ body: @escaping @Sendable (Scheduler.Turn, Backlog) -> StageReport?
  ) {
    self.state = Mutex(state)
    self.cancellation = cancellation
    self.body = body
  }

  func work() {
    let backlog = Backlog()
    while let (place, stage, upstreamRan) = next(backlog) {
      let turn = Scheduler.Turn(stage: stage, upstreamRan: upstreamRan) {
        self.state.withLock { $0.admit(place) }
      }
      let report = body(turn, backlog)
      let need = state.withLock { state in
        report.map { state.finish(place, $0) } ?? state.postpone(place)
      }
      call(need)
    }
  }

  /// Lets idle threads look again.
  func wake() { news.signal() }

  /// Waits for a stage to start; `nil` once there will be none.
  private func next(_ backlog: Backlog) -> (place: Int, stage: Int, upstreamRan: Bool)? {
    while true {
      let ticket = news.ticket
      if cancellation.isRequested() { state.withLock { $0.stop() } }
      let (step, need) = state.withLock { state in
        let step = state.next()
        return (step, state.need(isAsking: false))
      }
      switch step {
      case .start(let place, let stage, let upstreamRan):
        call(need)
        return (place, stage, upstreamRan)
      case .done:
        news.signal()
        backlog.flush()
        return nil
      case .wait:
        backlog.flush()
        news.wait(after: ticket)
        state.withLock { $0.idleCount -= 1 }
      }
    }
  }

  private func call(_ need: SchedulerState.Need) {
    switch need {
    case .nobody: break
    case .idle: news.signal()
    case .helper:
      // Where the system allows no more threads, those that there are take one stage after another.
      guard let helper = WorkerThread(ifPossible: { self.work() }) else { return }
      helpers.withLock { $0.append(helper) }
    }
  }

  /// Helpers start helpers, so the list may grow while they are waited for.
  func joinHelpers() {
    while let helper = helpers.withLock({ $0.popLast() }) { helper.join() }
  }

  func reports() -> [StageReport] { state.withLock { $0.finalReports() } }
}
