import DverManifest

/// Fills a template for Vega-Lite: puts what a plot is about in the place of its anchors.
///
/// An anchor is a string such as `<DVC_METRIC_DATA>`, so that templates written for DVC work.
struct VegaFilling {
  private let required: [String: ParameterValue]
  /// What is filled in where a template asks for it; an empty map otherwise.
  private let optional: [String: ParameterValue]

  private static let optionalNames = [
    "color", "column", "group_by_x", "group_by_y", "group_by", "pivot_field", "plot_height",
    "plot_width", "row", "shape", "stroke_dash", "tooltip", "zoom_and_pan",
  ]
  /// What a template that is filled in two steps leaves open.
  private static let splitNames: Set<String> = [
    "color", "data", "plot_height", "plot_width", "shape", "stroke_dash", "title", "tooltip",
    "x_label", "y_label", "zoom_and_pan",
  ]

  init(
    title: String, xField: String, yField: String, xLabel: String, yLabel: String,
    versions: [String], naming: SourceNaming, sources: [PlotPoints.Source],
    records: [PlotRecords.Record]
  ) {
    required = [
      "data": .list(records.map { .map($0) }), "title": .string(title),
      "x": .string(Self.escaped(xField)), "y": .string(Self.escaped(yField)),
      "x_label": .string(xLabel), "y_label": .string(yLabel),
    ]
    let groups = ["rev"] + (naming.field.map { [$0] } ?? [])
    let pivot = ["rev"] + (naming.field?.split(separator: ":").map(String.init) ?? [])
    var optional: [String: ParameterValue] = [
      "color": Self.mapping("rev", versions, to: Self.colors),
      "zoom_and_pan": .init([
        "name": .string("grid"), "select": .string("interval"), "bind": .string("scales"),
      ]),
      "plot_height": .integer(300), "plot_width": .integer(300),
      "group_by": .init(groups), "group_by_x": .init(groups + [xField]),
      "group_by_y": .init(groups + [yField]),
      "pivot_field": .string(pivot.map { "datum.\($0)" }.joined(separator: " + '::' + ")),
      "tooltip": .list(
        (["rev", xField, yField] + groups.dropFirst()).map {
          .init(["field": .string(Self.escaped($0))])
        }),
    ]
    if let field = naming.field {
      let names = Set(sources.map(naming.name)).sorted()
      let facet = ParameterValue(["field": .string(field), "sort": .list([])])
      optional["row"] = facet
      optional["column"] = facet
      optional["stroke_dash"] = Self.mapping(field, names, to: Self.dashes)
      optional["shape"] = Self.mapping(field, names, to: Self.shapes)
    }
    self.optional = optional
  }

  /// The template with everything in it.
  func filled(_ template: ParameterValue) -> ParameterValue {
    var values = required
    for name in Self.optionalNames { values[name] = optional[name] ?? .map([]) }
    return template.filling(Self.anchored(values))
  }

  /// The template with what all charts of it have in common, and the values of the anchors that are
  /// left.
  func split(
    _ template: ParameterValue
  ) -> (content: ParameterValue, definitions: ParameterValue) {
    let names = Self.splitNames.sorted()
    var values = required
    for name in Self.optionalNames { values[name] = optional[name] ?? .map([]) }
    // What the plot says nothing about is filled in at once, so that nothing is left open.
    let open = names.filter { required[$0] != nil || optional[$0] != nil }
      .filter { template.holds(Self.anchor($0)) }
    let content = template.filling(Self.anchored(values.filter { !open.contains($0.key) }))
    return (
      content,
      .map(
        open.map {
          ParameterValue.Member(key: Self.anchor($0), value: values[$0] ?? .null)
        })
    )
  }

  static func anchor(_ name: String) -> String { "<DVC_METRIC_\(name.uppercased())>" }

  private static func anchored(_ values: [String: ParameterValue]) -> [String: ParameterValue] {
    Dictionary(uniqueKeysWithValues: values.map { (anchor($0.key), $0.value) })
  }

  /// Vega takes points and brackets in a field's name for steps into it.
  private static func escaped(_ field: String) -> String {
    field.replacing(".", with: "\\.").replacing("[", with: "\\[").replacing("]", with: "\\]")
  }

  private static func mapping(
    _ field: String, _ domain: [String], to range: [ParameterValue]
  ) -> ParameterValue {
    let values = domain.indices.map { range[$0 % range.count] }
    return .init([
      "field": .string(field), "scale": .init(["domain": .init(domain), "range": .list(values)]),
    ])
  }

  private static let colors: [ParameterValue] = [
    "#2563eb", "#e8590c", "#0b8f6a", "#a43dbd", "#c2255c", "#8a6d00", "#0c8599", "#5f3dc4",
  ].map { .string($0) }
  private static let shapes: [ParameterValue] = ["circle", "square", "triangle", "diamond"]
    .map { .string($0) }
  private static let dashes: [ParameterValue] = [
    [1, 0], [7, 4], [2, 4], [10, 4, 2, 4], [1, 3],
  ]
  .map { .list($0.map { .integer($0) }) }
}

extension ParameterValue {
  fileprivate init(_ texts: [String]) { self = .list(texts.map { .string($0) }) }

  fileprivate init(_ members: KeyValuePairs<String, ParameterValue>) {
    self = .map(members.map { Member(key: $0.key, value: $0.value) })
  }

  /// The value with anchors replaced: a text that is one by the anchor's value, one within a longer
  /// text by the anchor's text.
  fileprivate func filling(_ anchors: [String: ParameterValue]) -> ParameterValue {
    switch self {
    case .list(let items): return .list(items.map { $0.filling(anchors) })
    case .map(let members):
      return .map(members.map { Member(key: $0.key, value: $0.value.filling(anchors)) })
    case .string(let text):
      if let value = anchors[text] { return value }
      guard text.contains("<DVC_METRIC_") else { return self }
      // In order, so that what was filled in is looked at in the same way every time.
      return .string(
        anchors.keys.sorted().reduce(text) { text, anchor in
          guard case .string(let value)? = anchors[anchor] else { return text }
          return text.replacing(anchor, with: value)
        })
    default: return self
    }
  }

  /// Whether a text in or below the value is `anchor`.
  fileprivate func holds(_ anchor: String) -> Bool {
    switch self {
    case .string(let text): text == anchor
    case .list(let items): items.contains { $0.holds(anchor) }
    case .map(let members): members.contains { $0.value.holds(anchor) }
    default: false
    }
  }
}
