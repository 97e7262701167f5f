/// How far a plan is. Stages are meant by their place in the plan.
struct SchedulerState: Sendable {
  enum Step: Sendable {
    case start(place: Int, stage: Int, upstreamRan: Bool)
    case wait
    case done
  }

  /// Whom the stages that could start are waiting for.
  enum Need: Sendable {
    case nobody
    case idle
    case helper
  }

  private let plan: [Int]
  private let awaited: [[Int]]
  private let jobs: Int
  private let policy: Scheduler.FailurePolicy
  private let followers: [[Int]]
  private var missingCount: [Int]
  private var upstreamRan: [Bool]
  private var reports: [StageReport?]
  private var admission: Admission
  private var isStopped = false
  private var workerCount = 1
  /// Threads that wait for news.
  var idleCount = 0

  init(
    plan: [Int], awaited: [[Int]], jobs: Int, policy: Scheduler.FailurePolicy,
    durations: [Duration?]? = nil, resources: ResourcePlan? = nil, server: JobServer? = nil
  ) {
    self.plan = plan
    self.awaited = awaited
    self.jobs = jobs
    self.policy = policy
    var followers = Array(repeating: [Int](), count: plan.count)
    for (place, sources) in awaited.enumerated() {
      for source in sources { followers[source].append(place) }
    }
    self.followers = followers
    missingCount = awaited.map(\.count)
    upstreamRan = Array(repeating: false, count: plan.count)
    reports = Array(repeating: nil, count: plan.count)
    admission = Admission(
      jobs: jobs,
      keys: StartOrder.keys(
        jobs: jobs, followers: followers,
        durations: durations ?? Array(repeating: nil, count: plan.count)),
      resources: resources ?? ResourcePlan(stageCount: plan.count), server: server)
    for place in plan.indices where missingCount[place] == 0 { admission.offer(place) }
  }

  /// Nothing begins any more.
  mutating func stop() { isStopped = true }

  mutating func next() -> Step {
    if !isStopped, let place = admission.start() {
      return .start(place: place, stage: plan[place], upstreamRan: upstreamRan[place])
    }
    if admission.runningCount == 0, isStopped || !admission.hasReady { return .done }
    idleCount += 1
    return .wait
  }

  /// Whether a stage that has begun may run: there is what it needs, and nothing has stopped the plan.
  mutating func admit(_ place: Int) -> Bool { !isStopped && admission.admit(place) }

  /// Takes a stage back that may not run yet; it will start again when it may.
  mutating func postpone(_ place: Int) -> Need {
    admission.postpone(place)
    return need(isAsking: true)
  }

  /// Takes a report; the thread that brings it asks for its next stage after that.
  mutating func finish(_ place: Int, _ report: StageReport) -> Need {
    admission.end(place)
    reports[place] = report
    if report.outcome.isSuccess || policy == .ignore {
      release(place)
    } else {
      // What waits for it is never offered.
      if policy != .keepGoing { isStopped = true }
    }
    return need(isAsking: true)
  }

  /// - Parameter isAsking: Whether the calling thread will take a stage itself.
  mutating func need(isAsking: Bool) -> Need {
    let rest = isStopped ? 0 : admission.startableCount - (isAsking ? 1 : 0)
    // All are needed to see that there is nothing left.
    if rest <= 0 { return admission.runningCount == 0 && idleCount > 0 ? .idle : .nobody }
    if idleCount > 0 { return .idle }
    guard workerCount < jobs else { return .nobody }
    workerCount += 1
    return .helper
  }

  private mutating func release(_ place: Int) {
    let hasRun = if case .ran = reports[place]?.outcome { true } else { false }
    for follower in followers[place] {
      if hasRun { upstreamRan[follower] = true }
      missingCount[follower] -= 1
      if missingCount[follower] == 0, reports[follower] == nil { admission.offer(follower) }
    }
  }

  /// What became of each stage: what never began was skipped where a stage before it failed, else
  /// cancelled.
  ///
  /// Found in the order of the plan, so that it does not depend on which of several failed first.
  func finalReports() -> [StageReport] {
    var final: [StageReport] = []
    for (place, report) in reports.enumerated() {
      if let report {
        final.append(report)
        continue
      }
      let cause = awaited[place].lazy.compactMap { source -> Int? in
        switch final[source].outcome {
        case .failed: final[source].stage
        case .skipped(let cause): cause
        case .fresh, .restored, .ran, .cancelled: nil
        }
      }.first
      let outcome = cause.map { StageOutcome.skipped(because: $0) } ?? .cancelled
      final.append(StageReport(stage: plan[place], outcome: outcome))
    }
    return final
  }
}
