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
    let graph = try Pipelines(try catalog(), root: root).graph
    guard let target = options.target else {
      return graph.drawing(nodes: options.nodes, from: currentFolder)
    }
    var selection = try graph.select(target, from: currentFolder)
    selection.stages =
      options.isFull
      ? graph.pipelines(of: selection.stages) : graph.upstreamClosure(of: selection.stages)
    selection.tracked += selection.stages.flatMap { graph.trackedUpstream[$0] }
    selection.tracked = Set(selection.tracked).sorted()
    return graph.drawing(of: selection, nodes: options.nodes, from: currentFolder)
  }
}
