import DverCore
import DverFileSystem
import DverPipeline
import DverWorkspace

/// A run of a stage, for people and as JSON.
enum StageRunText {
  static let columns = [
    "Started", "Duration", "Memory", "Ending", "Attempts", "Host", "Environment",
  ]

  /// A row below ``columns``.
  static func row(_ run: StageRun) -> [String] {
    let started = Timestamp(nanoseconds: run.started).local
    guard let record = run.record else {
      let state = run.process.map { "running as process \($0)" } ?? "cut off"
      return [started, "", "", state, "", "", ""]
    }
    return [
      started, DurationText.short(record.duration), "\(record.peakMemory)", record.ending.text,
      "\(record.attempts)", record.host, String(record.environment.hex.prefix(12)),
    ]
  }

  static func members(of run: StageRun) -> [(key: String, value: JSONValue)] {
    let record = run.record
    var (ending, status, signal) = ("running", JSONValue.null, JSONValue.null)
    switch record?.ending {
    case .exited(let number): (ending, status) = ("exited", .integer(Int64(number)))
    case .killed(let number): (ending, signal) = ("killed", .integer(Int64(number)))
    case .cancelled: ending = "interrupted"
    case .timedOut: ending = "timeout"
    case nil: if run.process == nil { ending = "unknown" }
    }
    return [
      ("started", .string(Timestamp(nanoseconds: run.started).universal)),
      ("ending", .string(ending)), ("status", status), ("signal", signal),
      ("duration", record.map { .double(seconds($0.duration)) } ?? .null),
      ("peak_memory", record.map { .integer($0.peakMemory.value) } ?? .null),
      ("attempts", record.map { .integer(Int64($0.attempts)) } ?? .null),
      ("host", record.map { .string($0.host) } ?? .null),
      ("environment", record.map { .string($0.environment.hex) } ?? .null),
      ("process", run.process.map { .integer(Int64($0)) } ?? .null),
      ("log", run.log.map { .path($0.bytes) } ?? .null),
    ]
  }

  static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
