extension StageGraph {
  /// `stages` and everything whose turn must come before theirs, in topological order.
  ///
  /// What a frozen stage reads is not its concern.
  package func upstreamClosure(of stages: [Int]) -> [Int] {
    closure(of: stages) { awaited(by: $0) }
  }

  /// `stages` and everything that reads, directly or not, what they write, in topological order.
  package func downstreamClosure(of stages: [Int]) -> [Int] {
    closure(of: stages) { downstream[$0] }
  }

  /// The whole pipelines that a selection belongs to; stages that read the same tracked path are of
  /// one.
  package func connected(with selection: Selection) -> Selection {
    var readers: [Int: [Int]] = [:]
    for stage in stages.indices {
      for source in trackedUpstream[stage] { readers[source, default: []].append(stage) }
    }
    var tracked = Set(selection.tracked)
    let start = selection.stages + selection.tracked.flatMap { readers[$0] ?? [] }
    let found = closure(of: start) { stage in
      let new = trackedUpstream[stage].filter { tracked.insert($0).inserted }
      return upstream[stage] + downstream[stage] + new.flatMap { readers[$0] ?? [] }
    }
    return Selection(stages: found.sorted(), tracked: tracked.sorted())
  }

  /// `stages` in topological order, each once.
  package func sorted(_ stages: [Int]) -> [Int] {
    closure(of: stages) { _ in [] }
  }

  private func closure(of start: [Int], _ next: (Int) -> [Int]) -> [Int] {
    var isInside = Array(repeating: false, count: stages.count)
    var open: [Int] = []
    func enter(_ stage: Int) {
      guard !isInside[stage] else { return }
      isInside[stage] = true
      open.append(stage)
    }
    start.forEach(enter)
    while let stage = open.popLast() { next(stage).forEach(enter) }
    return order.filter { isInside[$0] }
  }
}
