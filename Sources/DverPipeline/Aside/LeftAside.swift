package import DverCore
package import DverFileSystem

/// Old outputs that something keeps from coming back: they stay aside until that is put right.
package struct LeftAside: DverError, Hashable {
  package struct Output: Hashable, Sendable {
    package let path: RepositoryPath
    /// Where the old output is meanwhile; `nil` where there was none, and it is the new one that
    /// cannot be moved away.
    package let place: AbsolutePath?
    package let reason: String
  }

  /// `nil` where only the names of what was set aside tell of it.
  package let stage: StageAddress?
  package let outputs: [Output]

  package var message: String {
    let whose = stage.map { "stage '\($0)'" } ?? "a stage"
    let list = outputs.map { output in
      let state = output.place.map { "\(output.path) is in \($0)" } ?? "\(output.path) is a new one"
      return "\(state) (\(output.reason))"
    }
    return "previous outputs of \(whose) are not back: \(list.joined(separator: ", ")); "
      + "put that right, and the next command brings them back"
  }
}
