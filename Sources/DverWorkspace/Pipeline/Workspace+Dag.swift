import DverCore
package import DverPipeline

/// What a drawing of the pipelines shows.
package struct DagOptions: Sendable {
  package var nodes = StageGraph.Nodes.stages
  package var target: String?
  /// Whether a target brings everything that it is connected with.
  package var isFull = false

  package init() {}
}

extension Workspace {
  /// A drawing of all pipelines, or of what leads to a target.
  package func dag(_ options: DagOptions) throws -> GraphDrawing {
    let catalog = try catalog()
    let graph = try Pipelines(catalog, root: root).graph
    guard let target = options.target else {
      return graph.drawing(nodes: options.nodes, from: currentFolder)
    }
    var selection = try graph.select(target, from: currentFolder)
    warnOfIgnoredName(in: Array(target.utf8), catalog)
    if options.nodes == .outputs {
      let isStage = selection.stages.contains {
        let address = graph.stages[$0].address
        return address.name == target || String(address.groupName) == target
      }
      var named: RepositoryPath?
      if !isStage { named = try? path(of: Array(target.utf8)) }
      return graph.drawing(
        ofOutputs: selection, at: named, isFull: options.isFull, from: currentFolder)
    }
    if options.isFull {
      selection = graph.connected(with: selection)
    } else {
      selection.stages = graph.upstreamClosure(of: selection.stages)
      selection.tracked += selection.stages.flatMap { graph.trackedUpstream[$0] }
      selection.tracked = Set(selection.tracked).sorted()
    }
    return graph.drawing(of: selection, nodes: options.nodes, from: currentFolder)
  }
}
