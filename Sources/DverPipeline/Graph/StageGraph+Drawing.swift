package import DverCore

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
  ///
  /// - Parameter folder: Names are those that one there would type.
  package func drawing(
    of selection: Selection? = nil, nodes kind: Nodes = .stages, from folder: RepositoryPath = .root
  ) -> GraphDrawing {
    let board = board(of: selection, kind, folder)
    return GraphDrawing(nodes: board.names, arrows: board.arrows)
  }

  /// A drawing of outputs and tracked paths: of what leads to those of `selection`, or where
  /// `isFull` of all that is connected with them.
  ///
  /// - Parameter path: Chooses among the outputs, where it names some of them.
  package func drawing(
    ofOutputs selection: Selection, at path: RepositoryPath? = nil, isFull: Bool = false,
    from folder: RepositoryPath = .root
  ) -> GraphDrawing {
    let board = board(of: nil, .outputs, folder)
    let outputs = selection.stages.flatMap { number in
      zip(stages[number].outputs, board.nodesOfStage[number] ?? []).map { (path: $0, node: $1) }
    }
    let named = outputs.filter { output in
      path.map { $0.isInside(output.path) || output.path.isInside($0) } ?? true
    }
    let targets = (named.isEmpty ? outputs : named).map(\.node)
    return GraphDrawing(nodes: board.names, arrows: board.arrows).part(
      around: targets + selection.tracked.compactMap { board.nodeOfTracked[$0] }, isFull: isFull)
  }

  private func board(
    of selection: Selection?, _ kind: Nodes, _ folder: RepositoryPath
  ) -> Board {
    let chosen = Set(selection?.stages ?? Array(stages.indices))
    let chosenTracked = selection?.tracked ?? Array(tracked.indices)
    var board = Board()
    for number in chosenTracked {
      let path = kind == .outputs ? tracked[number].path : tracked[number].pointer
      board.addTracked(number, path.shown(from: folder))
    }
    for stage in order where chosen.contains(stage) { draw(stage, as: kind, folder, on: &board) }
    return board
  }

  private func draw(
    _ number: Int, as kind: Nodes, _ folder: RepositoryPath, on board: inout Board
  ) {
    let stage = stages[number]
    let text = stage.address.shown(from: folder)
    switch kind {
    case .stages:
      board.addStage(number, [text])
    case .groups:
      let suffix = stage.address.name.utf8.count - stage.address.groupName.utf8.count
      board.addStage(number, [String(decoding: text.utf8.dropLast(suffix), as: UTF8.self)])
    case .outputs:
      board.addStage(number, stage.outputs.map { $0.shown(from: folder) })
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

    mutating func addTracked(_ number: Int, _ name: String) {
      nodeOfTracked[number] = node(name)
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
