import DverCore
import DverManifest

/// What the commands of a stage read.
extension StageCourse {
  /// Refuses to begin where something that the stage reads is missing.
  func requireInputs() throws {
    if let failure = inputs.failure(of: stage) { throw failure }
  }

  var areInputsThere: Bool { inputs.failure(of: stage) == nil }

  /// An edit while the command ran would be recorded as what it read.
  func requireSameInputs() throws {
    let now = try runner.inputs(of: number, isRecheck: true)
    for (index, path) in stage.dependencies.enumerated()
    where now.dependencies[index].name != inputs.dependencies[index].name {
      throw StageFailure.inputChanged(stage: address, path)
    }
    for (index, path) in stage.parameterFiles.enumerated()
    where !isSame(now.parameters[index], inputs.parameters[index]) {
      throw StageFailure.inputChanged(stage: address, path)
    }
  }

  private func isSame(_ left: StageLock.ParameterFile?, _ right: StageLock.ParameterFile?) -> Bool {
    guard let left = left?.values, let right = right?.values else { return left == right }
    return left.count == right.count
      && zip(left, right).allSatisfy { $0.key == $1.key && $0.value.hasSameMeaning(as: $1.value) }
  }
}
