/// An error that a user reads.
package protocol DverError: Error {
  /// One line that names the thing and its path, without a period.
  var message: String { get }
  /// A next step, if there is one.
  var hint: String? { get }
  var exitStatus: ExitStatus { get }
}

extension DverError {
  package var hint: String? { nil }
  package var exitStatus: ExitStatus { .failed }
}
