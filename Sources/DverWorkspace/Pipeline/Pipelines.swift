import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

/// All pipelines of a workspace as one graph, with the stage lock of each stage.
struct Pipelines {
  let graph: StageGraph
  let locks: [StageLock?]

  init(_ catalog: Catalog, root: AbsolutePath) throws {
    let files = catalog.pipelines.map {
      StageFile(
        path: $0.folder.appending(CatalogFiles.pipelineName.utf8), stages: $0.file.stages)
    }
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

  /// The stages to run, in order.
  func plan(_ options: ReproOptions, from folder: RepositoryPath) throws -> [Int] {
    var chosen: Set<Int> = []
    if options.allPipelines {
      chosen = Set(graph.stages.indices)
    } else if options.targets.isEmpty {
      let file = folder.appending(CatalogFiles.pipelineName.utf8)
      chosen = Set(graph.stages(of: file))
      guard !chosen.isEmpty || options.recursive else { throw PipelineError.noPipeline(file) }
    }
    for target in options.targets {
      let selection = try graph.select(
        target, from: folder, isGlob: options.areGlobs, isRecursive: options.recursive)
      chosen.formUnion(selection.stages)
    }
    let stages = chosen.sorted()
    if options.single { return graph.sorted(stages) }
    if options.wholePipelines { return graph.pipelines(of: stages) }
    if options.downstream { return graph.downstreamClosure(of: stages) }
    return graph.upstreamClosure(of: stages)
  }
}

/// What keeps a pipeline from being run.
enum PipelineError: DverError {
  case noPipeline(RepositoryPath)

  var message: String {
    switch self {
    case .noPipeline(let path): "there is no \(path), or it has no stages"
    }
  }

  var hint: String? { "name a target, or use -P for all pipelines" }
}
