package import DverManifest

/// A stage, what its lock records, and its last runs.
package struct StageDescription: Sendable {
  /// As the user would type it.
  package let name: String
  /// The file that defines it, as the user would type it.
  package let file: String
  package let stage: Stage
  /// `nil` where it has not succeeded yet.
  package let lock: StageLock?
  /// The last one first.
  package let runs: [StageRun]
}

/// What a run of a stage printed.
package struct StageLog: Sendable {
  /// As the user would type it.
  package let stage: String
  package let run: StageRun
}
