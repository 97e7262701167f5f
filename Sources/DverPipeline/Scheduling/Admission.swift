/// Decides which of the stages that could start may, and in which order they are asked for.
///
/// All limits on what runs together live here.
struct Admission: Sendable {
  private let jobs: Int
  /// For each place in the plan: smaller ones start first.
  private let keys: [Int]
  private var ready = ReadyQueue()
  private(set) var runningCount = 0

  /// - Parameters:
  ///   - heights: For each place in the plan, how many stages follow it on the longest way down.
  ///     With several jobs those with the longest way start first, so that it is not walked alone
  ///     at the end; with one job the order of the plan is kept.
  init(jobs: Int, heights: [Int]) {
    self.jobs = max(1, jobs)
    let highest = heights.max() ?? 0
    keys = heights.enumerated().map { place, height in
      jobs > 1 ? (highest - height) * heights.count + place : place
    }
  }

  /// How many stages could start now.
  var startableCount: Int { min(ready.count, jobs - runningCount) }
  var hasReady: Bool { !ready.isEmpty }

  mutating func offer(_ place: Int) { ready.insert(place, key: keys[place]) }

  /// The stage to start next; it counts as running from now on.
  mutating func start() -> Int? {
    guard runningCount < jobs, let place = ready.popFirst() else { return nil }
    runningCount += 1
    return place
  }

  mutating func end(_ place: Int) { runningCount -= 1 }
}
