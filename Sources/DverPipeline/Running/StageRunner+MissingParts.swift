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

  /// What the folders that lack something would be with all that is recorded of it, by the place of the
  /// dependency.
  func completedNames(
    of number: Int, lacking missing: [Int: RepositoryPath]
  ) throws -> [Int: ContentName] {
    var names: [Int: ContentName] = [:]
    for place in missing.keys {
      guard let folder = graph.stages[number].dependencies[place].insidePath else { continue }
      names[place] = try storage.completedName(
        of: folder, tracked: trackedParts(of: folder, readBy: number),
        made: madeParts(of: folder, readBy: number))
    }
    return names
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
