import DverCore
package import DverPipeline

/// What `repro` is to run, and how.
package struct ReproOptions: Sendable {
  package var targets: [String] = []
  /// Stages at once.
  package var jobs = 1
  package var force = false
  /// Whether only the targets themselves run, in their order, without what they depend on.
  package var single = false
  package var keepsGoing = false
  package var ignoresErrors = false
  package var isDry = false
  /// Whether a target stands for its whole pipeline.
  package var wholePipelines = false
  package var allPipelines = false
  package var recursive = false
  package var downstream = false
  package var forceDownstream = false
  package var areGlobs = false
  /// Whether missing data is fetched from remotes first.
  package var pulls = false
  package var allowMissing = false
  package var withoutCommit = false
  package var withoutRunCache = false
  /// Asked, with the reasons, before a stage runs.
  package var confirm: (@Sendable (_ stage: String, _ reasons: [StaleReason]) -> Bool)?

  package init() {}
}

/// News of a `repro` at work.
package enum ReproEvent: Sendable {
  case verifying(pointer: String)
  /// The first command begins.
  case started(stage: String, command: String?, reasons: [StaleReason])
  /// A later one begins.
  case command(stage: String, String)
  /// Another process runs the stage.
  case waiting(stage: String, holder: String)
  /// The commands failed and will run again.
  case retrying(stage: String, attempt: Int, of: Int, after: CommandResult.Ending, delay: Duration)
  case output(stage: String, ArraySlice<UInt8>)
  case finished(ReproReport)
  case warning(stage: String, String)
}

/// What became of one stage.
package struct ReproReport: Sendable {
  package let stage: String
  package let outcome: StageOutcome
  package let reasons: [StaleReason]
  /// For a skipped stage: the one that failed.
  package let culprit: String?
  /// For a stage whose command failed: what it printed last, a line each.
  package let lastLines: [[UInt8]]
}

/// What a `repro --dry` would do with one stage.
package struct ReproForecast: Sendable {
  package let stage: String
  /// As `cmd` has them.
  package let commands: [String]
  /// What would be run one after the other.
  package let shellCommands: [String]
  package let verdict: StageStaleness.Verdict
  package let reasons: [StaleReason]
  /// Why it would fail at once.
  package let failure: StageFailure?
}
