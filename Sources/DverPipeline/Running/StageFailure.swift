package import DverCore
package import DverFileSystem

/// Why a stage failed.
package enum StageFailure: DverError {
  /// A command ended badly; without a log it printed nothing.
  case command(stage: StageAddress, CommandResult.Ending, log: AbsolutePath?)
  /// There is less of a resource than the stage needs.
  case shortage(stage: StageAddress, ResourceShortage)
  case missingDependency(stage: StageAddress, DependencyPath)
  case missingParameter(stage: StageAddress, file: DependencyPath, key: String?)
  case missingOutput(stage: StageAddress, RepositoryPath)
  /// An earlier version of the output is still aside, for something kept it from coming back.
  case outputLeftAside(stage: StageAddress, RepositoryPath)
  /// A folder above the output is a link, so that what is there is somewhere else.
  case outputBehindLink(stage: StageAddress, RepositoryPath, link: RepositoryPath)
  /// A dependency or a parameter file is not what it was when the command started.
  case inputChanged(stage: StageAddress, DependencyPath)
  case runsElsewhere(stage: StageAddress, holder: RunClaim.Holder?)
  /// The user did not want it to run.
  case declined(stage: StageAddress)
  /// A frozen stage never runs, so nothing makes its output anew.
  case frozen(stage: StageAddress, RepositoryPath)
  case restoredWrongly(stage: StageAddress, RepositoryPath)
  case other(stage: StageAddress, message: String, hint: String?)

  init(_ error: any Error, stage: StageAddress) {
    if let failure = error as? StageFailure {
      self = failure
    } else if let error = error as? any DverError {
      self = .other(stage: stage, message: error.message, hint: error.hint)
    } else {
      self = .other(stage: stage, message: "\(error)", hint: nil)
    }
  }

  package var stage: StageAddress {
    switch self {
    case .command(let stage, _, _), .shortage(let stage, _), .missingDependency(let stage, _),
      .missingParameter(let stage, _, _), .missingOutput(let stage, _),
      .outputLeftAside(let stage, _), .outputBehindLink(let stage, _, _),
      .inputChanged(let stage, _),
      .runsElsewhere(let stage, _), .declined(let stage), .frozen(let stage, _),
      .restoredWrongly(let stage, _), .other(let stage, _, _):
      stage
    }
  }

  package var message: String {
    switch self {
    case .command(let stage, .cancelled, _): "stage '\(stage)' was interrupted"
    case .runsElsewhere(let stage, let holder):
      "stage '\(stage)' is being run by \(holder?.text ?? "another process")"
    case .declined(let stage): "stage '\(stage)' was not run, for nobody agreed to it"
    default: "stage '\(stage)' failed: \(cause)"
    }
  }

  /// Why, without the stage.
  package var cause: String {
    switch self {
    case .command(_, .exited(let status), _): "its command exited with status \(status)"
    case .command(_, .killed(let signal), _): "its command was killed by signal \(signal)"
    case .command(_, .cancelled, _): "it was interrupted"
    case .command(_, .timedOut, _): "its command ran longer than its timeout"
    case .shortage(_, let shortage):
      "it needs \(shortage.needed) of \(shortage.resource), and there is \(shortage.present)"
    case .missingDependency(_, let path): "dependency \(path) is missing"
    case .missingParameter(_, let file, let key?): "\(file) has no parameter \(key)"
    case .missingParameter(_, let file, nil): "parameter file \(file) is missing"
    case .missingOutput(_, let path): "it did not write its output \(path)"
    case .outputLeftAside(_, let path): "its previous output \(path) could not be put back yet"
    case .outputBehindLink(_, let path, let link):
      "its output \(path) lies below the symbolic link \(link)"
    case .inputChanged(_, let path): "dependency \(path) changed while the stage ran"
    case .runsElsewhere: "another process runs it"
    case .declined: "nobody agreed to it"
    case .frozen(_, let path): "it is frozen, and its output \(path) is missing"
    case .restoredWrongly(_, let path): "output \(path) changed while it was stored"
    case .other(_, let message, _): message
    }
  }

  package var hint: String? {
    switch self {
    case .command(_, .cancelled, _): "run 'dver repro' again to go on"
    case .command(_, _, let log?): "all of its output is in \(log)"
    case .command(_, _, nil): "it printed nothing"
    case .shortage(_, let shortage):
      "say how much there is with 'dver config resources.\(shortage.resource) N', or change the stage"
    case .missingDependency:
      "create it, or bring it back with 'dver checkout' or 'dver pull' if it is tracked"
    case .missingParameter(_, _, nil): "create it, or take it out of the stage's params"
    case .missingParameter: "add it to the file"
    case .missingOutput: "check the outs of the stage; what it wrote is in .dver/tmp/failed"
    case .outputLeftAside:
      "the warning says what keeps it from that; put that right and run 'dver repro' again"
    case .outputBehindLink:
      "let the command write to a folder, or name the path that the link leads to instead"
    case .inputChanged, .restoredWrongly:
      "run 'dver repro' again and leave the file alone meanwhile"
    case .runsElsewhere:
      "wait for it to end, or wait longer with 'dver config core.lock_timeout SECONDS'"
    case .declined: "answer y, or leave out -i"
    case .frozen: "run 'dver pull', or take 'frozen: true' out of dver.yaml"
    case .other(_, _, let hint): hint
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .command(_, .cancelled, _): .interrupted
    case .runsElsewhere: .locked
    case .declined: .failed
    default: .stageFailed
    }
  }
}
