package import DverCore

/// Why stages do not form a graph, or a target names none of them.
package enum StageGraphError: DverError {
  case duplicate(StageAddress)
  case directoryOutside(stage: StageAddress, path: [UInt8])
  case outputOutside(stage: StageAddress, path: [UInt8])
  case remoteDependency(stage: StageAddress, path: [UInt8])
  /// Two outputs are the same path, or one lies in the other.
  case overlap(
    path: RepositoryPath, stage: StageAddress, other: RepositoryPath, otherStage: StageAddress)
  case tracked(path: RepositoryPath, stage: StageAddress, pointer: RepositoryPath)
  /// The stages in order; each reads what the next one writes, the last one what the first writes.
  case cycle([StageAddress])
  case unknownTarget(String)

  package var message: String {
    switch self {
    case .duplicate(let stage): "stage '\(stage)' is defined twice"
    case .directoryOutside(let stage, let path):
      "the wdir \(PathQuoting.quoted(path)) of stage '\(stage)' is outside the workspace"
    case .outputOutside(let stage, let path):
      "the output \(PathQuoting.quoted(path)) of stage '\(stage)' is outside the workspace"
    case .remoteDependency(let stage, let path):
      "the dependency \(PathQuoting.quoted(path)) of stage '\(stage)' is not a local path"
    case .overlap(let path, let stage, let other, let otherStage):
      overlapMessage(path, stage, other, otherStage)
    case .tracked(let path, let stage, let pointer):
      "the output \(path) of stage '\(stage)' overlaps what \(pointer) tracks"
    case .cycle(let stages): cycleMessage(stages)
    case .unknownTarget(let target): "'\(target)' is neither a stage nor an output of one"
    }
  }

  package var hint: String? {
    switch self {
    case .duplicate: "give one of them another name"
    case .directoryOutside: nil
    case .outputOutside: "write inside the workspace, by a relative path"
    case .remoteDependency: "download it in a stage of its own, or use 'dver import-url'"
    case .overlap: "every path belongs to one stage; write one of them elsewhere"
    case .tracked(_, _, let pointer):
      "run 'dver remove \(pointer)', or write elsewhere"
    case .cycle: "remove one of these dependencies"
    case .unknownTarget: "run 'dver dag' to see what there is"
    }
  }

  private func overlapMessage(
    _ path: RepositoryPath, _ stage: StageAddress, _ other: RepositoryPath,
    _ otherStage: StageAddress
  ) -> String {
    if stage == otherStage {
      return path == other
        ? "stage '\(stage)' has the output \(path) twice"
        : "the outputs \(path) and \(other) of stage '\(stage)' overlap"
    }
    return path == other
      ? "\(path) is an output of both stage '\(otherStage)' and stage '\(stage)'"
      : "the output \(path) of stage '\(stage)' overlaps \(other) of stage '\(otherStage)'"
  }

  private func cycleMessage(_ stages: [StageAddress]) -> String {
    guard stages.count > 1, let first = stages.first else {
      return "stage '\(stages.first?.text ?? "")' depends on its own output"
    }
    let names = (stages + [first]).map { "'\($0)'" }.joined(separator: " -> ")
    return "stages depend on each other in a circle: \(names)"
  }
}
