import DverYAML

/// A file that holds a value of any shape: metrics, plots, parameters.
package enum ValueFile {
  /// Reads JSON, TOML or Python by the ending of the file's name, and YAML for every other ending.
  ///
  /// - Parameter source: The name of the file.
  /// - Throws: `YAMLError` or ``FileFormatError``.
  package static func value(bytes: [UInt8], source: String) throws -> ParameterValue {
    switch Format(source) {
    case .json: return try JSONReader.read(bytes, source: source)
    case .toml, .python: return try ParameterFile(bytes: bytes, source: source).root
    case .yaml:
      let root = try YAMLDocument.parse(bytes: bytes, source: source, allowsOldVersion: true).root
      return root.map { ParameterValue($0) } ?? .null
    }
  }

  /// How a file is written.
  package enum Format: String, Sendable {
    case json = "JSON"
    case toml = "TOML"
    case python = "Python"
    case yaml = "YAML"

    /// - Parameter source: The name of the file.
    package init(_ source: String) {
      let name = source.lowercased()
      if name.hasSuffix(".json") {
        self = .json
      } else if name.hasSuffix(".toml") {
        self = .toml
      } else if name.hasSuffix(".py") {
        self = .python
      } else {
        self = .yaml
      }
    }
  }
}

extension ParameterValue {
  /// Reads one JSON value, as Python's library does.
  package init(json bytes: [UInt8], source: String) throws {
    self = try JSONReader.read(bytes, source: source)
  }
}
