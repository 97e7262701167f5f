import DverCore
import DverFileSystem
import DverPipeline
import Glibc

extension Workspace {
  /// Waits until no other process runs stages.
  ///
  /// - Throws: `LockError` where that took too long, and ``WorkspaceError`` at once inside of a stage.
  func waitForRuns() throws {
    let layout = try sharedAsideLayout()
    if let stage = try enclosingStage(layout) { throw runsThis(stage) }
    _ = try wait(
      while: { try AsideRecovery.runner(layout).map { Run.process($0) } }, layout)
  }

  /// Waits until no other process runs stages, as what it runs next may be any of theirs, unless what it
  /// runs has nothing to do with them; then what it made is recorded. Costs one look at a folder where no
  /// stage runs.
  ///
  /// A command inside of a stage is part of a run itself: it waits for the stages alone that write what
  /// it needs.
  ///
  /// - Parameters:
  ///   - outputs: Of the stages that will change.
  ///   - inputs: What other stages make of that which those read.
  ///   - related: What all stages make that have to do with those; `nil` where that was not found out.
  /// - Returns: Whether one was running, so that what was read before is out of date.
  /// - Throws: `StageFailure` or `LockError` where that took too long, and ``WorkspaceError`` at once inside
  ///   of a stage that writes one of `outputs`.
  func waitForStages(
    writing outputs: Set<RepositoryPath>, reading inputs: Set<RepositoryPath> = [],
    among related: Set<RepositoryPath>? = nil
  ) throws -> Bool {
    let layout = try sharedAsideLayout()
    let enclosing = try enclosingStage(layout)
    if let enclosing, try isRunning(enclosing, writing: outputs, layout) {
      throw runsThis(enclosing)
    }
    let needed = outputs.union(inputs)
    let hasWaited = try wait(
      while: {
        let inUse = try AsideRecovery.outputsInUse(layout).filter { $0.value != enclosing }
        if let stage = inUse.filter({ needed.contains($0.key) }).values.min() {
          return Run.stage(stage)
        }
        guard enclosing == nil else { return nil }
        if let related, !inUse.isEmpty, related.isDisjoint(with: inUse.keys) { return nil }
        return try AsideRecovery.runner(layout).map { Run.process($0) }
      }, layout)
    guard hasWaited else { return false }
    // It may have died while its old outputs were aside, or not have written the lock file yet.
    try recoverOutputs()
    try foldLocks(command: "dver repro")
    return true
  }

  /// The running stage that this command is a part of.
  private func enclosingStage(_ layout: AsideLayout) throws -> StageAddress? {
    try AsideRecovery.enclosingStage(of: ProcessEnvironment.current, layout)
  }

  private func isRunning(
    _ stage: StageAddress, writing outputs: Set<RepositoryPath>, _ layout: AsideLayout
  ) throws -> Bool {
    try AsideRecovery.outputsInUse(layout).contains {
      $0.value == stage && outputs.contains($0.key)
    }
  }

  private func runsThis(_ stage: StageAddress) -> WorkspaceError {
    .failed(
      "stage '\(stage.shown(from: currentFolder))' itself runs this command",
      hint: "run it when the stage has ended")
  }

  /// What is waited for.
  private enum Run {
    case stage(StageAddress)
    /// By the text that says which one.
    case process(String)
  }

  /// The process that runs a stage, if it says so.
  func holder(of stage: StageAddress) -> RunClaim.Holder? {
    RunClaim.holder(at: runsFolder.appending(stage.fileName))
  }

  /// Waits while `find` finds somebody, up to `core.lock_timeout`; the user is told once.
  ///
  /// - Returns: Whether there was somebody.
  private func wait(while find: () throws -> Run?, _ layout: AsideLayout) throws -> Bool {
    let deadline = try ContinuousClock.now + configuration().lockTimeout
    var hasWaited = false
    while let run = try find() {
      guard ContinuousClock.now < deadline else { throw failure(run, layout) }
      if !hasWaited { notices.status(text(run)) }
      hasWaited = true
      try requireNoInterruption()
      usleep(Self.pollMicroseconds)
    }
    return hasWaited
  }

  private func text(_ run: Run) -> String {
    switch run {
    case .process(let process): return "Waiting for \(process)"
    case .stage(let stage):
      let process = holder(of: stage)?.text ?? "another process"
      return "Waiting for \(process), which runs stage '\(stage.shown(from: currentFolder))'"
    }
  }

  private func failure(_ run: Run, _ layout: AsideLayout) -> any Error {
    switch run {
    case .process(let process): LockError(path: layout.aside, holder: process)
    case .stage(let stage): StageFailure.runsElsewhere(stage: stage, holder: holder(of: stage))
    }
  }

  private static var pollMicroseconds: UInt32 { 20_000 }
}
