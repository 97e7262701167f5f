import DverPipeline

/// Durations as people read them.
enum DurationText {
  /// Such as `0.12 s`, or `75 s` where parts of seconds say nothing.
  static func short(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let hundredths = attoseconds / 10_000_000_000_000_000
    if seconds >= 10 { return "\(seconds) s" }
    return "\(seconds).\(hundredths < 10 ? "0" : "")\(hundredths) s"
  }

  /// Such as `0:07` or `1:02:03`.
  static func clock(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    let rest = twoDigits(seconds % 60)
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(rest)" : "\(minutes):\(rest)"
  }
}

extension CommandResult.Ending {
  /// Such as `exit status 3`.
  var text: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .killed(let signal): "killed by signal \(signal)"
    case .cancelled: "interrupted"
    case .timedOut: "timed out"
    }
  }
}
