import DverCore
import DverYAML

/// A `dver.yaml`: the stages of a pipeline, in DVC's schema, with all templates filled in.
package struct PipelineFile: Sendable {
  /// In file order; the members of a group in the order in which it expands.
  package var stages: [Stage]
  /// `params` of the file itself: parameter files to show beside those of stages.
  package var parameterFiles: [[UInt8]]
  /// `metrics` of the file itself.
  package var metrics: [[UInt8]]
  /// `plots` of the file itself.
  package var plots: ParameterValue?
  /// `artifacts`, by name.
  package var artifacts: ParameterValue?
  /// `datasets`, in file order.
  package var datasets: ParameterValue?

  /// Reads a whole file; an empty one has no stages.
  ///
  /// - Parameters:
  ///   - source: The name of the file, for messages.
  ///   - parameters: Where templates find parameter files; asked only where there are templates.
  /// - Throws: `YAMLError` or `FileFormatError`, which lists everything that is wrong; what
  ///   `parameters` throws.
  package init(
    bytes: [UInt8], source: String, parameters: any ParameterSource = NoParameterFiles(),
    options: TemplateOptions = TemplateOptions()
  ) throws {
    var reader = PipelineReader(source: source, parameters: parameters, options: options)
    let document = try YAMLDocument.parse(bytes: bytes, source: source, allowsOldVersion: true)
    self = try reader.file(document.root)
  }

  init() {
    (stages, parameterFiles, metrics) = ([], [], [])
  }

  /// The stages of a file without templates, in its order.
  package static func parse(bytes: [UInt8], source: String) throws -> [Stage] {
    try PipelineFile(bytes: bytes, source: source).stages
  }
}
