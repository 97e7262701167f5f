package import DverCore

/// Why something cannot be taken back.
package enum UndoError: DverError {
  case nothing
  case unknown(Int)
  case notANumber(String)
  /// These are not what the operation left.
  case changed([String], command: String)
  /// What is needed is in no cache any more.
  case gone([String], command: String)

  package var message: String {
    switch self {
    case .nothing: "there is nothing to take back"
    case .unknown(let number): "there is no operation \(number)"
    case .notANumber(let text): "'\(text)' is not the number of an operation"
    case .changed(let paths, let command):
      "'\(command)' cannot be taken back, for since then these have changed: "
        + WorkspaceError.list(paths)
    case .gone(let contents, let command):
      "'\(command)' cannot be taken back, for this is gone: " + contents.joined(separator: ", ")
    }
  }

  package var hint: String? {
    switch self {
    case .nothing: nil
    case .unknown, .notANumber: "'dver op log' lists the operations"
    case .changed: "nothing was changed; 'dver op log' lists the operations"
    case .gone: "nothing was changed; 'dver fetch' may bring it back"
    }
  }

  package var exitStatus: ExitStatus {
    if case .gone = self { .damaged } else { .failed }
  }
}
