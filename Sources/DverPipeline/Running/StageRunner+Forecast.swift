import DverCore
import DverManifest
import DverParallel

/// What would become of a stage.
package struct StageForecast: Sendable {
  /// The stage's number in the graph.
  package let stage: Int
  package let verdict: StageStaleness.Verdict
  package let reasons: [StaleReason]
  /// Why the stage would fail at once.
  package var failure: StageFailure?
}

extension StageRunner {
  /// Says, without changing anything, what running `plan`, in topological order, would do.
  ///
  /// A stage below one that would run counts as stale, though what that one writes may turn out to
  /// be what is there. Outputs that would be restored count as restored.
  ///
  /// - Parameters:
  ///   - includesUpstream: Whether stages count as stale because of stages before them.
  ///   - isOnlyCompared: Whether no stage is to run for what is found, as in `status`. Then what a
  ///     stage before it would restore does not count as there, and parameter files that a stage
  ///     without a lock cannot read are new, with a warning.
  ///   - isFetching: Whether what is missing would be fetched first.
  package func forecast(
    _ plan: [Int], isForced: Bool = false, includesUpstream: Bool = true,
    isOnlyCompared: Bool = false, isFetching: Bool = false
  ) throws -> [StageForecast] {
    let looks = try parallelMap(plan) { number in
      let stage = graph.stages[number]
      return (
        inputs: try inputs(of: number, isRecheck: false, isOnlyCompared: isOnlyCompared),
        outputs: try outputs(of: stage, lock: locks[number])
      )
    }
    var verdicts: [Int: StageStaleness.Verdict] = [:]
    return try zip(plan, looks).map { number, look in
      let inputs = isOnlyCompared ? look.inputs : assumed(look.inputs, of: number, verdicts)
      var reasons = try staleReasons(of: number, inputs: inputs, outputs: look.outputs)
      if includesUpstream {
        for source in graph.awaited(by: number) where verdicts[source] == .stale {
          reasons.append(.upstream(graph.stages[source].address))
        }
      }
      if isForced { reasons.append(.forced) }
      let isFrozen = graph.stages[number].stage.isFrozen
      var verdict = StageStaleness(reasons: reasons, isFrozen: isFrozen).verdict
      var failure: StageFailure?
      if isFrozen, verdict == .stale {
        // It never runs: what is there stays, and what is not there nothing makes.
        let lost = look.outputs.firstIndex { $0.record == nil }
        failure = lost.map {
          .frozen(stage: graph.stages[number].address, graph.stages[number].outputs[$0])
        }
        if failure == nil { verdict = .fresh }
      } else if verdict == .stale, !isOnlyCompared {
        failure = inputs.failure(of: graph.stages[number]) {
          isFetching || isMade($0, for: number, verdicts)
        }
      }
      verdicts[number] = verdict
      return StageForecast(
        stage: number, verdict: verdict, reasons: reasons, failure: failure)
    }
  }

  /// Whether a stage before `number` would make what stands at `path`, or a part of it.
  private func isMade(
    _ path: DependencyPath, for number: Int, _ verdicts: [Int: StageStaleness.Verdict]
  ) -> Bool {
    guard let path = path.insidePath else { return false }
    return graph.upstream[number].contains { source in
      (verdicts[source] ?? .fresh) != .fresh
        && graph.stages[source].outputs.contains { $0.isInside(path) || path.isBelow($0) }
    }
  }

  /// `inputs` with what upstream stages would restore.
  private func assumed(
    _ inputs: StageInputs, of number: Int, _ verdicts: [Int: StageStaleness.Verdict]
  ) -> StageInputs {
    var inputs = inputs
    for (place, path) in graph.stages[number].dependencies.enumerated() {
      guard let path = path.insidePath, let source = graph.owner(of: path),
        let output = graph.stages[source].outputs.firstIndex(of: path)
      else { continue }
      guard verdicts[source] == .restorable else { continue }
      let written = graph.stages[source].stage.outputs[output].path
      let recorded = locks[source]?.outputs.first { $0.path == written }
      if let name = recorded?.name { inputs.dependencies[place].name = name }
    }
    return inputs
  }
}
