package import DverCore
import DverFileSystem
import DverManifest
import DverPlot

/// How plots of one kind look: drawn by dver itself, and as a template for Vega-Lite.
package struct PlotTemplate: Sendable {
  package let name: String
  let kind: Chart.Kind
  let isSorted: Bool
  let isNormalized: Bool
  private let text: [UInt8]

  private init(
    _ name: String, _ kind: Chart.Kind, isSorted: Bool = false, isNormalized: Bool = false,
    text: String
  ) {
    self.name = name
    self.kind = kind
    self.isSorted = isSorted
    self.isNormalized = isNormalized
    self.text = Array(text.utf8)
  }

  /// The templates that every workspace has.
  package static let standard = [
    PlotTemplate("simple", .line, text: VegaTemplates.simple),
    PlotTemplate("linear", .line, text: VegaTemplates.linear),
    PlotTemplate("confusion", .confusion, text: VegaTemplates.confusion),
    PlotTemplate(
      "confusion_normalized", .confusion, isNormalized: true,
      text: VegaTemplates.confusionNormalized),
    PlotTemplate("scatter", .scatter, text: VegaTemplates.scatter),
    PlotTemplate("scatter_jitter", .jitteredScatter, text: VegaTemplates.scatterJitter),
    PlotTemplate("smooth", .smooth, text: VegaTemplates.smooth),
    PlotTemplate(
      "bar_horizontal_sorted", .horizontalBars, isSorted: true,
      text: VegaTemplates.barHorizontalSorted),
    PlotTemplate("bar_horizontal", .horizontalBars, text: VegaTemplates.barHorizontal),
    PlotTemplate("bar_vertical", .verticalBars, text: VegaTemplates.barVertical),
  ]

  private static let standardName = "linear"

  /// The template for Vega-Lite.
  var content: ParameterValue {
    get throws { try ParameterValue(json: text, source: name) }
  }

  package func json() throws -> JSONValue { try content.json }

  /// The template with this name; the usual one for `nil`.
  ///
  /// A file of that name in `.dver/plots`, or where the user is, comes first.
  static func named(_ name: String?, in workspace: Workspace) throws -> PlotTemplate {
    let name = name ?? standardName
    let folder = workspace.dverFolder.appending("plots")
    let path = name.pathBytes
    for place in [
      AbsolutePath(path, relativeTo: folder),
      AbsolutePath(path + Array(".json".utf8), relativeTo: folder),
      AbsolutePath(path, relativeTo: workspace.current),
    ] {
      guard try FileSystem.statusFollowingLinks(of: place)?.isFile == true,
        let bytes = try FileSystem.contents(of: place)
      else { continue }
      return try PlotTemplate(name, bytes: bytes)
    }
    return try standard(named: name)
  }

  /// One of the templates that every workspace has.
  package static func standard(named name: String) throws -> PlotTemplate {
    guard let found = standard.first(where: { $0.name == name }) else {
      throw PlotError.noTemplate(name)
    }
    return found
  }

  /// A template of the user's own, whose mark tells how dver draws it.
  private init(_ name: String, bytes: [UInt8]) throws {
    let content: ParameterValue
    do {
      content = try ParameterValue(json: bytes, source: name)
    } catch let error as any DverError {
      throw PlotError.badTemplate(name, error.message)
    }
    guard case .map = content else { throw PlotError.badTemplate(name, "expected a JSON object") }
    let mark = Self.mark(in: content)
    let isSideways =
      content.contains("y", type: "nominal") || content.contains("y", type: "ordinal")
    let kinds: [String: Chart.Kind] = [
      "bar": isSideways ? .horizontalBars : .verticalBars, "rect": .confusion, "point": .scatter,
      "circle": .scatter, "square": .scatter,
    ]
    self.init(
      name, mark.flatMap { kinds[$0] } ?? .line, text: String(decoding: bytes, as: UTF8.self))
  }

  /// The type of the first mark in a specification.
  private static func mark(in value: ParameterValue) -> String? {
    switch value {
    case .list(let items): return items.lazy.compactMap(mark).first
    case .map(let members):
      for member in members where member.key == "mark" {
        if case .string(let type) = member.value { return type }
        if case .map(let inner) = member.value, case .string(let type)? = inner["type"] {
          return type
        }
      }
      return members.lazy.compactMap { mark(in: $0.value) }.first
    default: return nil
    }
  }
}

extension ParameterValue {
  /// Whether a specification in the value gives an axis a type.
  fileprivate func contains(_ axis: String, type: String) -> Bool {
    switch self {
    case .list(let items): return items.contains { $0.contains(axis, type: type) }
    case .map(let members):
      if case .map(let inner)? = members[axis], inner["type"] == .string(type) { return true }
      return members.contains { $0.value.contains(axis, type: type) }
    default: return false
    }
  }
}
