import DverCore

/// A file that is valid YAML but does not say what its kind of file must say.
package struct FileFormatError: DverError, Equatable {
  /// One thing that is wrong.
  package struct Problem: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// In characters, from 1.
    package let column: Int
    /// The keys that lead there, such as `stages.train.outs[2].cache`.
    package let keyPath: String
    package let text: String
    /// What to do about it, if that is more than the text says.
    package let hint: String?
  }

  /// That of a file without any value.
  static func emptyFile(_ source: String) -> FileFormatError {
    let start = Problem(line: 1, column: 1, keyPath: "", text: "the file is empty", hint: nil)
    return FileFormatError(source: source, problems: [start])
  }

  /// The name of the file.
  package let source: String
  /// In the order of the file; never empty.
  package let problems: [Problem]

  /// A line for each problem.
  package var message: String {
    problems.map { problem in
      let name = problem.keyPath.isEmpty ? "" : " \(problem.keyPath):"
      return "\(source):\(problem.line):\(problem.column):\(name) \(problem.text)"
    }.joined(separator: "\n")
  }

  package var hint: String? { problems.lazy.compactMap(\.hint).first }
}
