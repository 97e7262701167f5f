import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

extension Workspace {
  /// Fetches what a plan needs and neither workspace nor cache have.
  ///
  /// What no remote has is left to the stages, which run or fail for want of it.
  func pullMissing(
    for plan: Pipelines.Plan, in pipelines: Pipelines, options: ReproOptions
  ) throws {
    try pull(plan.targets.map { pipelines.graph.tracked[$0].path }.filter(isAbsent))
    if options.allowMissing {
      try pull(missingDependencies(of: plan.stages, in: pipelines, options: options))
    } else {
      try pullAll(for: plan.stages, in: pipelines)
    }
  }

  /// Data that stages which are going to run read, and which none of them makes: what others have made
  /// may be missing.
  private func missingDependencies(
    of plan: [Int], in pipelines: Pipelines, options: ReproOptions
  ) throws -> [RepositoryPath] {
    let graph = pipelines.graph
    let catalog = try catalog()
    let storage = try WorkspaceStorage(self, transaction: nil)
    let runner = try runner(pipelines, storage: storage, options: options) { _ in }
    let stale = try runner.forecast(plan, isForced: options.force)
      .filter { $0.verdict == .stale }.map { graph.stages[$0.stage] }
    let made = stale.flatMap(\.outputs)
    let read = try unique(stale.flatMap(\.dependencies).compactMap(\.insidePath))
    let wanted = try read.flatMap { try missingData(at: $0, in: catalog) }
      .filter { path in !made.contains { path.isInside($0) } }
    return try unique(wanted)
  }

  /// Tracked data that a plan reads, and the recorded outputs of its stages.
  private func pullAll(for plan: [Int], in pipelines: Pipelines) throws {
    let graph = pipelines.graph
    let storage = try WorkspaceStorage(self, transaction: nil)
    let sources = try missingSources(of: plan, in: graph)
    var outputs: [RepositoryPath] = []
    for index in plan {
      let stage = graph.stages[index]
      guard let lock = pipelines.locks[index] else { continue }
      for (output, path) in zip(stage.stage.outputs, stage.outputs) where output.isCached {
        guard let record = lock.outputs.first(where: { $0.path == output.path }),
          try isAbsent(path), try !storage.isStored(record)
        else { continue }
        outputs.append(path)
      }
    }
    try pull(sources, fetching: outputs)
  }

  /// What pointers track, the plan reads and is not there; of directories that are there in part what
  /// was never fetched.
  private func missingSources(
    of plan: [Int], in graph: StageGraph
  ) throws -> [RepositoryPath] {
    let catalog = try catalog()
    let read = try unique(
      plan.flatMap { graph.stages[$0].dependencies }.compactMap(\.insidePath))
    let tracked = Set(plan.flatMap { graph.trackedUpstream[$0] }).sorted()
      .map { graph.tracked[$0].path }
    return try tracked.flatMap { path -> [RepositoryPath] in
      if try isAbsent(path) { return [path] }
      guard let output = catalog.output(at: path), output.name?.isDirectory == true else {
        return []
      }
      let isReadWhole = read.contains { path.isInside($0) }
      let parts = isReadWhole ? [path] : read.filter { $0.isBelow(path) }
      return try unique(parts.flatMap { try missingMembers(of: output, in: $0) })
    }
  }

  /// Puts tracked paths in place, and others into the cache alone.
  private func pull(_ paths: [RepositoryPath], fetching others: [RepositoryPath] = []) throws {
    guard !paths.isEmpty || !others.isEmpty else { return }
    var options = TransferOptions()
    options.allowMissing = true
    do {
      _ = try fetch((paths + others).map { root.appending($0).bytes }, options: options)
    } catch WorkspaceError.noRemote {
      // The cache may have it all; what is missing in the end is an error of its own.
      notices.warning("\(WorkspaceError.noRemote.message): nothing is fetched")
    }
    guard !paths.isEmpty else { return }
    var checkoutOptions = CheckoutOptions()
    checkoutOptions.allowMissing = true
    _ = try checkout(paths.map { root.appending($0).bytes }, options: checkoutOptions)
  }
}
