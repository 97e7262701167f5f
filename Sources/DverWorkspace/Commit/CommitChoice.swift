import DverCore
import DverPipeline

/// What the targets of `commit` stand for.
struct CommitChoice {
  /// A path inside of a tracked directory, which is recorded alone: the rest need not be there.
  typealias Member = (path: RepositoryPath, output: TrackedOutput)

  /// Tracked by pointers.
  var pointed: [TrackedOutput] = []
  var members: [Member] = []
  /// In the order in which they would run.
  var stages: [Int] = []
  let pipelines: Pipelines

  /// What the stages make.
  var written: Set<RepositoryPath> { outputs(of: stages) }

  /// What they read of others' making.
  var read: Set<RepositoryPath> { outputs(of: stages.flatMap { pipelines.graph.upstream[$0] }) }

  /// What all stages of their pipelines make.
  var related: Set<RepositoryPath> {
    outputs(of: pipelines.graph.connected(with: StageGraph.Selection(stages: stages)).stages)
  }

  private func outputs(of stages: [Int]) -> Set<RepositoryPath> {
    Set(stages.flatMap { pipelines.graph.stages[$0].outputs })
  }
}

extension Workspace {
  func committed(_ targets: [[UInt8]], options: CommitOptions) throws -> CommitChoice {
    let catalog = try catalog()
    let pipelines = try pipelines(catalog)
    let graph = pipelines.graph
    var choice = CommitChoice(pipelines: pipelines)
    var stages: Set<Int> = []
    for target in targets {
      let text = String(decoding: target, as: UTF8.self)
      if let found = try? graph.select(
        text, from: currentFolder, isRecursive: options.recursive), !found.stages.isEmpty
      {
        stages.formUnion(found.stages)
        choice.pointed += found.tracked.compactMap { catalog.output(at: graph.tracked[$0].path) }
      } else {
        let selections = try select([target], in: catalog, recursive: options.recursive)
        try refuseUnknownParts(selections, in: catalog)
        for selection in selections {
          let output = selection.output
          if case .stage = output.origin, let stage = graph.owner(of: output.path) {
            // A folder was named, in which a stage writes.
            stages.insert(stage)
          } else if let part = selection.part, output.isCached {
            choice.members.append((path: output.path.appending(part), output: output))
          } else {
            choice.pointed.append(output)
          }
        }
      }
    }
    if targets.isEmpty {
      stages = Set(graph.stages.indices)
      choice.pointed = catalog.outputs.filter {
        if case .pointer = $0.origin { true } else { false }
      }
    }
    choice.stages = graph.sorted(stages.sorted())
    if options.withDependencies { choice.stages = graph.upstreamClosure(of: choice.stages) }
    return choice
  }
}
