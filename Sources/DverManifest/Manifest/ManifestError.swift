package import DverCore

/// Why a manifest could not be read or written.
package enum ManifestError: DverError, Equatable {
  /// Line `line`, from 1, of a node is not what dver writes.
  case line(node: RepositoryPath, line: Int, problem: ManifestProblem)
  /// A node as a whole is not what dver writes at its place.
  case node(RepositoryPath, problem: ManifestProblem)
  /// The bytes that were found for a node are not those its parent or pointer names.
  case mismatch(node: RepositoryPath, expected: Digest, actual: Digest)
  /// An entry that no manifest can hold, or not at this place.
  case entry(path: [UInt8], problem: ManifestProblem)
  /// The manifest describes more entries than the reader accepts.
  case tooLarge(maximumEntryCount: Int)

  /// The error with the node's place counted from where `folder`, which holds the nodes, counts from.
  func inside(_ folder: RepositoryPath) -> ManifestError {
    switch self {
    case .line(let node, let line, let problem):
      .line(node: folder.appending(node), line: line, problem: problem)
    case .node(let node, let problem): .node(folder.appending(node), problem: problem)
    case .mismatch(let node, let expected, let actual):
      .mismatch(node: folder.appending(node), expected: expected, actual: actual)
    case .entry, .tooLarge: self
    }
  }

  package var message: String {
    switch self {
    case .line(let node, let line, let problem):
      "manifest node \(node), line \(line): \(problem.explanation)"
    case .node(let node, let problem):
      "manifest node \(node): \(problem.explanation)"
    case .mismatch(let node, let expected, let actual):
      "manifest node \(node) has the digest \(actual), not \(expected)"
    case .entry(let path, let problem):
      "\(PathQuoting.quoted(path)) cannot be recorded: \(problem.explanation)"
    case .tooLarge(let count):
      "the manifest describes more than \(count) entries or too many bytes of paths"
    }
  }

  package var hint: String? {
    switch self {
    case .line, .node, .mismatch: "run 'dver repair' to look for an undamaged copy"
    case .entry, .tooLarge: nil
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .line, .node, .mismatch, .tooLarge: .damaged
    case .entry: .failed
    }
  }
}
