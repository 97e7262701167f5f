package import DverCore
package import DverManifest

/// One way in which a stage and its surroundings differ from its stage lock.
package enum StaleReason: Hashable, Sendable {
  package enum Change: String, Sendable {
    case modified, deleted, new
    case notInCache = "not in cache"
  }

  case neverRan
  case command(old: [String], new: [String])
  /// Where the commands ran, and where they would run now: what they make may depend on it.
  case workingDirectory(old: RepositoryPath, new: RepositoryPath)
  /// A variable that the stage sets; the values are `nil` where there is none.
  case environment(String, Change, old: String?, new: String?)
  case dependency(DependencyPath, Change)
  /// The values are `nil` where there is none.
  case parameter(
    file: DependencyPath, key: String, Change, old: ParameterValue?, new: ParameterValue?)
  case parameterFile(DependencyPath, Change)
  /// `isRecoverable` if the recorded content can be had without running the stage.
  case output(RepositoryPath, Change, isRecoverable: Bool)
  case alwaysRuns
  /// A stage that this one reads from would run first.
  case upstream(StageAddress)
  case forced

  /// Whether it is about what stands in an output's place.
  var isOfOutput: Bool {
    if case .output = self { true } else { false }
  }

  /// Whether only running the stage helps.
  package var needsRun: Bool {
    if case .output(_, _, let isRecoverable) = self { !isRecoverable } else { true }
  }
}

extension StaleReason: CustomStringConvertible {
  /// Part of a sentence, such as `dependency data/in.csv was modified`.
  package var description: String {
    switch self {
    case .neverRan: "it has not run yet"
    case .command(let old, let new):
      "the command changed from \(Self.quoted(old)) to \(Self.quoted(new))"
    case .workingDirectory(let old, let new): "its folder changed from \(old) to \(new)"
    case .environment(let name, let change, let old, let new):
      Self.phrase(
        "variable \(name)", change, old: old.map(ParameterValue.string),
        new: new.map(ParameterValue.string))
    case .dependency(let path, let change): "dependency \(path) \(Self.phrase(change))"
    case .parameter(let file, let key, let change, let old, let new):
      Self.phrase("parameter \(key) of \(file)", change, old: old, new: new)
    case .parameterFile(let file, let change): "parameter file \(file) \(Self.phrase(change))"
    case .output(let path, .notInCache, isRecoverable: false):
      "output \(path) is not what is recorded, which is not in the cache"
    case .output(let path, let change, _): "output \(path) \(Self.phrase(change))"
    case .alwaysRuns: "it always runs"
    case .upstream(let stage): "stage '\(stage)' would run before it"
    case .forced: "it was asked for by force"
    }
  }

  private static func phrase(
    _ subject: String, _ change: Change, old: ParameterValue?, new: ParameterValue?
  ) -> String {
    if change == .modified, let old, let new {
      "\(subject) changed from \(old.shown) to \(new.shown)"
    } else if change == .new, let new {
      "\(subject) is new: \(new.shown)"
    } else if let old {
      "\(subject) \(phrase(change)); it was \(old.shown)"
    } else {
      "\(subject) \(phrase(change))"
    }
  }

  private static func phrase(_ change: Change) -> String {
    switch change {
    case .modified: "was modified"
    case .deleted: "is missing"
    case .new: "is new"
    case .notInCache: "is not in the cache"
    }
  }

  private static func quoted(_ commands: [String]) -> String {
    commands.map { "'\($0)'" }.joined(separator: ", ")
  }
}

extension ParameterValue {
  /// The value as a message shows it.
  package var shown: String { json.serialized }
}
