package import DverCore
import DverManifest
import DverYAML

/// Why a file, or a whole version, could not be read: it stands in the place of the values, so that
/// one broken file does not hide the others.
package struct ReadingProblem: Error, Hashable {
  /// The kind of problem, named as DVC names it.
  package let type: String
  package let message: String

  init(type: String, message: String) {
    self.type = type
    self.message = message
  }

  /// - Parameter format: How the file that was read is written; `nil` if it was no file of values.
  init(_ error: any DverError, format: ValueFile.Format? = nil) {
    message = error.message
    switch error {
    case WorkspaceError.missing, WorkspaceError.missingData, WorkspaceError.outside:
      type = "FileNotFoundError"
    case let error as PlotError: type = error.type
    case CatError.directory: type = "IsADirectoryError"
    case is YAMLError, is FileFormatError:
      type = format.map { "\($0.rawValue)FileCorruptedError" } ?? "YAMLSyntaxError"
    default: type = "DverError"
    }
  }

  package var json: JSONValue { ["type": .string(type), "msg": .string(message)] }
}
