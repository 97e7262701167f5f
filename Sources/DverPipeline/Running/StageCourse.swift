import DverCore
import DverFileSystem
import DverManifest
import DverParallel

/// The course of one stage that is not fresh.
struct StageCourse: Sendable {
  let runner: StageRunner
  let number: Int
  let inputs: StageInputs
  let present: [PresentOutput]
  let reasons: [StaleReason]

  var stage: ResolvedStage { runner.graph.stages[number] }
  var address: StageAddress { stage.address }
  var storage: any StageStorage { runner.storage }
  private var logs: RunLogs { RunLogs(runner.settings.logs, stage: address) }

  func requireOutputs() throws {
    for (output, path) in zip(stage.stage.outputs, stage.outputs) {
      try storage.requireTrackable(output, at: path)
    }
  }

  /// Runs the commands, again after a failure as often as the stage says, and records what they
  /// made; returns how long they took.
  ///
  /// - Parameters:
  ///   - key: What the run cache may know the run by.
  ///   - backlog: Gets what nobody waits for.
  func run(key: Digest?, _ backlog: Backlog) throws -> Duration {
    let record = runner.settings.records.appending(address.fileName)
    guard var claim = try runner.claim(record) else {
      throw StageFailure.runsElsewhere(stage: address, holder: RunClaim.holder(at: record))
    }
    // Another process may have run it between the look at it and here.
    if let use = claim.lastUse, use > runner.settings.lookedAt {
      throw StageFailure.runsElsewhere(stage: address, holder: nil)
    }
    runner.events(.started(stage: number, reasons: reasons))
    defer { storage.commandsEnded() }
    let environment = runner.environment.adding(stage.stage.environment)
    let started = RunRecord.now()
    var run = RunRecord(
      host: ProcessIdentity.current.host, started: started, duration: .zero, ending: .cancelled,
      peakMemory: ByteCount(0), environment: environment.digest,
      log: logs.path(started: started))
    do {
      while true {
        if let lock = try attempt(&run, environment.variables, claim, backlog) {
          let duration = run.duration
          let finished = FinishedRun(run, of: self, lock: lock, key: key, claim: claim)
          backlog.add { finished.settle() }
          return duration
        }
        try pause(after: &run)
      }
    } catch {
      writeRecord(run, &claim)
      throw error
    }
  }

  /// Runs the commands once, with the previous outputs aside.
  ///
  /// - Returns: The stage's new lock; `nil` where the commands failed and may be tried again; previous
  ///   outputs are back then.
  private func attempt(
    _ run: inout RunRecord, _ environment: [[UInt8]], _ claim: borrowing RunClaim,
    _ backlog: Backlog
  ) throws -> StageLock? {
    try claim.check()
    let ticket = try runner.aside.begin(
      stage, outputs: Array(stage.outputs.indices),
      unprotect: { try storage.unprotect(stage.outputs[$0]) })
    do {
      try execute(&run, environment, token: ticket.token, backlog)
      try replaceLinks()
      try requireSameInputs()
      try requireLeases(claim)
      let outputs = try storeOutputs()
      try preserve(ticket)
      try requireLeases(claim)
      for (index, record) in outputs.enumerated() { noteChange(of: index, to: record) }
      let lock = lock(outputs: outputs)
      try finish(lock)
      try runner.aside.complete(ticket)
      run.product = RunRecord.Product(lock.outputs, directory: stage.directory)
      return lock
    } catch {
      fail(ticket, run)
      guard case StageFailure.command(_, let ending, _) = error, ending != .cancelled,
        run.attempts < attemptCount, !runner.cancellation.isRequested()
      else { throw error }
      return nil
    }
  }

  /// What another process has brought back or made, taking this one for dead, is not ours.
  private func requireLeases(_ claim: borrowing RunClaim) throws {
    try claim.check()
    try runner.aside.requireLife()
  }

  private var attemptCount: Int { Int(clamping: stage.stage.retry?.times ?? 0) + 1 }

