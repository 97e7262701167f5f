import DverCore

extension StageGraph {
  /// What the nodes of a drawing stand for.
  package enum Nodes: Sendable {
    /// Stages and pointer files.
    case stages
    /// Outputs of stages and tracked paths.
    case outputs
    /// Groups of stages, with stages outside of groups, and pointer files.
    case groups
  }

  /// A drawing of `selection` and the arrows within it; `nil` draws all.
  package func drawing(of selection: Selection? = nil, nodes kind: Nodes = .stages) -> GraphDrawing
  {
    let chosen = Set(selection?.stages ?? Array(stages.indices))
    let chosenTracked = selection?.tracked ?? Array(tracked.indices)
    var board = Board()
    for number in chosenTracked {
      board.addTracked(number, kind == .outputs ? tracked[number].path : tracked[number].pointer)
    }
    for stage in order where chosen.contains(stage) { draw(stage, as: kind, on: &board) }
    return GraphDrawing(nodes: board.names, arrows: board.arrows)
  }

  private func draw(_ number: Int, as kind: Nodes, on board: inout Board) {
    let stage = stages[number]
    switch kind {
    case .stages:
      board.addStage(number, [stage.address.text])
    case .groups:
      let suffix = stage.address.name.utf8.count - stage.address.groupName.utf8.count
      let text = stage.address.text
      board.addStage(number, [String(decoding: text.utf8.dropLast(suffix), as: UTF8.self)])
    case .outputs:
      board.addStage(number, stage.outputs.map(\.description))
    }
    for source in upstream[number] {
      // Of outputs only those that the stage reads.
      let sources = (board.nodesOfStage[source] ?? []).enumerated()
        .filter { kind != .outputs || reads(stage, stages[source].outputs[$0.offset]) }
      board.connect(sources.map(\.element), to: number)
    }
    for source in trackedUpstream[number] {
      if let node = board.nodeOfTracked[source] { board.connect([node], to: number) }
    }
  }

  private func reads(_ stage: ResolvedStage, _ output: RepositoryPath) -> Bool {
    (stage.dependencies + stage.parameterFiles).contains {
      guard let path = $0.insidePath else { return false }
      return path.isInside(output) || output.isInside(path)
    }
  }

  private struct Board {
    var names: [String] = []
    var arrows: [(source: Int, target: Int)] = []
    var nodesOfStage: [Int: [Int]] = [:]
    var nodeOfTracked: [Int: Int] = [:]
    private var numberOfName: [String: Int] = [:]

    mutating func addStage(_ stage: Int, _ names: [String]) {
      nodesOfStage[stage] = names.map { node($0) }
    }

    mutating func addTracked(_ number: Int, _ path: RepositoryPath) {
      nodeOfTracked[number] = node(path.description)
    }

    mutating func connect(_ sources: [Int], to stage: Int) {
      for target in nodesOfStage[stage] ?? [] {
        for source in sources { arrows.append((source, target)) }
      }
    }

    private mutating func node(_ name: String) -> Int {
      if let number = numberOfName[name] { return number }
      numberOfName[name] = names.count
      names.append(name)
      return names.count - 1
    }
  }
}
