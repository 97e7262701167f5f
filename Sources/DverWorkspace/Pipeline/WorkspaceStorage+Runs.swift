import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverPipeline

/// What earlier runs of stages made.
extension WorkspaceStorage {
  func pastOutputs(of stage: ResolvedStage, key: Digest) throws -> [OutputRecord]? {
    guard let store = try workspace.cacheIfPresent() else { return nil }
    for run in try RunCache(store).runs(of: key) {
      if let outputs = try outputs(of: run, for: stage) { return outputs }
    }
    guard pullsRuns, let transaction else { return nil }
    var found: [OutputRecord]?
    do {
      try workspace.fetchRuns(of: key, of: stage.stage, into: transaction) { run in
        found = try outputs(of: run, for: stage)
        return found != nil
      }
    } catch let error as any DverError where error.exitStatus != .interrupted {
      // The stage can still run.
      workspace.notices.warning("earlier runs of \(stage.address.text): \(error.message)")
    }
    workspace.progress.end()
    return found
  }

  /// What a run made, in the order of the stage's outputs; `nil` where it did not make all of them, or the
  /// cache lacks a part.
  private func outputs(of run: StageLock, for stage: ResolvedStage) throws -> [OutputRecord]? {
    let records = stage.stage.outputs.map { output in
      run.outputs.first { $0.path == output.path }
    }
    let known = records.compactMap(\.self)
    guard known.count == records.count, try known.allSatisfy({ try isStored($0) }) else {
      return nil
    }
    return known
  }

  func rememberRun(of stage: ResolvedStage, key: Digest, lock: StageLock) throws {
    guard let transaction, isCommitting else { return }
    // Metrics and plots that git keeps must come back as well.
    for (output, path) in zip(stage.stage.outputs, stage.outputs) where !output.isCached {
      try preserve(workspace.root.appending(path), of: path)
    }
    try RunCache(transaction.store).add(lock, key: key, using: transaction)
  }
}
