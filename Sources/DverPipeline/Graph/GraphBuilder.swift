import DverCore

/// Finds overlaps and edges among resolved stages by searching sorted paths.
struct GraphBuilder {
  private let stages: [ResolvedStage]
  private let tracked: [TrackedPath]
  private let outputs: [RepositoryPath]
  private let trackedIndex: PathIndex
  let outputIndex: PathIndex
  /// The stage of each output.
  let owners: [Int32]

  init(_ stages: [ResolvedStage], _ tracked: [TrackedPath]) {
    self.stages = stages
    self.tracked = tracked
    outputs = stages.flatMap(\.outputs)
    owners = stages.enumerated().flatMap { number, stage in
      Array(repeating: Int32(number), count: stage.outputs.count)
    }
    outputIndex = PathIndex(outputs)
    trackedIndex = PathIndex(tracked.map(\.path))
  }

  func refuseOverlaps() throws {
    for number in outputs.indices {
      let path = outputs[number].bytes
      // Each pair shows twice, as ancestor and as descendant; looking up is enough.
      try outputIndex.forEachEqual(to: path) { other in
        if other < number { throw overlap(number, other) }
      }
      try outputIndex.forEachAncestor(of: path) { throw overlap(number, $0) }
      let refuse = { (other: Int) throws in throw trackedOverlap(number, other) }
      try trackedIndex.forEachEqual(to: path, refuse)
      try trackedIndex.forEachAncestor(of: path, refuse)
      try trackedIndex.forEachDescendant(of: path, refuse)
    }
  }

  private func overlap(_ number: Int, _ other: Int) -> StageGraphError {
    let (later, earlier) = (max(number, other), min(number, other))
    return .overlap(
      path: outputs[later], stage: stages[Int(owners[later])].address,
      other: outputs[earlier], otherStage: stages[Int(owners[earlier])].address)
  }

  private func trackedOverlap(_ number: Int, _ other: Int) -> StageGraphError {
    .tracked(
      path: outputs[number], stage: stages[Int(owners[number])].address,
      pointer: tracked[other].pointer)
  }

  /// For each stage, the stages and the tracked paths that it reads; ascending, each once.
  func edges() -> (upstream: [[Int]], tracked: [[Int]]) {
    var upstream: [[Int]] = []
    var trackedUpstream: [[Int]] = []
    upstream.reserveCapacity(stages.count)
    trackedUpstream.reserveCapacity(stages.count)
    for stage in stages {
      var sources: [Int] = []
      var data: [Int] = []
      for path in stage.dependencies + stage.parameterFiles {
        guard let path = path.insidePath?.bytes else { continue }
        Self.forEachRelated(to: path, in: outputIndex) { sources.append(Int(owners[$0])) }
        Self.forEachRelated(to: path, in: trackedIndex) { data.append($0) }
      }
      upstream.append(Self.sortedOnce(sources))
      trackedUpstream.append(Self.sortedOnce(data))
    }
    return (upstream, trackedUpstream)
  }

  /// Visits the paths that equal `path`, contain it, or lie in it.
  static func forEachRelated(to path: [UInt8], in index: PathIndex, _ body: (Int) -> Void) {
    index.forEachEqual(to: path, body)
    index.forEachAncestor(of: path, body)
    index.forEachDescendant(of: path, body)
  }

  private static func sortedOnce(_ numbers: [Int]) -> [Int] {
    guard numbers.count > 1 else { return numbers }
    var result: [Int] = []
    for number in numbers.sorted() where result.last != number { result.append(number) }
    return result
  }
}
