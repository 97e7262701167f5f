/// What became of a stage of a plan.
package enum StageOutcome: Sendable {
  case fresh
  /// Its outputs were put in place without running it.
  case restored
  case ran(Duration)
  case failed(StageFailure)
  /// A stage before it, by number in the graph, failed.
  case skipped(because: Int)
  /// It was interrupted, or had not begun when the plan was stopped.
  case cancelled

  /// Whether stages that read from it may start.
  package var isSuccess: Bool {
    switch self {
    case .fresh, .restored, .ran: true
    case .failed, .skipped, .cancelled: false
    }
  }
}

/// A stage's outcome and what led to it.
package struct StageReport: Sendable {
  /// The stage's number in the graph.
  package let stage: Int
  package let outcome: StageOutcome
  package let reasons: [StaleReason]

  package init(stage: Int, outcome: StageOutcome, reasons: [StaleReason] = []) {
    self.stage = stage
    self.outcome = outcome
    self.reasons = reasons
  }
}

/// News of a plan at work, told as it happens from the thread that it happens on.
package enum StageEvent: Sendable {
  case started(stage: Int, reasons: [StaleReason])
  /// A command after the first one begins.
  case command(stage: Int, Int)
  /// Another process runs the stage.
  case waiting(stage: Int, holder: RunClaim.Holder?)
  /// The commands failed and will run again.
  case retrying(
    stage: Int, attempt: Int, of: Int, after: CommandResult.Ending, delay: Duration)
  /// What a command printed: a line with its end, or a piece of one.
  case output(stage: Int, ArraySlice<UInt8>)
  case finished(StageReport)
  /// Something that is wrong but does not change the outcome.
  case warning(stage: Int, String)
}
