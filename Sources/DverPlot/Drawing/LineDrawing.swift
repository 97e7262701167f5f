/// Draws series as lines, smoothed or not.
struct LineDrawing {
  let chart: Chart
  let frame: PlotFrame

  init(_ chart: Chart) {
    self.chart = chart
    frame = PlotFrame(of: chart)
  }

  func draw(into markup: inout Markup) {
    frame.draw(into: &markup)
    for series in chart.series {
      markup.open("g", ["class": "series v\(series.version % Palette.count)"])
      draw(series, &markup)
      markup.close("g")
    }
  }

  private func draw(_ series: Chart.Series, _ markup: inout Markup) {
    let runs = Self.sorted(placed(series), by: frame)
    let thinned = runs.map { PointThinning.thinned($0) }
    if chart.kind == .smooth {
      for run in thinned { line(run, class: "raw", series, &markup) }
      for run in runs { line(Smoothing.smoothed(run), class: "line", series, &markup) }
    } else {
      for run in thinned { line(run, class: "line", series, &markup) }
    }
    marks(series, thinned.flatMap(\.self), &markup)
  }

  /// The places of a series' points, cut where a value is missing.
  private func placed(_ series: Chart.Series) -> [[PlacedPoint]] {
    var runs: [[PlacedPoint]] = [[]]
    for point in series.points {
      if let x = frame.x.place(point.x), let y = frame.y.place(point.y) {
        runs[runs.count - 1].append(PlacedPoint(x: x, y: y, point: point))
      } else if runs.last?.isEmpty == false {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }

  /// Lines go from left to right, as long as they are not interrupted.
  private static func sorted(_ runs: [[PlacedPoint]], by frame: PlotFrame) -> [[PlacedPoint]] {
    runs.map { run in
      let order = run.indices.sorted { (run[$0].x, $0) < (run[$1].x, $1) }
      return order.map { run[$0] }
    }
  }

  private func line(
    _ points: [PlacedPoint], class style: String, _ series: Chart.Series, _ markup: inout Markup
  ) {
    guard points.count > 1 else { return }
    let path = points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(point.x.coordinate) \(point.y.coordinate)"
    }.joined()
    let dash = Palette.dash(series.source)
    if dash.isEmpty {
      markup.shape("path", ["class": style, "d": path])
    } else {
      markup.shape("path", ["class": style, "d": path, "stroke-dasharray": dash])
    }
  }

  /// Points that are seen where there are few, and that show when pointed at where there are many.
  private func marks(
    _ series: Chart.Series, _ points: [PlacedPoint], _ markup: inout Markup
  ) {
    let isSeen = points.count <= Self.seenPointCount
    let every = max(1, points.count / Self.markCount)
    for (index, point) in points.enumerated()
    where index % every == 0 || index == points.count - 1 {
      markup.shape(
        "circle",
        [
          "class": isSeen ? "dot" : "dot hidden", "cx": point.x.coordinate,
          "cy": point.y.coordinate, "r": "3.2",
        ], tooltip: chart.tooltip(point.point, of: series))
    }
  }

  private static let seenPointCount = 40
  private static let markCount = 240
}

/// A point and its place in a drawing.
struct PlacedPoint {
  var x: Double
  var y: Double
  let point: Chart.Point
}

extension Chart {
  func tooltip(_ point: Point, of series: Series) -> String {
    let name = name(of: series)
    let lines = [
      name, "\(xLabel.isEmpty ? "x" : xLabel): \(Self.shown(point.x))",
      "\(yLabel.isEmpty ? "y" : yLabel): \(Self.shown(point.y))",
    ]
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func shown(_ value: Value) -> String {
    if case .text(let text) = value { return text }
    return value.number.map { NumberLabel.text($0) } ?? value.text
  }
}
