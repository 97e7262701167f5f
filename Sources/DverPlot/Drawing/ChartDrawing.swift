/// Turns a chart into drawings.
enum ChartDrawing {
  /// One drawing, or one a series where each needs its own.
  ///
  /// - Returns: The drawings with what stands over each.
  static func drawings(of chart: Chart) -> [(caption: String, markup: Markup)] {
    switch chart.kind {
    case .line, .smooth:
      let drawing = LineDrawing(chart)
      return [("", svg(chart, drawing.frame) { drawing.draw(into: &$0) })]
    case .scatter, .jitteredScatter:
      let drawing = ScatterDrawing(chart)
      return [("", svg(chart, drawing.frame) { drawing.draw(into: &$0) })]
    case .horizontalBars, .verticalBars:
      let drawing = BarDrawing(chart)
      return [("", svg(chart, drawing.frame) { drawing.draw(into: &$0) })]
    case .confusion:
      return chart.series.map { series in
        let drawing = ConfusionDrawing(chart, series: series)
        return (
          chart.name(of: series), svg(chart, drawing.frame) { drawing.draw(into: &$0) }
        )
      }
    }
  }

  private static func svg(
    _ chart: Chart, _ frame: PlotFrame, _ draw: (inout Markup) -> Void
  ) -> Markup {
    var markup = Markup()
    markup.open(
      "svg",
      [
        "viewBox": "0 0 \(frame.width.coordinate) \(frame.height.coordinate)",
        "role": "img", "aria-label": chart.title,
      ])
    draw(&markup)
    markup.close("svg")
    return markup
  }
}
