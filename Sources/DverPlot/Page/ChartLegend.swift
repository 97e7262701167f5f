/// What colours and dashes of a chart stand for.
struct ChartLegend {
  private let chart: Chart

  init(_ chart: Chart) { self.chart = chart }

  func append(to markup: inout Markup) {
    let versions = chart.versions.indices.filter { index in
      chart.series.contains { $0.version == index }
    }
    let sources = chart.sources.indices.filter { index in
      chart.series.contains { $0.source == index }
    }
    guard !versions.isEmpty || sources.count > 1 else { return }
    markup.open("ul", ["class": "legend"])
    for index in versions {
      entry(chart.versions[index], class: "series v\(index % Palette.count)", 0, &markup)
    }
    if sources.count > 1 {
      for index in sources { entry(chart.sources[index], class: "series plain", index, &markup) }
    }
    markup.close("ul")
  }

  private func entry(_ name: String, class style: String, _ source: Int, _ markup: inout Markup) {
    markup.open("li")
    markup.open("svg", ["viewBox": "0 0 24 12", "aria-hidden": "true", "class": style])
    switch chart.kind {
    case .line, .smooth:
      let dash = Palette.dash(source)
      markup.shape(
        "path",
        ["class": "line", "d": "M1 6L23 6", "stroke-dasharray": dash.isEmpty ? "none" : dash])
    case .scatter, .jitteredScatter:
      Palette.shape(source, x: 12, y: 6, class: "point", tooltip: nil, into: &markup)
    case .horizontalBars, .verticalBars, .confusion:
      markup.shape(
        "rect",
        [
          "class": source == 0 ? "bar" : "bar other", "x": "4", "y": "1", "width": "16",
          "height": "10", "rx": "2",
        ])
    }
    markup.close("svg")
    markup.element("span", content: name)
    markup.close("li")
  }
}
