/// In which order stages of a plan start that could start at the same time.
enum StartOrder {
  /// What an unknown stage is taken to last where no duration is known.
  private static let unknownDuration: Int64 = 1_000_000_000

  /// For each place in the plan a number of its own; smaller ones start first.
  ///
  /// With several jobs those first from which the longest way leads down, counted by how long stages
  /// last, so that it is not walked alone at the end. Otherwise, and among equals, by the plan.
  ///
  /// - Parameters:
  ///   - followers: For each place those that wait for it.
  ///   - durations: How long each place took in an earlier run, as far as that is known.
  static func keys(jobs: Int, followers: [[Int]], durations: [Duration?]) -> [Int] {
    let places = followers.indices
    guard jobs > 1 else { return Array(places) }
    let known = durations.compactMap { $0.map(nanoseconds) }
    let usual = known.isEmpty ? unknownDuration : max(1, known.reduce(0, +) / Int64(known.count))
    var ways = Array(repeating: Int64(0), count: followers.count)
    for place in places.reversed() {
      let rest = followers[place].reduce(Int64(0)) { max($0, ways[$1]) }
      ways[place] = rest + (durations[place].map(nanoseconds) ?? usual)
    }
    let order = places.sorted { (ways[$1], $0) < (ways[$0], $1) }
    var keys = Array(repeating: 0, count: followers.count)
    for (key, place) in order.enumerated() { keys[place] = key }
    return keys
  }

  /// At most a month, so that sums stay in range.
  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let limited = min(max(duration, .zero), .seconds(31 * 86_400))
    let (seconds, attoseconds) = limited.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
