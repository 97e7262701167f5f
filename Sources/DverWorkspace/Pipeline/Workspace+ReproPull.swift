import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

extension Workspace {
  /// Fetches what a plan needs and neither workspace nor cache have: tracked data that it reads,
  /// and the recorded outputs of its stages.
  ///
  /// What no remote has is left to the stages, which run or fail for want of it.
  func pullMissing(for plan: [Int], in pipelines: Pipelines) throws {
    let graph = pipelines.graph
    let storage = try WorkspaceStorage(self, transaction: nil)
    func isAbsent(_ path: RepositoryPath) throws -> Bool {
      try FileSystem.status(of: root.appending(path)) == nil
    }
    let sources = try Set(plan.flatMap { graph.trackedUpstream[$0] }).sorted()
      .map { graph.tracked[$0].path }.filter(isAbsent)
    var wanted = sources
    for index in plan {
      let stage = graph.stages[index]
      guard let lock = pipelines.locks[index] else { continue }
      for (output, path) in zip(stage.stage.outputs, stage.outputs) where output.isCached {
        guard let record = lock.outputs.first(where: { $0.path == output.path }),
          try isAbsent(path), try !storage.isStored(record)
        else { continue }
        wanted.append(path)
      }
    }
    guard !wanted.isEmpty else { return }
    var options = TransferOptions()
    options.allowMissing = true
    _ = try fetch(wanted.map { root.appending($0).bytes }, options: options)
    guard !sources.isEmpty else { return }
    var checkoutOptions = CheckoutOptions()
    checkoutOptions.allowMissing = true
    _ = try checkout(sources.map { root.appending($0).bytes }, options: checkoutOptions)
  }
}
