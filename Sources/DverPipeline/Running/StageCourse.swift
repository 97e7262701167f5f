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

  private var stage: ResolvedStage { runner.graph.stages[number] }
  private var address: StageAddress { stage.address }
  private var storage: any StageStorage { runner.storage }
  private var logs: RunLogs { RunLogs(runner.settings.logs, stage: address) }

  // MARK: Restoring

  /// Puts recorded outputs in place, and stores those that are in place but not in the store.
  func restore() throws {
    var records: [Int: OutputRecord] = [:]
    for case .output(let path, _, _) in reasons {
      guard let index = stage.outputs.firstIndex(of: path) else { continue }
      let written = stage.stage.outputs[index].path
      records[index] = runner.locks[number]?.outputs.first { $0.path == written }
    }
    try put(records)
  }

  /// Puts the outputs of an earlier run with the same inputs in place; `false` if there is none.
  func restoreFromRunCache() throws -> Bool {
    guard !reasons.contains(.forced), try areInputsThere(),
      let key = RunKey.of(stage.stage, inputs: inputs),
      let records = try storage.pastOutputs(of: stage, key: key)
    else { return false }
    try put(Dictionary(uniqueKeysWithValues: records.enumerated().map { ($0.offset, $0.element) }))
    try storage.finish(stage, lock: lock(outputs: records))
    return true
  }

  /// - Parameter records: By the place of the output in the stage.
  private func put(_ records: [Int: OutputRecord]) throws {
    var changed: [(index: Int, record: OutputRecord)] = []
    for (index, record) in records.sorted(by: { $0.key < $1.key }) {
      if present[index].record?.name != record.name {
        changed.append((index, record))
      } else if stage.stage.outputs[index].isCached, try !storage.isStored(record) {
        let stored = try storage.storeOutput(stage.stage.outputs[index], at: stage.outputs[index])
        guard stored.name == record.name else {
          throw StageFailure.restoredWrongly(stage: address, stage.outputs[index])
        }
      }
    }
    guard !changed.isEmpty else { return }
    let ticket = try runner.aside.begin(stage, outputs: changed.map(\.index))
    do {
      for (index, record) in changed {
        try storage.restoreOutput(
          record, as: stage.stage.outputs[index], at: stage.outputs[index])
      }
      try preserve(ticket)
      for (index, record) in changed { noteChange(of: index, to: record) }
      try runner.aside.complete(ticket)
    } catch {
      putBack(ticket)
      throw error
    }
  }

  // MARK: Running

  func requireOutputs() throws {
    for (output, path) in zip(stage.stage.outputs, stage.outputs) {
      try storage.requireTrackable(output, at: path)
    }
  }

  /// Runs the commands, again after a failure as often as the stage says, and records what they
  /// made; returns how long they took.
  func run() throws -> Duration {
    let record = runner.settings.records.appending(address.fileName)
    guard var claim = try runner.claim(record) else {
      throw StageFailure.runsElsewhere(stage: address, holder: RunClaim.holder(at: record))
    }
    runner.events(.started(stage: number, reasons: reasons))
    let environment = environment
    let started = RunRecord.now()
    var run = RunRecord(
      host: ProcessIdentity.current.host, started: started, duration: .zero, ending: .cancelled,
      peakMemory: ByteCount(0), environment: RunRecord.digest(ofEnvironment: environment),
      log: logs.path(started: started))
    do {
      while try !attempt(&run, environment, claim) { try pause(after: &run) }
    } catch {
      writeRecord(run, &claim)
      throw error
    }
    writeRecord(run, &claim)
    do {
      try claim.check()
      try runner.aside.layout.quarantine(of: address).clear()
    } catch {
      warn(error)
    }
    return run.duration
  }

  /// Runs the commands once, with the previous outputs aside.
  ///
  /// - Returns: `false` where the commands failed and may be tried again; previous outputs are back
  ///   then.
  private func attempt(
    _ run: inout RunRecord, _ environment: [[UInt8]], _ claim: borrowing RunClaim
  ) throws -> Bool {
    try claim.check()
    let ticket = try runner.aside.begin(
      stage, outputs: Array(stage.outputs.indices),
      unprotect: { try storage.unprotect(stage.outputs[$0]) })
    do {
      try execute(&run, environment)
      try requireSameInputs()
      try requireLeases(claim)
      let outputs = try storeOutputs()
      try preserve(ticket)
      try requireLeases(claim)
      for (index, record) in outputs.enumerated() { noteChange(of: index, to: record) }
      let lock = lock(outputs: outputs)
      remember(lock)
      try storage.finish(stage, lock: lock)
      try runner.aside.complete(ticket)
      return true
    } catch {
      fail(ticket, run)
      guard case StageFailure.command(_, let ending, _) = error, ending != .cancelled,
        run.attempts < attemptCount, !runner.cancellation.isRequested()
      else { throw error }
      return false
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

  /// Without it the stage would run again some day; no reason to fail now.
  private func remember(_ lock: StageLock) {
    guard let key = RunKey.of(stage.stage, inputs: inputs) else { return }
    do {
      try storage.rememberRun(of: stage, key: key, lock: lock)
    } catch {
      warn(error)
    }
  }

  /// Records what the stage reads and what is in the places of its outputs, as if it had just run.
  func record() throws {
    try requireInputs()
    try storage.finish(stage, lock: lock(outputs: try storeOutputs()))
  }

  /// Records what is in the places of a frozen stage's outputs, which is what others read; what it
  /// once read and did stays on record.
  func keep() throws {
    for (index, path) in stage.outputs.enumerated() where present[index].record == nil {
      throw StageFailure.frozen(stage: address, path)
    }
    guard var lock = runner.locks[number] else {
      // Nothing is known of what it read but what is there now, if it is.
      guard (try? requireInputs()) != nil else { return }
      return try record()
    }
    let outputs = try storeOutputs()
    lock.outputs = outputs.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    try storage.finish(stage, lock: lock)
  }

  /// The environment that dver was started with, and the stage's own variables.
  private var environment: [[UInt8]] {
    let own = stage.stage.environment
    guard !own.isEmpty else { return runner.settings.environment }
    let names = Set(own.map { Array("\($0.name)=".utf8) })
    let inherited = runner.settings.environment.filter { variable in
      let end = variable.firstIndex(of: UInt8(ascii: "=")) ?? variable.count - 1
      return !names.contains(Array(variable[...max(end, 0)]))
    }
    return inherited + own.map { Array("\($0.name)=\($0.value)".utf8) }
  }

  private func execute(_ run: inout RunRecord, _ environment: [[UInt8]]) throws {
    var environment = environment
    environment.append(Array("DVER_ROOT=".utf8) + runner.graph.root.bytes)
    environment.append(Array("DVER_STAGE=\(address.text)".utf8))
    var request = CommandRequest(
      stage: address, commands: stage.stage.commands, shell: runner.settings.shell,
      directory: runner.graph.root.appending(stage.directory), environment: environment,
      log: run.log)
    request.grace = runner.settings.grace
    request.timeout = stage.stage.timeout
    request.jobServer = runner.jobServer
    let result = try runner.executor(stage).run(request, cancellation: runner.cancellation) {
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

  /// Refuses to begin where something that the stage reads is missing.
  func requireInputs() throws {
    for (path, record) in zip(stage.dependencies, inputs.dependencies) where record.name == nil {
      throw StageFailure.missingDependency(stage: address, path)
    }
    for (index, selection) in stage.stage.parameters.enumerated() {
      let file = stage.parameterFiles[index]
      guard let values = inputs.parameters[index]?.values else {
        throw StageFailure.missingParameter(stage: address, file: file, key: nil)
      }
      for key in selection.keys where !values.contains(where: { $0.key == key }) {
        throw StageFailure.missingParameter(stage: address, file: file, key: key)
      }
    }
  }

  private func areInputsThere() throws -> Bool {
    do {
      try requireInputs()
      return true
    } catch is StageFailure {
      return false
    }
  }

  /// An edit while the command ran would be recorded as what it read.
  private func requireSameInputs() throws {
    let now = try runner.inputs(of: stage, isRecheck: true)
    for (index, path) in stage.dependencies.enumerated()
    where now.dependencies[index].name != inputs.dependencies[index].name {
      throw StageFailure.inputChanged(stage: address, path)
    }
    for (index, path) in stage.parameterFiles.enumerated()
    where !isSame(now.parameters[index], inputs.parameters[index]) {
      throw StageFailure.inputChanged(stage: address, path)
    }
  }

  private func isSame(_ left: StageLock.ParameterFile?, _ right: StageLock.ParameterFile?) -> Bool {
    guard let left = left?.values, let right = right?.values else { return left == right }
    return left.count == right.count
      && zip(left, right).allSatisfy { $0.key == $1.key && $0.value.hasSameMeaning(as: $1.value) }
  }

  private func storeOutputs() throws -> [OutputRecord] {
    for path in stage.outputs {
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
  private func preserve(_ ticket: AsideArea.Ticket) throws {
    for (output, location) in try runner.aside.oldOutputs(of: ticket) {
      if let record = present[output].record, try storage.isStored(record) { continue }
      try storage.preserve(location, of: stage.outputs[output])
    }
  }

  private func noteChange(of output: Int, to record: OutputRecord) {
    storage.replaced(present[output].record, by: record, at: stage.outputs[output])
  }

  private func fail(_ ticket: AsideArea.Ticket, _ run: RunRecord) {
    let quarantine = runner.aside.layout.quarantine(of: address)
    do {
      try runner.aside.requireLife()
      try quarantine.clear()
      putBack(ticket)
      try quarantine.keepLog(run.log)
    } catch {
      putBack(ticket)
      warn(error)
    }
  }

  private func putBack(_ ticket: AsideArea.Ticket) {
    do {
      try runner.aside.putBack(ticket)
    } catch {
      warn(error)
    }
  }

  private func writeRecord(_ run: RunRecord, _ claim: inout RunClaim) {
    do {
      try logs.prune(keeping: try claim.write(run))
    } catch {
      warn(error)
    }
  }

  private func warn(_ error: any Error) {
    let text = (error as? any DverError)?.message ?? "\(error)"
    runner.events(.warning(stage: number, text))
  }

  // MARK: The lock

  private func lock(outputs: [OutputRecord]) -> StageLock {
    StageLock(
      stage.stage, inputs: inputs, outputs: outputs)
  }
}

extension StageLock {
  /// The lock of a stage that read `inputs` and wrote `outputs`, in the order that locks have.
  init(_ stage: Stage, inputs: StageInputs, outputs: [OutputRecord]) {
    func sorted(_ records: [OutputRecord]) -> [OutputRecord] {
      records.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }
    var files: [ParameterFile] = []
    for file in inputs.parameters.compactMap(\.self) {
      if let place = files.firstIndex(where: { $0.file == file.file }) {
        let known = Set(files[place].values.map(\.key))
        files[place].values += file.values.filter { !known.contains($0.key) }
      } else {
        files.append(file)
      }
    }
    for place in files.indices {
      files[place].values.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
    self.init(
      commands: stage.commands, commandIsList: stage.commandIsList,
      environment: stage.environment.sorted {
        $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
      },
      dependencies: sorted(inputs.dependencies),
      parameters: files.sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) },
      outputs: sorted(outputs))
  }
}
