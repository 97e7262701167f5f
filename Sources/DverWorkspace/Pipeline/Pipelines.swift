import DverCore
import DverFileSystem
import DverIgnore
import DverManifest
import DverPipeline

/// All pipelines of a workspace as one graph, with the stage lock of each stage.
struct Pipelines {
  let graph: StageGraph
  let locks: [StageLock?]
  /// The pipeline files, also those without stages.
  private let files: Set<RepositoryPath>

  init(_ catalog: Catalog, root: AbsolutePath) throws {
    let files = catalog.pipelines.map {
      StageFile(
        path: $0.folder.appending(CatalogFiles.pipelineName.utf8), stages: $0.file.stages)
    }
    self.files = Set(files.map(\.path))
    let tracked = try catalog.pointers.flatMap { entry in
      try Catalog.outputs(of: entry.file, at: entry.path).map {
        TrackedPath(pointer: entry.path, path: $0.path)
      }
    }
    graph = try StageGraph(root: root, files: files, tracked: tracked)
    locks = catalog.pipelines.flatMap { pipeline in
      pipeline.file.stages.map { pipeline.lock[$0.name] }
    }
  }

  /// The stages to run, in order, and the tracked paths to look at before them.
  func plan(_ options: ReproOptions, from folder: RepositoryPath) throws -> Plan {
    let chosen = try chosen(options, from: folder)
    let stages = plannedStages(chosen, options)
    let read = options.single ? [] : stages.flatMap { graph.trackedUpstream[$0] }
    return Plan(
      stages: stages, tracked: Set(chosen.tracked + read).sorted(), targets: chosen.tracked)
  }

  /// What the user named: stages in the order of the targets, those of one target in topological order.
  private func chosen(
    _ options: ReproOptions, from folder: RepositoryPath
  ) throws -> StageGraph.Selection {
    var stages: [Int] = []
    var tracked: Set<Int> = []
    if options.allPipelines {
      stages = graph.order
    } else if options.targets.isEmpty {
      let file = folder.appending(CatalogFiles.pipelineName.utf8)
      stages = graph.sorted(graph.stages(of: file))
      guard files.contains(file) || options.recursive else {
        throw PipelineError.noPipeline(file)
      }
    }
    for target in options.targets {
      let selection = try graph.select(
        target, from: folder, isGlob: options.areGlobs, isRecursive: options.recursive)
      stages += graph.sorted(selection.stages)
      tracked.formUnion(selection.tracked)
    }
    var seen: Set<Int> = []
    let once = stages.filter { seen.insert($0).inserted }
    return StageGraph.Selection(stages: once, tracked: tracked.sorted())
  }

  private func plannedStages(_ chosen: StageGraph.Selection, _ options: ReproOptions) -> [Int] {
    if options.single { return chosen.stages }
    if options.wholePipelines { return graph.sorted(graph.connected(with: chosen).stages) }
    guard options.downstream else { return graph.upstreamClosure(of: chosen.stages) }
    let tracked = Set(chosen.tracked)
    let readers =
      tracked.isEmpty
      ? []
      : graph.stages.indices.filter { !tracked.isDisjoint(with: graph.trackedUpstream[$0]) }
    return graph.downstreamClosure(of: chosen.stages + readers)
  }

  /// What is to be brought up to date.
  struct Plan {
    /// In the order in which they may run.
    var stages: [Int]
    /// Data that may have changed since it was added.
    var tracked: [Int]
    /// What of it was asked for.
    var targets: [Int]
  }
}

extension Workspace {
  /// The pipelines of a catalog, none of which writes what ignore rules leave out.
  func pipelines(_ catalog: Catalog) throws -> Pipelines {
    let pipelines = try Pipelines(catalog, root: root)
    // Most outputs lie in few folders.
    var stacks: [RepositoryPath: IgnoreStack] = [:]
    for stage in pipelines.graph.stages {
      for output in stage.outputs {
        let folder = output.parent
        let stack = try stacks[folder] ?? ignoreStack(around: output)
        stacks[folder] = stack
        guard stack.hasRules else { continue }
        let isDirectory = try FileSystem.status(of: root.appending(output))?.isDirectory == true
        if let rule = Self.ignoringRule(of: output, isDirectory: isDirectory, in: stack) {
          throw PipelineError.ignored(
            displayed(output), stage: stage.address.shown(from: currentFolder), rule: rule)
        }
      }
    }
    return pipelines
  }
}

/// What keeps a pipeline from being run.
enum PipelineError: DverError {
  case noPipeline(RepositoryPath)
  case ignored(String, stage: String, rule: String)

  var message: String {
    switch self {
    case .noPipeline(let path): "there is no \(path)"
    case .ignored(let output, let stage, let rule):
      "\(output), an output of stage '\(stage)', is ignored by \(rule)"
    }
  }

  var hint: String? {
    switch self {
    case .noPipeline: "name a target, or use -P for all pipelines"
    case .ignored: "change the pattern, or write another path"
    }
  }
}
