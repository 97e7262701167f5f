/// Draws series as bars, side by side within each category.
struct BarDrawing {
  let chart: Chart
  let frame: PlotFrame

  private var isHorizontal: Bool { chart.kind == .horizontalBars }

  init(_ chart: Chart) {
    self.chart = chart
    let isHorizontal = chart.kind == .horizontalBars
    let names = Self.categories(of: chart)
    let lengths = chart.series.flatMap(\.points).compactMap { point in
      (isHorizontal ? point.x : point.y).number
    }
    let numbers = Axis(
      numbers: lengths + [0], label: isHorizontal ? chart.xLabel : chart.yLabel, tickCount: 6)
    let categories = Axis(categories: names, label: isHorizontal ? chart.yLabel : chart.xLabel)
    let barCount = Double(names.count * max(1, chart.series.count))
    frame =
      isHorizontal
      ? PlotFrame(
        x: numbers, y: categories, height: min(max(240, 90 + barCount * 16), Self.greatestHeight))
      : PlotFrame(x: categories, y: numbers)
  }

  private static let greatestHeight = 1400.0

  private static func categories(of chart: Chart) -> [String] {
    var (order, longest): ([String], [String: Double]) = ([], [:])
    for point in chart.series.flatMap(\.points) {
      let (category, length) =
        chart.kind == .horizontalBars
        ? (point.y.text, point.x.number) : (point.x.text, point.y.number)
      if longest[category] == nil { order.append(category) }
      longest[category] = max(longest[category] ?? -.infinity, length ?? -.infinity)
    }
    guard chart.isSorted else { return order }
    let places = order.indices.sorted {
      (longest[order[$1]] ?? 0, $0) < (longest[order[$0]] ?? 0, $1)
    }
    return places.map { order[$0] }
  }

  func draw(into markup: inout Markup) {
    frame.draw(into: &markup)
    for (index, series) in chart.series.enumerated() {
      markup.open("g", ["class": "series v\(series.version % Palette.count)"])
      for point in series.points { draw(point, of: series, number: index, &markup) }
      markup.close("g")
    }
    if hasNegative { drawZero(&markup) }
  }

  private var hasNegative: Bool {
    chart.series.contains { series in
      series.points.contains { ((isHorizontal ? $0.x : $0.y).number ?? 0) < 0 }
    }
  }

  /// Where bars begin that go both ways.
  private func drawZero(_ markup: inout Markup) {
    guard let zero = (isHorizontal ? frame.x : frame.y).place(.number(0)) else { return }
    let (area, place) = (frame.area, zero.coordinate)
    markup.shape(
      "line",
      [
        "class": "axis", "x1": isHorizontal ? place : area.left.coordinate,
        "x2": isHorizontal ? place : area.right.coordinate,
        "y1": isHorizontal ? area.top.coordinate : place,
        "y2": isHorizontal ? area.bottom.coordinate : place,
      ])
  }

  private func draw(
    _ point: Chart.Point, of series: Chart.Series, number: Int, _ markup: inout Markup
  ) {
    let (category, length) = isHorizontal ? (point.y, point.x) : (point.x, point.y)
    guard let bands = isHorizontal ? frame.y.bands : frame.x.bands,
      let bandStart = bands.start(of: category.text),
      let zero = (isHorizontal ? frame.x : frame.y).place(.number(0)),
      let end = (isHorizontal ? frame.x : frame.y).place(length)
    else { return }
    let padding = bands.bandWidth * 0.14
    let thickness = (bands.bandWidth - 2 * padding) / Double(chart.series.count)
    let across = bandStart + padding + Double(number) * thickness
    let (low, high) = (min(zero, end), max(zero, end))
    let gap = min(1, thickness * 0.1)
    let (x, y, width, height) =
      isHorizontal
      ? (low, across, high - low, thickness - gap) : (across, low, thickness - gap, high - low)
    markup.shape(
      "rect",
      [
        "class": series.source == 0 ? "bar" : "bar other", "x": x.coordinate, "y": y.coordinate,
        "width": width.coordinate, "height": height.coordinate,
        "rx": min(2, thickness / 4).coordinate,
      ], tooltip: chart.tooltip(point, of: series))
  }
}
