import DverCore
import DverFileSystem
import DverManifest
import DverPipeline
import Synchronization

/// The locks of stages: what finished stages leave, and what other processes have left.
extension WorkspaceStorage {
  /// What stages have made, or brought back, until now.
  var made: [(name: ContentName, path: RepositoryPath)] {
    state.withLock(\.made).map { (name: $0.value, path: $0.key) }
  }

  func finish(_ stage: ResolvedStage, lock: StageLock, replacing old: StageLock?) throws {
    try workspace.lockLog.append(
      LockLog.Entry(stage: stage.address, lock: lock, replacing: old))
    state.withLock { state in
      for (output, path) in zip(stage.stage.outputs, stage.outputs) {
        state.made[path] = lock.outputs.first { $0.path == output.path }?.name
      }
    }
    folding.note()
  }

  func refreshedLock(of stage: ResolvedStage) throws -> StageLock? {
    // It may have died while its old outputs were aside, or ended without writing the lock file.
    try workspace.recoverOutputs()
    try workspace.foldLocks(command: "dver repro")
    for path in stage.outputs { forget(path) }
    state.withLock { state in
      for path in stage.dependencies + stage.parameterFiles {
        state.found[path] = nil
        state.parameters[path] = nil
      }
    }
    let file = stage.address.file.parent.appending(CatalogFiles.lockName.utf8)
    guard let bytes = try FileSystem.contents(of: workspace.root.appending(file)) else {
      return nil
    }
    return try LockFile.parse(bytes: bytes, source: file.description)[stage.address.name]
  }
}
