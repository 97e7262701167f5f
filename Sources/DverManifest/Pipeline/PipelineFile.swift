import DverCore
import DverYAML

/// A `dver.yaml`: the stages of a pipeline, in DVC's schema.
package struct PipelineFile: Sendable {
  /// In file order.
  package var stages: [Stage]
  /// `params` of the file itself: parameter files to show beside those of stages.
  package var parameterFiles: [[UInt8]]
  /// `metrics` of the file itself.
  package var metrics: [[UInt8]]
  /// `plots` of the file itself, as written.
  package var plots: ParameterValue?
  /// `artifacts`, as written.
  package var artifacts: ParameterValue?
  /// `datasets`, as written.
  package var datasets: ParameterValue?

  private static let keys = [
    "stages", "vars", "params", "metrics", "plots", "artifacts", "datasets",
  ]

  /// Reads a whole file; an empty one has no stages.
  ///
  /// - Parameter source: The name of the file, for messages.
  /// - Throws: `YAMLError` or `FileFormatError`, which lists everything that is wrong.
  package init(bytes: [UInt8], source: String) throws {
    (stages, parameterFiles, metrics) = ([], [], [])
    let document = try YAMLDocument.parse(bytes: bytes, source: source)
    guard let root = document.root, !root.isNull else { return }
    var check = SchemaCheck(source: source)
    for (key, value) in check.mapping(DefinitionNode(root), "") { read(key, value, &check) }
    try check.finish()
  }

  /// The stages of a file, in its order.
  package static func parse(bytes: [UInt8], source: String) throws -> [Stage] {
    try PipelineFile(bytes: bytes, source: source).stages
  }

  private mutating func read(
    _ key: DefinitionNode, _ value: DefinitionNode, _ check: inout SchemaCheck
  ) {
    switch key.text {
    case "stages":
      guard !value.isEmpty else { return }
      for (name, definition) in check.mapping(value, "stages") {
        if let stage = StageReader.read(name, definition, &check) { stages.append(stage) }
      }
    case "params": parameterFiles = paths(value, "params", &check)
    case "metrics": metrics = paths(value, "metrics", &check)
    case "plots": plots = ParameterValue(value)
    case "artifacts": artifacts = ParameterValue(value)
    case "datasets": datasets = ParameterValue(value)
    // Only templates use them, and stages with templates are refused.
    case "vars": break
    default: check.reportUnknownKey(key, in: "", known: Self.keys)
    }
  }

  private func paths(
    _ node: DefinitionNode, _ keyPath: String, _ check: inout SchemaCheck
  ) -> [[UInt8]] {
    var paths: [[UInt8]] = []
    for (position, item) in check.list(node, keyPath).enumerated() {
      if let path = check.path(item, "\(keyPath)[\(position)]") { paths.append(path) }
    }
    return paths
  }
}

extension DefinitionNode {
  /// Whether there is nothing: null, or a mapping without keys.
  fileprivate var isEmpty: Bool { scalar == .null || (kind == .mapping && pairs.isEmpty) }
}
