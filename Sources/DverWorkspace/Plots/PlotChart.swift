package import DverCore
import DverManifest
package import DverPlot

/// A plot of points: as a chart, and as a specification for Vega-Lite.
package struct PlotChart: Sendable {
  package let chart: Chart
  /// The versions that have points.
  let versions: [String]
  private let template: PlotTemplate
  private let xField: String
  private let yField: String
  private let sources: [PlotPoints.Source]
  private let records: [PlotRecords.Record]

  package var isEmpty: Bool { records.isEmpty }

  /// - Parameters:
  ///   - points: The points by version, in order; the first ones decide the fields.
  ///   - allVersions: Everything that is shown, so that colours mean the same in all charts.
  init(
    title: String, _ points: [(version: String, points: PlotPoints)], template: PlotTemplate,
    allVersions: [String]
  ) {
    let filled = points.filter { !$0.points.isEmpty }
    let first = filled.first?.points
    self.template = template
    versions = filled.map(\.version)
    xField = first?.xField ?? PlotPoints.stepField
    yField = first?.yField ?? ""
    var seen: Set<PlotPoints.Source> = []
    sources = filled.flatMap { $0.points.parts.map(\.source) }.filter { seen.insert($0).inserted }
    let naming = SourceNaming(sources)
    records = filled.flatMap { $0.points.parts.flatMap(\.records) }.map { naming.finished($0) }
    chart = Chart(
      kind: template.kind, title: title, xLabel: first?.xLabel ?? "", yLabel: first?.yLabel ?? "",
      versions: allVersions, sources: sources.count > 1 ? sources.map(naming.name) : [],
      series: Self.series(filled, sources, allVersions), isSorted: template.isSorted,
      isNormalized: template.isNormalized)
  }

  private static func series(
    _ points: [(version: String, points: PlotPoints)], _ sources: [PlotPoints.Source],
    _ versions: [String]
  ) -> [Chart.Series] {
    points.flatMap { version, points in
      points.parts.map { part in
        Chart.Series(
          version: versions.firstIndex(of: version) ?? 0,
          source: sources.firstIndex(of: part.source) ?? 0,
          points: part.records.compactMap { record in
            guard let y = points.yField.flatMap({ record[$0] }), let x = record[points.xField]
            else { return nil }
            return Chart.Point(x: Chart.Value(x), y: Chart.Value(y))
          })
      }
    }
  }

  // MARK: Vega

  /// - Parameter isSplit: Whether what differs between charts of one template is given apart.
  func json(isSplit: Bool) throws -> JSONValue {
    let filling = VegaFilling(
      title: chart.title, xField: xField, yField: yField, xLabel: chart.xLabel,
      yLabel: chart.yLabel, versions: versions, naming: SourceNaming(sources), sources: sources,
      records: records)
    var members: [(key: String, value: JSONValue)] = [
      (key: "type", value: "vega"),
      (key: "revisions", value: .array(versions.map { .string($0) })),
    ]
    let content = try template.content
    if isSplit {
      let (kept, definitions) = filling.split(content)
      members.append((key: "content", value: kept.json))
      members.append((key: "anchor_definitions", value: definitions.json))
    } else {
      members.append((key: "content", value: filling.filled(content).json))
    }
    return .object(members)
  }

  /// The chart as a whole specification for Vega-Lite.
  package func vega() throws -> JSONValue {
    guard case .object(let members) = try json(isSplit: false) else { return .null }
    return members.first { $0.key == "content" }?.value ?? .null
  }
}

extension Chart.Value {
  init(_ value: ParameterValue) {
    switch value {
    case .integer(let number): self = .number(Double(number))
    case .largeInteger(let number): self = .number(number.nearestDouble)
    case .double(let number): self = .number(number)
    case .null: self = .number(.nan)
    default: self = .text(value.pythonText)
    }
  }
}

/// How sources of one plot are told apart: by file, by field, or by both.
struct SourceNaming {
  private let variesByFile: Bool
  private let variesByField: Bool
  private let isSingle: Bool

  init(_ sources: [PlotPoints.Source]) {
    isSingle = Set(sources).count <= 1
    variesByFile = Set(sources.map(\.file)).count > 1
    variesByField = Set(sources.map(\.field)).count > 1
  }

  /// The field that names the source of a record; `nil` where there is one source only.
  var field: String? {
    if isSingle { return nil }
    return [variesByFile ? "filename" : "", variesByField ? "field" : ""]
      .filter { !$0.isEmpty }.joined(separator: "::")
  }

  func name(_ source: PlotPoints.Source) -> String {
    [variesByFile ? source.file : "", variesByField ? source.field : ""]
      .filter { !$0.isEmpty }.joined(separator: "::")
  }

  /// The record with one field that names its source in place of two.
  func finished(_ record: PlotRecords.Record) -> PlotRecords.Record {
    var finished = record
    if variesByFile, variesByField, let field, case .string(let file)? = record["filename"],
      case .string(let name)? = record["field"]
    {
      finished.set(field, .string("\(file)::\(name)"))
    }
    finished.removeAll { member in
      (member.key == "filename" && (variesByField || !variesByFile))
        || (member.key == "field" && (variesByFile || !variesByField))
    }
    return finished
  }
}
