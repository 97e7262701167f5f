import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

/// How `commit` goes about its work.
package struct CommitOptions: Sendable {
  /// Whether changes are recorded without asking.
  package var force = false
  /// Whether the stages that targets depend on are recorded too.
  package var withDependencies = false

  package init() {}
}

extension Workspace {
  /// Records what tracked paths hold now, and puts it into the cache.
  ///
  /// - Parameters:
  ///   - targets: Tracked paths, pointers or stages; everything if empty.
  ///   - confirm: Asked, with the paths that changed, before their records change.
  package func commit(
    _ targets: [[UInt8]], options: CommitOptions, confirm: ([String]) throws -> Bool
  ) throws -> [AddedPath] {
    let catalog = try catalog()
    let outputs = try select(targets, in: catalog).map(\.output)
    let pointed = outputs.filter { if case .pointer = $0.origin { true } else { false } }
    let stages = outputs.filter { if case .stage = $0.origin { true } else { false } }
    if !targets.isEmpty { try commitStages(stages, options: options) }
    let transaction = StoreTransaction(try cache())
    let contents = try pointed.map { output in
      try ContentScanner(
        workspace: self, transaction: output.isCached ? transaction : nil,
        linkTypes: try configuration().linkTypes
      ).content(of: output.path)
    }
    let changed = zip(pointed, contents).filter { !$0.0.isRecorded($0.1) }
      .map { displayed($0.0.path) }
    if !changed.isEmpty, !options.force, try !confirm(changed) {
      throw WorkspaceError.failed(
        "not recorded: \(changed.joined(separator: ", ")) changed",
        hint: "use 'dver commit -f' to record changes without a question")
    }
    let taken = try zip(pointed, contents).map {
      try take($0, as: $1, transaction: transaction)
    }
    let command = "dver commit \(pointed.map(\.path.description).joined(separator: " "))"
    let added = taken.isEmpty ? [] : try record(taken, command: command)
    try transaction.finish()
    try transaction.store.settleOld()
    try fileIndex.save()
    try relink(pointed.filter(\.isCached).map(\.path))
    progress.end()
    return added
  }

  /// Records outputs of stages: only `repro` knows what they were made from.
  private func commitStages(_ outputs: [TrackedOutput], options: CommitOptions) throws {
    guard let output = outputs.first else { return }
    throw WorkspaceError.failed(
      "\(displayed(output.path)) is an output of stage '\(output.originText)'",
      hint: "run 'dver repro \(output.originText)'")
  }

  private func take(
    _ output: TrackedOutput, as content: WorkspaceContent, transaction: StoreTransaction
  ) throws -> TakenTarget {
    guard let record = content.record(path: output.record.path) else {
      throw WorkspaceError.missing(displayed(output.path))
    }
    if case .directory(let directory) = content {
      try refuseIgnoreFiles(in: directory.entries, of: output.path)
      _ = try manifests.store(directory.entries, in: transaction)
    }
    return TakenTarget(
      target: .member(output.path, of: output), path: output.path, record: record)
  }
}

extension TrackedOutput {
  /// Whether the record says what `content` is.
  fileprivate func isRecorded(_ content: WorkspaceContent) -> Bool {
    if case .file(let file) = content, file.isExecutable != record.isExecutable { return false }
    return content.name == name
  }
}
