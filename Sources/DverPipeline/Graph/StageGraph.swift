package import DverFileSystem
import DverManifest

/// The stages of all files of a workspace and which of them reads what another one writes.
///
/// Stages are numbered in file order: by the order of the files, then by that of their stages.
/// Nothing here looks at the disk.
package struct StageGraph: Sendable {
  package let root: AbsolutePath
  package let stages: [ResolvedStage]
  package let tracked: [TrackedPath]
  /// The stages that each stage reads from, ascending.
  package let upstream: [[Int]]
  /// The stages that read from each stage, ascending.
  package let downstream: [[Int]]
  /// The tracked paths that each stage reads, ascending.
  package let trackedUpstream: [[Int]]
  /// All stages, each after those that it reads from; otherwise in file order.
  package let order: [Int]
  /// The place of each stage in `order`.
  package let position: [Int]

  let outputIndex: PathIndex
  /// The stage of each output, in the order of stages and their outputs.
  let outputOwners: [Int32]

  /// Resolves all paths and connects the stages.
  ///
  /// Throws ``StageGraphError`` where an output lies outside the workspace, overlaps another one or
  /// a tracked path, or stages depend on each other in a circle.
  package init(root: AbsolutePath, files: [StageFile], tracked: [TrackedPath] = []) throws {
    let stages = try files.flatMap { file in
      try file.stages.map { try ResolvedStage($0, file: file.path, root: root) }
    }
    try Self.refuseDuplicates(stages)
    let builder = GraphBuilder(stages, tracked)
    try builder.refuseOverlaps()
    let edges = builder.edges()
    self.root = root
    self.stages = stages
    self.tracked = tracked
    upstream = edges.upstream
    downstream = Self.reversed(edges.upstream)
    trackedUpstream = edges.tracked
    outputIndex = builder.outputIndex
    outputOwners = builder.owners
    order = try Self.sorted(upstream: upstream, downstream: downstream, stages: stages)
    var position = Array(repeating: 0, count: stages.count)
    for (place, stage) in order.enumerated() { position[stage] = place }
    self.position = position
  }

  /// The stages whose turn must come before that of `stage`: a frozen one waits for nobody.
  package func awaited(by stage: Int) -> [Int] {
    stages[stage].stage.isFrozen ? [] : upstream[stage]
  }

  private static func refuseDuplicates(_ stages: [ResolvedStage]) throws {
    var seen: Set<StageAddress> = []
    for stage in stages where !seen.insert(stage.address).inserted {
      throw StageGraphError.duplicate(stage.address)
    }
  }

  private static func reversed(_ edges: [[Int]]) -> [[Int]] {
    var reversed = Array(repeating: [Int](), count: edges.count)
    for (stage, sources) in edges.enumerated() {
      for source in sources { reversed[source].append(stage) }
    }
    return reversed
  }

  /// Takes, again and again, the first stage in file order that waits for nobody any more.
  private static func sorted(
    upstream: [[Int]], downstream: [[Int]], stages: [ResolvedStage]
  ) throws -> [Int] {
    var missing = upstream.map(\.count)
    var ready = ReadyQueue()
    for stage in stages.indices where missing[stage] == 0 { ready.insert(stage, key: stage) }
    var order: [Int] = []
    order.reserveCapacity(stages.count)
    while let stage = ready.popFirst() {
      order.append(stage)
      for next in downstream[stage] {
        missing[next] -= 1
        if missing[next] == 0 { ready.insert(next, key: next) }
      }
    }
    guard order.count < stages.count else { return order }
    let cycle = findCycle(upstream: upstream, isInside: missing.map { $0 > 0 })
    throw StageGraphError.cycle(cycle.map { stages[$0].address })
  }

  /// Walks upstream among stages that never got ready, each of which has such a stage upstream.
  private static func findCycle(upstream: [[Int]], isInside: [Bool]) -> [Int] {
    guard var stage = isInside.firstIndex(of: true) else { return [] }
    var path: [Int] = []
    var place = Array(repeating: -1, count: upstream.count)
    while place[stage] < 0 {
      place[stage] = path.count
      path.append(stage)
      guard let next = upstream[stage].first(where: { isInside[$0] }) else { return path }
      stage = next
    }
    return Array(path[place[stage]...])
  }
}
