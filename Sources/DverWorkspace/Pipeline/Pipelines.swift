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

  /// The stages to run, in order.
  func plan(_ options: ReproOptions, from folder: RepositoryPath) throws -> [Int] {
    var chosen: Set<Int> = []
    if options.allPipelines {
      chosen = Set(graph.stages.indices)
    } else if options.targets.isEmpty {
      let file = folder.appending(CatalogFiles.pipelineName.utf8)
      chosen = Set(graph.stages(of: file))
      guard files.contains(file) || options.recursive else {
        throw PipelineError.noPipeline(file)
      }
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