  /// Waits as long as the stage wants before its next attempt.
  private func pause(after run: inout RunRecord) throws {
    let delay = stage.stage.retry?.delay ?? .zero
    runner.events(
      .retrying(
        stage: number, attempt: run.attempts + 1, of: attemptCount, after: run.ending,
        delay: delay))
    if runner.cancellation.wait(atMost: delay) {
      throw StageFailure.command(stage: address, .cancelled, log: nil)
    }
    run.attempts += 1
  }

  /// - Parameter token: Tells the processes of this run from all others, should dver die.
  private func execute(
    _ run: inout RunRecord, _ environment: [[UInt8]], token: String, _ backlog: Backlog
  ) throws {
    var environment = environment
    environment.append(Array("DVER_ROOT=".utf8) + runner.graph.root.bytes)
    environment.append(Array("DVER_STAGE=\(address.text)".utf8))
    environment.append(Array("\(OrphanedCommands.variable)=\(token)".utf8))
    var request = CommandRequest(
      stage: address, commands: stage.stage.shellCommands, shell: runner.settings.shell,
      directory: runner.graph.root.appending(stage.directory), environment: environment,
      log: run.log)
    request.grace = runner.settings.grace
    request.timeout = stage.stage.timeout
    request.jobServer = runner.jobServer
    let result = try runner.executor(stage).run(
      request, cancellation: runner.cancellation,
      started: { command in
        // Time that would only be waited.
        if command == 0 { backlog.flush() } else { runner.events(.command(stage: number, command)) }
      }
    ) {
      runner.events(.output(stage: number, $0))
    }
    run.duration = result.duration
    run.ending = result.ending
    run.peakMemory = max(run.peakMemory, result.peakMemory)
    guard result.isSuccess else {
      let log = (try? FileSystem.exists(run.log)) == true ? run.log : nil
      throw StageFailure.command(stage: address, result.ending, log: log)
    }
  }

  func storeOutputs() throws -> [OutputRecord] {
    for path in stage.outputs {
      try runner.aside.requireFolders(above: path, of: address)
      guard try FileSystem.exists(runner.graph.root.appending(path)) else {
        throw StageFailure.missingOutput(stage: address, path)
      }
    }
    return try zip(stage.stage.outputs, stage.outputs).map { output, path in
      var record = try storage.storeOutput(output, at: path)
      record.path = output.path
      return record
    }
  }

  // MARK: Old outputs

  /// Stores the old outputs whose content is nowhere else.
  func preserve(_ ticket: AsideArea.Ticket) throws {
    for (output, location) in try runner.aside.oldOutputs(of: ticket) {
      if let record = present[output].record, try storage.isStored(record) { continue }
      try storage.preserve(location, of: stage.outputs[output])
    }
  }

  func noteChange(of output: Int, to record: OutputRecord) {
    storage.replaced(present[output].record, by: record, at: stage.outputs[output])
  }

  private func fail(_ ticket: AsideArea.Ticket, _ run: RunRecord) {
    let quarantine = runner.aside.layout.quarantine(of: address)
    do {
      try runner.aside.requireLife()
    } catch {
      return warn(error)
    }
    do {
      try quarantine.clear()
    } catch {
      warn(error)
    }
    putBack(ticket)
    do {
      try quarantine.keepLog(run.log)
    } catch {
      warn(error)
    }
  }

  func putBack(_ ticket: AsideArea.Ticket) {
    do {
      try runner.aside.putBack(ticket)
    } catch {
      warn(error)
    }
  }

  func writeRecord(_ run: RunRecord, _ claim: inout RunClaim) {
    do {
      let runs = try claim.write(run)
      // A stage that never ran before has left no logs.
      if runs.count > 1 || claim.lastUse != nil { try logs.prune(keeping: runs) }
    } catch {
      warn(error)
    }
  }

  func warn(_ error: any Error) {
    let text = (error as? any DverError)?.message ?? "\(error)"
    runner.events(.warning(stage: number, text))
  }

  func finish(_ lock: StageLock) throws {
    try storage.finish(stage, lock: lock, replacing: runner.locks[number])
  }

  func lock(outputs: [OutputRecord]) -> StageLock {
    StageLock(stage.stage, inputs: inputs, outputs: outputs)
  }
}
