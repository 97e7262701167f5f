import DverCore
import DverManifest

extension StageRunner {
  /// Tracked data that is not there, though it belongs in a folder that stage `number` reads: the first
  /// for each such dependency, by its place.
  func missingParts(of number: Int) throws -> [Int: RepositoryPath] {
    var missing: [Int: RepositoryPath] = [:]
    guard !graph.trackedUpstream[number].isEmpty else { return missing }
    for (place, dependency) in graph.stages[number].dependencies.enumerated() {
      guard let folder = dependency.insidePath else { continue }
      let parts = trackedParts(of: folder, readBy: number)
      guard !parts.isEmpty else { continue }
      missing[place] = try storage.missingPart(of: folder, among: parts)
    }
    return missing
  }

  /// What dependencies that are missing, or lack something, would be with all that is recorded of them, by
  /// their places.
  func completedNames(of number: Int, lacking inputs: StageInputs) throws -> [Int: ContentName] {
    var names: [Int: ContentName] = [:]
    for (place, dependency) in graph.stages[number].dependencies.enumerated()
    where inputs.dependencies[place].name == nil || inputs.missingParts[place] != nil {
      guard let path = dependency.insidePath else { continue }
      let tracked = trackedParts(of: path, readBy: number)
      let made = madeParts(of: path, readBy: number)
      names[place] =
        tracked.isEmpty && made.isEmpty
        ? try storage.recordedName(of: path, in: madeOutput(around: path))
        : try storage.completedName(of: path, tracked: tracked, made: made)
    }
    return names
  }

  /// The output of another stage that is, or holds, what stands at `path`.
  private func madeOutput(
    around path: RepositoryPath
  ) -> (path: RepositoryPath, record: OutputRecord?)? {
    guard let source = graph.owner(of: path) else { return nil }
    let stage = graph.stages[source]
    guard let place = stage.outputs.firstIndex(where: { path.isInside($0) }) else { return nil }
    let written = stage.stage.outputs[place].path
    return (stage.outputs[place], locks[source]?.outputs.first { $0.path == written })
  }

  private func trackedParts(of folder: RepositoryPath, readBy number: Int) -> [RepositoryPath] {
    graph.trackedUpstream[number].map { graph.tracked[$0].path }.filter { $0.isBelow(folder) }
  }

  /// Outputs of other stages inside of a folder.
  private func madeParts(
    of folder: RepositoryPath, readBy number: Int
  ) -> [(path: RepositoryPath, record: OutputRecord?)] {
    var parts: [(path: RepositoryPath, record: OutputRecord?)] = []
    for source in graph.upstream[number] {
      let stage = graph.stages[source]
      for (output, path) in zip(stage.stage.outputs, stage.outputs) where path.isBelow(folder) {
        let record = locks[source]?.outputs.first { $0.path == output.path }
        parts.append((path: path, record: record))
      }
    }
    return parts
  }
}
