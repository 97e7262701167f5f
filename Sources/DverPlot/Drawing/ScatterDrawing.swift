/// Draws series as points.
struct ScatterDrawing {
  let chart: Chart
  let frame: PlotFrame

  init(_ chart: Chart) {
    self.chart = chart
    frame = PlotFrame(of: chart, inset: 8)
  }

  func draw(into markup: inout Markup) {
    frame.draw(into: &markup)
    for series in chart.series {
      markup.open("g", ["class": "series v\(series.version % Palette.count)"])
      let every = max(1, series.points.count / Self.pointCount)
      for (index, point) in series.points.enumerated() where index % every == 0 {
        guard let x = frame.x.place(point.x), let y = frame.y.place(point.y) else { continue }
        let (right, down) = chart.kind == .jitteredScatter ? offset(of: index) : (0, 0)
        Palette.shape(
          series.source, x: x + right, y: y + down, class: "point",
          tooltip: chart.tooltip(point, of: series), into: &markup)
      }
      markup.close("g")
    }
  }

  /// More points are not told apart; every so many is drawn then.
  private static let pointCount = 5_000

  /// How far the `index`th point is moved: the same in every drawing, and evenly spread.
  private func offset(of index: Int) -> (Double, Double) {
    // Multiples of these two irrational numbers fill a square evenly (Roberts, 2018).
    let steps = (0.7548776662466927, 0.5698402909980532)
    func share(_ step: Double) -> Double {
      let product = Double(index + 1) * step
      return product - product.rounded(.down) - 0.5
    }
    let x = frame.x.bands.map { abs($0.bandWidth) * 0.7 } ?? 10
    let y = frame.y.bands.map { abs($0.bandWidth) * 0.7 } ?? 10
    return (share(steps.0) * x, share(steps.1) * y)
  }
}
