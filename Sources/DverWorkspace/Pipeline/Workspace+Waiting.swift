import DverCore
import DverFileSystem
import DverPipeline
import Glibc

extension Workspace {
  /// Waits until no other process runs stages.
  ///
  /// - Throws: `LockError` where that took too long.
  func waitForRuns() throws {
    let layout = try sharedAsideLayout()
    _ = try wait(
      while: { try AsideRecovery.runner(layout) }, telling: { "Waiting for \($0)" },
      failingWith: { LockError(path: layout.aside, holder: $0) })
  }

  /// Waits until no other process runs a stage that writes one of `outputs`; then what it made is recorded.
  ///
  /// Costs one look at a folder where no stage runs.
  ///
  /// - Returns: Whether one was running, so that what was read before is out of date.
  /// - Throws: ``StageFailure`` where that took too long.
  func waitForStages(writing outputs: Set<RepositoryPath>) throws -> Bool {
    guard !outputs.isEmpty else { return false }
    let layout = try sharedAsideLayout()
    let hasWaited = try wait(
      while: {
        try AsideRecovery.outputsInUse(layout).filter { outputs.contains($0.key) }.values.min()
      },
      telling: { (stage: StageAddress) in
        let process = holder(of: stage)?.text ?? "another process"
        return "Waiting for \(process), which runs stage '\(stage.shown(from: currentFolder))'"
      },
      failingWith: { (stage: StageAddress) in
        StageFailure.runsElsewhere(stage: stage, holder: holder(of: stage))
      })
    guard hasWaited else { return false }
    // It may have died while its old outputs were aside, or not have written the lock file yet.
    try recoverOutputs()
    try foldLocks(command: "dver repro")
    return true
  }

  /// The process that runs a stage, if it says so.
  func holder(of stage: StageAddress) -> RunClaim.Holder? {
    RunClaim.holder(at: runsFolder.appending(stage.fileName))
  }

  /// Waits while `find` finds somebody, up to `core.lock_timeout`.
  ///
  /// - Parameters:
  ///   - text: What the user is told once.
  ///   - failure: What is thrown when the time is up.
  /// - Returns: Whether there was somebody.
  private func wait<Holder>(
    while find: () throws -> Holder?, telling text: (Holder) -> String,
    failingWith failure: (Holder) -> any Error
  ) throws -> Bool {
    let deadline = try ContinuousClock.now + configuration().lockTimeout
    var hasWaited = false
    while let holder = try find() {
      guard ContinuousClock.now < deadline else { throw failure(holder) }
      if !hasWaited { notices.status(text(holder)) }
      hasWaited = true
      try requireNoInterruption()
      usleep(Self.pollMicroseconds)
    }
    return hasWaited
  }

  private static var pollMicroseconds: UInt32 { 20_000 }
}
