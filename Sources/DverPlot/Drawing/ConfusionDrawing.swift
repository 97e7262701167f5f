/// Draws how often each pair of categories occurs in one series, as a table of shaded cells.
struct ConfusionDrawing {
  let chart: Chart
  let series: Chart.Series
  let frame: PlotFrame
  private let counts: [Pair: Int]
  private let rowTotals: [String: Int]

  private struct Pair: Hashable {
    let x: String
    let y: String
  }

  /// - Parameter series: One of the chart's; categories are those of all, so that the tables of
  ///   several versions can be compared.
  init(_ chart: Chart, series: Chart.Series) {
    self.chart = chart
    self.series = series
    let points = chart.series.flatMap(\.points)
    let rows = Self.sorted(points.map(\.y))
    frame = PlotFrame(
      x: Axis(categories: Self.sorted(points.map(\.x)), label: chart.xLabel),
      y: Axis(categories: rows, label: chart.yLabel),
      width: 460, height: min(max(240, 90 + Double(rows.count) * 34), 520))
    counts = Dictionary(
      series.points.map { (Pair(x: $0.x.text, y: $0.y.text), 1) }, uniquingKeysWith: +)
    rowTotals = Dictionary(series.points.map { ($0.y.text, 1) }, uniquingKeysWith: +)
  }

  /// Names in order, numbers by value.
  private static func sorted(_ values: [Chart.Value]) -> [String] {
    let distinct = Set(values)
    guard distinct.allSatisfy({ $0.number != nil }) else {
      return Set(distinct.map(\.text)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    let order = distinct.sorted { (($0.number ?? 0), $0.text) < (($1.number ?? 0), $1.text) }
    return order.map(\.text)
  }

  func draw(into markup: inout Markup) {
    frame.draw(into: &markup)
    guard let columns = frame.x.bands, let rows = frame.y.bands else { return }
    let greatest = counts.map { shade($0.key, $0.value) }.max() ?? 1
    markup.open("g", ["class": "series v\(series.version % Palette.count)"])
    for row in rows.categories {
      for column in columns.categories {
        draw(Pair(x: column, y: row), columns, rows, greatest: greatest, &markup)
      }
    }
    markup.close("g")
  }

  /// What decides how dark a cell is: a count, or a share of its row.
  private func shade(_ pair: Pair, _ count: Int) -> Double {
    guard chart.isNormalized else { return Double(count) }
    return Double(count) / Double(max(1, rowTotals[pair.y] ?? 1))
  }

  private func draw(
    _ pair: Pair, _ columns: BandScale, _ rows: BandScale, greatest: Double,
    _ markup: inout Markup
  ) {
    guard let x = columns.start(of: pair.x), let y = rows.start(of: pair.y) else { return }
    let count = counts[pair] ?? 0
    let share = greatest > 0 ? shade(pair, count) / greatest : 0
    let (width, height) = (columns.bandWidth, rows.bandWidth)
    let text =
      chart.isNormalized
      ? NumberLabel.fixed(shade(pair, count), digits: 2) : NumberLabel.text(Double(count))
    markup.shape(
      "rect",
      [
        "class": "cell", "x": (x + 0.5).coordinate, "y": (y + 0.5).coordinate,
        "width": (width - 1).coordinate, "height": (height - 1).coordinate,
        "fill-opacity": (0.04 + 0.96 * share).coordinate,
      ], tooltip: tooltip(pair, count, text))
    guard count > 0, width > TextWidth.of(text) + 4, height > 14 else { return }
    markup.text(
      text, at: (x + width / 2, y + height / 2 + 4),
      class: share > 0.5 ? "count strong middle" : "count middle")
  }

  private func tooltip(_ pair: Pair, _ count: Int, _ text: String) -> String {
    [
      chart.name(of: series), "\(chart.xLabel.isEmpty ? "x" : chart.xLabel): \(pair.x)",
      "\(chart.yLabel.isEmpty ? "y" : chart.yLabel): \(pair.y)",
      chart.isNormalized ? "\(text) of the row, \(count) in all" : "\(count)",
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
