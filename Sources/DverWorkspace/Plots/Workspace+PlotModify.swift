import DverCore
import DverFileSystem
import DverManifest
import DverYAML

extension Workspace {
  /// Changes how a plot that a stage writes is drawn, in its `dver.yaml`.
  ///
  /// - Parameters:
  ///   - target: The plot's file, as the user wrote it.
  ///   - unset: The names of properties to take away.
  package func modifyPlot(
    _ target: [UInt8], _ properties: PlotProperties, unset: [String]
  ) throws {
    if let template = properties.template { _ = try PlotTemplate.named(template, in: self) }
    let path = try self.path(of: target)
    let shown = displayed(path)
    let changes =
      properties.changes.filter { !unset.contains($0.key) }
      + unset.map { (key: $0, value: YAMLScalar?.none) }
    try perform("dver plots modify \(shown)") {
      for pipeline in try catalog().pipelines {
        for stage in pipeline.file.stages {
          let found = pipeline.outputs(of: stage, .plot).first { $0.path == path }
          guard let found else { continue }
          try Self.refuseMissing(unset, in: found.output, shown)
          return try plotChanges(in: pipeline.folder, stage.name, found.output, changes)
        }
      }
      throw PlotError.noPlot(shown)
    }
  }

  private static func refuseMissing(
    _ names: [String], in output: StageOutput, _ shown: String
  ) throws {
    guard case .map(let members)? = output.drawings.first ?? .map([]) else { return }
    for name in names where !members.contains(where: { $0.key == name }) {
      throw PlotError.noProperty(name, plot: shown)
    }
  }

  private func plotChanges(
    in folder: RepositoryPath, _ stage: String, _ output: StageOutput,
    _ changes: [PipelineFile.PlotChange]
  ) throws -> Changes {
    let file = folder.appending(CatalogFiles.pipelineName.utf8)
    guard let old = try FileSystem.contents(of: root.appending(file)),
      let new = try PipelineFile.changing(
        plot: output.path, of: stage, changes, in: old, source: file.description)
    else { throw PlotError.noPlot(PathQuoting.quoted(output.path)) }
    var result = Changes()
    guard new != old else { return result }
    // What would not read back must not be written.
    do {
      _ = try YAMLDocument.parse(bytes: new, source: file.description)
    } catch {
      throw YAMLError(
        source: file.description, mark: YAMLMark(line: 1, offset: 0, in: old),
        problem: .notEditable("the plots of stage '\(stage)' are written in flow style"))
    }
    result.texts.append(TextChange(path: file, old: old, new: new))
    return result
  }
}

extension PlotProperties {
  /// The properties under their names in pipelines.
  fileprivate var changes: [PipelineFile.PlotChange] {
    var changes: [PipelineFile.PlotChange] = []
    let texts = [
      ("template", template), ("x", x?.ownField), ("y", y?.ownField), ("title", title),
      ("x_label", xLabel), ("y_label", yLabel),
    ]
    for (key, text) in texts {
      if let text { changes.append((key: key, value: .string(text))) }
    }
    if let hasHeading { changes.append((key: "header", value: .bool(hasHeading))) }
    return changes
  }
}

extension PlotProperties.AxisFields {
  fileprivate var ownField: String? {
    if case .own(let fields) = self { fields.first } else { nil }
  }
}
