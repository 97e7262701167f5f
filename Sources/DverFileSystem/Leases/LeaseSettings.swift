/// How processes tell that they live: by the file system's locks, or by heartbeats.
package struct LeaseSettings: Hashable, Sendable {
  package enum Choice: String, CaseIterable, Sendable {
    /// Heartbeats on network file systems, whose locks other hosts may not see; else locks.
    case automatic = "auto"
    case lock
    case heartbeat
  }

  package var choice: Choice
  package let intervalMilliseconds: Int

  package init(
    _ choice: Choice = .automatic, intervalMilliseconds: Int = standardIntervalMilliseconds
  ) {
    self.choice = choice
    self.intervalMilliseconds = min(
      max(intervalMilliseconds, Self.shortestIntervalMilliseconds),
      Self.longestIntervalMilliseconds)
  }

  /// A holder counts as dead after five of them, well before others give up to wait.
  package static let standardIntervalMilliseconds = 5000
  /// Some ticks of the clocks that file systems have.
  package static let shortestIntervalMilliseconds = 20
  /// A day: nobody waits for five of them.
  package static let longestIntervalMilliseconds = 86_400_000
  /// So many heartbeats must be missing before a holder counts as dead.
  static let missedCount = 5

  package func usesHeartbeats(in folder: AbsolutePath) throws -> Bool {
    try interval(in: folder) != nil
  }

  /// The time between heartbeats in a folder; `nil` where locks do.
  func interval(in folder: AbsolutePath) throws -> Int? {
    switch choice {
    case .lock: nil
    case .heartbeat: intervalMilliseconds
    case .automatic: try FileSystem.traits(of: folder).isNetwork ? intervalMilliseconds : nil
    }
  }
}
