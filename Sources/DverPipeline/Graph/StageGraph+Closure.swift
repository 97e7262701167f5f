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

  /// The whole pipelines that `stages` belong to, in topological order.
  package func pipelines(of stages: [Int]) -> [Int] {
    closure(of: stages) { upstream[$0] + downstream[$0] }
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
