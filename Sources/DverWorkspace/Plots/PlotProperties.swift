import DverManifest

/// How a plot is drawn.
package struct PlotProperties: Hashable, Sendable {
  /// What stands along an axis.
  package enum AxisFields: Hashable, Sendable {
    /// Fields of the plot's own file.
    case own([String])
    /// Fields of files.
    case files([FileFields])
  }

  package struct FileFields: Hashable, Sendable {
    /// The name of a file; in a definition relative to its pipeline, later to the user's folder.
    package var file: String
    package var fields: [String]
  }

  package var x: AxisFields?
  package var y: AxisFields?
  package var template: String?
  package var title: String?
  package var xLabel: String?
  package var yLabel: String?
  /// Whether the first row of a CSV or TSV file names its fields.
  package var hasHeading: Bool?

  package init() {}

  /// Reads the map behind a plot in a pipeline; what says nothing about drawing is passed over.
  init(_ value: ParameterValue) {
    guard case .map(let members) = value else { return }
    for member in members {
      switch (member.key, member.value) {
      case ("x", let value): x = AxisFields(value)
      case ("y", let value): y = AxisFields(value)
      case ("template", .string(let text)): template = text
      case ("title", .string(let text)): title = text
      case ("x_label", .string(let text)): xLabel = text
      case ("y_label", .string(let text)): yLabel = text
      case ("header", .bool(let value)): hasHeading = value
      default: break
      }
    }
  }

  /// These properties where `other` says nothing.
  func overridden(by other: PlotProperties) -> PlotProperties {
    var merged = self
    merged.x = x.map { $0.overridden(by: other.x) } ?? other.x
    merged.y = y.map { $0.overridden(by: other.y) } ?? other.y
    merged.template = other.template ?? template
    merged.title = other.title ?? title
    merged.xLabel = other.xLabel ?? xLabel
    merged.yLabel = other.yLabel ?? yLabel
    merged.hasHeading = other.hasHeading ?? hasHeading
    return merged
  }

  /// The properties with other names of files.
  func renamingFiles(_ rename: (String) -> String) -> PlotProperties {
    var renamed = self
    renamed.x = x.map { $0.renamingFiles(rename) }
    renamed.y = y.map { $0.renamingFiles(rename) }
    return renamed
  }
}

extension PlotProperties.AxisFields {
  init?(_ value: ParameterValue) {
    if case .map(let members) = value {
      self = .files(
        members.map { PlotProperties.FileFields(file: $0.key, fields: Self.names($0.value)) })
    } else {
      let names = Self.names(value)
      guard !names.isEmpty else { return nil }
      self = .own(names)
    }
  }

  private static func names(_ value: ParameterValue) -> [String] {
    switch value {
    case .list(let items): items.flatMap(names)
    case .null, .map: []
    default: [value.pythonText]
    }
  }

  /// A field that is given for the plot's own file is meant for all its files.
  fileprivate func overridden(by other: Self?) -> Self {
    guard let other else { return self }
    guard case .files(let files) = self, case .own(let fields) = other else { return other }
    return .files(files.map { PlotProperties.FileFields(file: $0.file, fields: fields) })
  }

  fileprivate func renamingFiles(_ rename: (String) -> String) -> Self {
    guard case .files(let files) = self else { return self }
    return .files(
      files.map { PlotProperties.FileFields(file: rename($0.file), fields: $0.fields) })
  }
}
