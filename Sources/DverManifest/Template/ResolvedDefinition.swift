package import DverCore
import DverYAML

/// A `dver.yaml` with all templates filled in and all groups expanded, and otherwise as written.
package struct ResolvedDefinition: Sendable {
  /// `params.yaml` and the `vars` of the file.
  var values = ParameterValue.map([])
  var stages: [ResolvedStageDefinition] = []
  var parameters: [DefinitionNode] = []
  var metrics: [DefinitionNode] = []
  var plots: [DefinitionNode] = []
  var artifacts: [DefinitionNode.Pair] = []
  var datasets: [DefinitionNode] = []
  /// What the user should know, though it is no error.
  package var warnings: [String] = []

  init() {}

  /// Fills in and expands a whole file.
  ///
  /// - Parameter source: The name of the file, for messages.
  /// - Throws: `YAMLError` or `FileFormatError`; what `parameters` throws.
  package init(
    bytes: [UInt8], source: String, parameters: any ParameterSource,
    options: TemplateOptions = TemplateOptions()
  ) throws {
    var reader = PipelineReader(source: source, parameters: parameters, options: options)
    let document = try YAMLDocument.parse(bytes: bytes, source: source, allowsOldVersion: true)
    self = try reader.resolved(document.root)
  }

  /// The document of `stage list --resolved --json`.
  ///
  /// - Parameter file: The name of the file in it.
  package func json(file: String) -> JSONValue {
    .object([
      ("file", .string(file)),
      ("vars", values.definitionJSON),
      ("stages", .object(stages.map { ($0.name, $0.definition.json) })),
      ("tracked", .object(stages.map { ($0.name, $0.tracked.json) })),
      ("params", .array(parameters.map(\.json))),
      ("metrics", .array(metrics.map(\.json))),
      ("plots", .array(plots.map(\.json))),
      ("artifacts", .object(artifacts.map { ($0.key.text, $0.value.json) })),
      ("datasets", .array(datasets.map(\.json))),
    ])
  }
}

extension TrackedValues {
  fileprivate var json: JSONValue {
    .object(
      files.map { file in
        (file.path, .object(file.values.map { ($0.key, $0.value.definitionJSON) }))
      })
  }
}

extension ParameterValue {
  /// The value as JSON, where numbers that JSON lacks are texts as in YAML.
  fileprivate var definitionJSON: JSONValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .largeInteger(let value): .literal(value.text)
    case .double(let value):
      value.isFinite ? .double(value) : .string(YAMLScalar.text(of: value))
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(\.definitionJSON))
    case .map(let members): .object(members.map { ($0.key, $0.value.definitionJSON) })
    }
  }
}

extension DefinitionNode {
  fileprivate var json: JSONValue {
    switch value {
    case .scalar(.null): .null
    case .scalar(.bool(let value)): .bool(value)
    case .scalar(.integer(let value)): .integer(value)
    case .scalar(.largeInteger(let value)): .literal(value.text)
    case .scalar(.double(let value)):
      value.isFinite ? .double(value) : .string(YAMLScalar.text(of: value))
    case .scalar(.string(let text)): .string(text)
    case .list(let items): .array(items.map(\.json))
    case .map(let pairs):
      .object(pairs.map { ($0.key.scalar?.plainText ?? "", $0.value.json) })
    }
  }
}
