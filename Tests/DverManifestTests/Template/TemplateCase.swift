import DverManifest
import DverYAML
import Testing

/// A definition with its parameter files, and what becomes of it.
struct TemplateCase: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  let files: [String: String]
  /// The document of the resolved definition, or the message of the error.
  let expected: String

  init(_ name: String, _ text: String, files: [String: String], expected: String) {
    self.name = name
    self.text = text
    self.files = files
    self.expected = expected
  }

  var testDescription: String { name }

  func resolved() throws -> ResolvedDefinition {
    try ResolvedDefinition(
      bytes: Array(text.utf8), source: "dver.yaml", parameters: MemoryParameters(files))
  }
}

/// Parameter files that are texts; `sub` is a folder.
final class MemoryParameters: ParameterSource {
  private let files: [String: String]
  private(set) var reads: [String] = []

  init(_ files: [String: String] = [:]) { self.files = files }

  func parameterFile(at path: String) throws -> FoundParameterFile {
    reads.append(path)
    if path == "sub" { return .directory }
    guard let text = files[path] else { return .missing }
    return .file(try ParameterFile(bytes: Array(text.utf8), source: path))
  }
}

extension PipelineFile {
  /// A file with the parameters of `files`.
  static func read(_ text: String, _ files: [String: String] = [:]) throws -> PipelineFile {
    try PipelineFile(
      bytes: Array(text.utf8), source: "y", parameters: MemoryParameters(files))
  }
}
