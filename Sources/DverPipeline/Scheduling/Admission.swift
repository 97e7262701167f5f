/// Decides which of the stages that could start may, and in which order they are asked for.
///
/// All limits on what runs together live here. A stage starts with a job alone, to look whether it
/// has to run at all; what it takes of resources it gets when it has. Where that is not to be had it
/// waits without a job, and whoever fits is started in its place.
struct Admission: Sendable {
  private let jobs: Int
  private let keys: [Int]
  private let resources: ResourcePlan
  private let server: JobServer?
  private var available: [Int64]
  /// Stages that were not looked at yet.
  private var unseen = ReadyQueue()
  /// Stages that wait for resources, by kind.
  private var waiting: [ReadyQueue]
  private var isAdmitted: [Bool]
  private(set) var runningCount = 0

  /// - Parameters:
  ///   - keys: For each place in the plan: smaller ones start first; no two are equal.
  ///   - server: Shares the jobs with what runs inside of stages.
  init(jobs: Int, keys: [Int], resources: ResourcePlan, server: JobServer? = nil) {
    self.jobs = max(1, jobs)
    self.keys = keys
    self.resources = resources
    self.server = server
    available = resources.totals
    waiting = Array(repeating: ReadyQueue(), count: resources.kinds.count)
    isAdmitted = Array(repeating: false, count: keys.count)
  }

  /// How many stages could start now, or more.
  var startableCount: Int {
    var count = unseen.count
    for kind in waiting.indices where !waiting[kind].isEmpty && fits(kind) {
      count += waiting[kind].count
    }
    return min(count, jobs - runningCount)
  }

  var hasReady: Bool { !unseen.isEmpty || waiting.contains { !$0.isEmpty } }

  mutating func offer(_ place: Int) { unseen.insert(place, key: keys[place]) }

  /// The stage to start next; it counts as running from now on.
  mutating func start() -> Int? {
    guard runningCount < jobs else { return nil }
    let kind = firstWaiting()
    let key = kind.flatMap { waiting[$0].firstKey }
    guard key != nil || !unseen.isEmpty, server?.take() ?? true else { return nil }
    runningCount += 1
    if let kind, let key, key < unseen.firstKey ?? .max, let place = waiting[kind].popFirst() {
      reserve(place)
      return place
    }
    return unseen.popFirst()
  }

  /// Gives a running stage what it takes; `false` if it has to wait.
  mutating func admit(_ place: Int) -> Bool {
    if isAdmitted[place] { return true }
    guard fits(resources.kindOf[place]) else { return false }
    // Whoever waits and comes first goes first, though it still has to get a job.
    if let first = firstWaiting().flatMap({ waiting[$0].firstKey }), first < keys[place],
      !resources.kinds[resources.kindOf[place]].shares.isEmpty
    {
      return false
    }
    reserve(place)
    return true
  }

  /// Takes the job from a running stage until there is what it needs.
  mutating func postpone(_ place: Int) {
    leave()
    waiting[resources.kindOf[place]].insert(place, key: keys[place])
  }

  mutating func end(_ place: Int) {
    leave()
    guard isAdmitted[place] else { return }
    isAdmitted[place] = false
    for share in resources.kinds[resources.kindOf[place]].shares {
      available[share.resource] += share.amount
    }
  }

  /// The kind whose first stage comes first of all that fit.
  private func firstWaiting() -> Int? {
    var first: (kind: Int, key: Int)?
    for kind in waiting.indices {
      guard let key = waiting[kind].firstKey, key < first?.key ?? .max, fits(kind) else { continue }
      first = (kind, key)
    }
    return first?.kind
  }

  private func fits(_ kind: Int) -> Bool {
    resources.kinds[kind].shares.allSatisfy { available[$0.resource] >= $0.amount }
  }

  private mutating func reserve(_ place: Int) {
    isAdmitted[place] = true
    for share in resources.kinds[resources.kindOf[place]].shares {
      available[share.resource] -= share.amount
    }
  }

  private mutating func leave() {
    runningCount -= 1
    server?.give()
  }
}
