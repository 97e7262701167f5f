import DverCore
import DverFileSystem
import DverManifest

/// How a stage stands: what it reads, what is in the places of its outputs, and why it is not fresh.
extension StageRunner {
  /// Why stage `number` is not fresh.
  func staleReasons(
    of number: Int, inputs: StageInputs, outputs: [PresentOutput]
  ) throws -> [StaleReason] {
    let stage = graph.stages[number]
    let staleness = StageStaleness(
      of: stage, lock: locks[number], inputs: inputs, outputs: outputs,
      allowsMissing: options.allowsMissing)
    guard staleness.verdict == .restorable, !stage.stage.isFrozen, let lock = locks[number],
      let old = try RunRecord.earlierDirectory(
        of: lock, now: stage.directory,
        runs: settings.records.appending(stage.address.fileName))
    else { return staleness.reasons }
    return staleness.reasons + [.workingDirectory(old: old, new: stage.directory)]
  }

  /// What stage `number` reads, as it is now.
  ///
  /// - Parameter isOnlyCompared: Whether the stage will not run for what is found. Then parameter
  ///   files that a stage without a lock cannot read are new, whatever they hold, with a warning.
  func inputs(
    of number: Int, isRecheck: Bool, isOnlyCompared: Bool = false
  ) throws -> StageInputs {
    let stage = graph.stages[number]
    let dependencies = try zip(stage.stage.dependencies, stage.dependencies).map { written, path in
      var record =
        try storage.dependencyRecord(of: path, isRecheck: isRecheck) ?? OutputRecord(path: written)
      record.path = written
      return record
    }
    let selections = zip(stage.stage.parameters, stage.parameterFiles)
    let parameters = try selections.map { written, path -> StageLock.ParameterFile? in
      do {
        return try storage.parameters(written, at: path, isRecheck: isRecheck)
      } catch let error as any DverError where isOnlyCompared && locks[number] == nil {
        events(.warning(stage: number, error.message))
        return StageLock.ParameterFile(file: written.file, values: [])
      }
    }
    var inputs = StageInputs(dependencies: dependencies, parameters: parameters)
    guard !isRecheck else { return inputs }
    inputs.missingParts = try missingParts(of: number)
    if options.allowsMissing {
      inputs.completed = try completedNames(of: number, lacking: inputs)
    }
    return inputs
  }

  /// What stands in the places of the outputs of `stage`.
  func outputs(of stage: ResolvedStage, lock: StageLock?) throws -> [PresentOutput] {
    try zip(stage.stage.outputs, stage.outputs).map { output, path in
      let record = try storage.currentRecord(of: .inside(path), isRecheck: false)
      let locked = lock?.outputs.first { $0.path == output.path }
      let isSame = record != nil && record?.name == locked?.name
      var isStored = false
      if let locked, locked.name != nil, !isSame || output.isCached {
        isStored = try storage.isStored(locked)
      }
      return PresentOutput(record: record, isLockedContentStored: isStored)
    }
  }
}
