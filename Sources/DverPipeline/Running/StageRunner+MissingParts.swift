import DverCore

extension StageRunner {
  /// Tracked data that is not there, though it belongs in a folder that stage `number` reads: the first
  /// for each such dependency, by its place.
  func missingParts(of number: Int) throws -> [Int: RepositoryPath] {
    let tracked = graph.trackedUpstream[number]
    var missing: [Int: RepositoryPath] = [:]
    guard !tracked.isEmpty else { return missing }
    for (place, dependency) in graph.stages[number].dependencies.enumerated() {
      guard let folder = dependency.insidePath else { continue }
      let parts = tracked.map { graph.tracked[$0].path }.filter { $0.isBelow(folder) }
      guard !parts.isEmpty else { continue }
      missing[place] = try storage.missingPart(of: folder, among: parts)
    }
    return missing
  }
}
