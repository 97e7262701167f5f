package import DverCore
package import DverManifest

/// What a stage reads, as it was found at one moment.
package struct StageInputs: Hashable, Sendable {
  /// Aligned with the stage's dependencies; without a name where nothing is there.
  package var dependencies: [OutputRecord]
  /// Aligned with the stage's parameter selections; `nil` where the file is missing. Keys that the
  /// file lacks are left out.
  package var parameters: [StageLock.ParameterFile?]
  /// Tracked data that is not there, though it belongs in a folder that the stage reads: the first for
  /// each such dependency, by its place.
  package var missingParts: [Int: RepositoryPath] = [:]
  /// What such dependencies, and those that are missing, would be if all that they lack were there as it is
  /// recorded, as far as that was asked for and can be told.
  package var completed: [Int: ContentName] = [:]

  package init(dependencies: [OutputRecord], parameters: [StageLock.ParameterFile?]) {
    self.dependencies = dependencies
    self.parameters = parameters
  }

  /// Why `stage` cannot run: the first thing missing of what it reads.
  ///
  /// - Parameter isExpected: Whether something that is missing, or lacks something, will be there in time.
  func failure(
    of stage: ResolvedStage, unless isExpected: (DependencyPath) -> Bool = { _ in false }
  ) -> StageFailure? {
    let address = stage.address
    for (place, path) in stage.dependencies.enumerated() where !isExpected(path) {
      if dependencies[place].name == nil {
        return .missingDependency(stage: address, path)
      }
      if let part = missingParts[place] {
        return .missingDependency(stage: address, .inside(part))
      }
    }
    for (index, selection) in stage.stage.parameters.enumerated() {
      let file = stage.parameterFiles[index]
      if isExpected(file) { continue }
      guard let values = parameters[index]?.values else {
        return .missingParameter(stage: address, file: file, key: nil)
      }
      for key in selection.keys where !values.contains(where: { $0.key == key }) {
        return .missingParameter(stage: address, file: file, key: key)
      }
    }
    return nil
  }
}

/// What stands in an output's place, as it was found at one moment.
package struct PresentOutput: Hashable, Sendable {
  /// `nil` where nothing is there.
  package var record: OutputRecord?
  /// Whether the store holds what the stage lock records; asked only where it matters.
  package var isLockedContentStored: Bool

  package init(record: OutputRecord?, isLockedContentStored: Bool) {
    self.record = record
    self.isLockedContentStored = isLockedContentStored
  }
}
