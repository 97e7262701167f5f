/// The rectangle in which a chart draws its marks, with axes, grid and labels around it.
struct PlotFrame {
  let width: Double
  let height: Double
  let x: PlacedAxis
  let y: PlacedAxis
  private let left: Double
  private let right: Double
  private let top = 12.0
  private let bottom: Double
  private let tiltsLabels: Bool

  /// - Parameters:
  ///   - width: Of all of the drawing, as is `height`.
  ///   - inset: What is left free between the axes and the outermost marks.
  init(x: Axis, y: Axis, width: Double = 640, height: Double = 380, inset: Double = 0) {
    self.width = width
    self.height = height
    let widest = y.tickLabels.map { TextWidth.of($0) }.max() ?? 0
    left = (y.label.isEmpty ? 12 : 34) + min(widest, Self.longestLabel) + 8
    // Half of the last label stands beyond the axis.
    let lastLabel = x.isCategorical ? nil : x.tickLabels.last
    right = max(16, lastLabel.map { TextWidth.of($0) / 2 + 6 } ?? 0)
    let inner = width - left - right
    let widestBelow = x.tickLabels.map { TextWidth.of($0) }.max() ?? 0
    let room = inner / Double(max(1, x.tickLabels.count))
    tiltsLabels = x.isCategorical && widestBelow + 8 > room
    let labelHeight = tiltsLabels ? min(widestBelow, Self.longestLabel) * 0.6 + 12 : 14
    bottom = 14 + labelHeight + (x.label.isEmpty ? 0 : 24)
    self.x = PlacedAxis(x, start: left + inset, end: width - right - inset)
    // Numbers grow upwards, categories are read downwards.
    self.y =
      y.isCategorical
      ? PlacedAxis(y, start: top + inset, end: height - bottom - inset)
      : PlacedAxis(y, start: height - bottom - inset, end: top + inset)
  }

  /// The frame of a chart whose axes are those of its points.
  init(of chart: Chart, inset: Double = 0) {
    let points = chart.series.flatMap(\.points)
    self.init(
      x: Axis(of: points.map(\.x), label: chart.xLabel, tickCount: 7),
      y: Axis(of: points.map(\.y), label: chart.yLabel, tickCount: 6), inset: inset)
  }

  private static let longestLabel = 170.0

  private var plotBottom: Double { height - bottom }

  /// Where the axes end.
  var area: (left: Double, right: Double, top: Double, bottom: Double) {
    (left, width - right, top, plotBottom)
  }

  func draw(into markup: inout Markup) {
    drawHorizontals(&markup)
    drawVerticals(&markup)
    drawAxisLabels(&markup)
  }

  private func drawHorizontals(_ markup: inout Markup) {
    for (place, label) in y.ticks(spacing: 14) {
      if !y.axis.isCategorical {
        markup.shape(
          "line",
          [
            "class": "grid", "x1": left.coordinate, "x2": (width - right).coordinate,
            "y1": place.coordinate, "y2": place.coordinate,
          ])
      }
      let text = TextWidth.fitted(label, to: Self.longestLabel)
      markup.text(
        text, at: (left - 8, place + 4), class: "tick end", tooltip: text == label ? nil : label)
    }
  }

  private func drawVerticals(_ markup: inout Markup) {
    for (place, label) in x.ticks(spacing: tiltsLabels ? 16 : 1) {
      if !x.axis.isCategorical {
        markup.shape(
          "line",
          [
            "class": "grid", "x1": place.coordinate, "x2": place.coordinate,
            "y1": top.coordinate, "y2": plotBottom.coordinate,
          ])
      }
      let text = TextWidth.fitted(label, to: Self.longestLabel)
      let tooltip = text == label ? nil : label
      if tiltsLabels {
        markup.text(
          text, at: (place + 4, plotBottom + 16), class: "tick end", tilt: -36, tooltip: tooltip)
      } else {
        markup.text(text, at: (place, plotBottom + 18), class: "tick middle", tooltip: tooltip)
      }
    }
    markup.shape(
      "line",
      [
        "class": "axis", "x1": left.coordinate, "x2": (width - right).coordinate,
        "y1": plotBottom.coordinate, "y2": plotBottom.coordinate,
      ])
    if y.axis.isCategorical {
      markup.shape(
        "line",
        [
          "class": "axis", "x1": left.coordinate, "x2": left.coordinate, "y1": top.coordinate,
          "y2": plotBottom.coordinate,
        ])
    }
  }

  private func drawAxisLabels(_ markup: inout Markup) {
    let length = width - left - right
    if !x.axis.label.isEmpty {
      markup.text(
        TextWidth.fitted(x.axis.label, to: length), at: (left + length / 2, height - 8),
        class: "label middle")
    }
    if !y.axis.label.isEmpty {
      let middle = (top + plotBottom) / 2
      markup.text(
        TextWidth.fitted(y.axis.label, to: plotBottom - top), at: (16, middle),
        class: "label middle", tilt: -90)
    }
  }
}

extension Markup {
  /// Text of a drawing, turned by `tilt` degrees about where it is placed.
  mutating func text(
    _ text: String, at place: (x: Double, y: Double), class style: String, tilt: Double = 0,
    tooltip: String? = nil
  ) {
    let (x, y) = (place.x.coordinate, place.y.coordinate)
    if tilt == 0 {
      open("text", ["class": style, "x": x, "y": y])
    } else {
      open(
        "text",
        [
          "class": style, "x": x, "y": y,
          "transform": "rotate(\(tilt.coordinate) \(x) \(y))",
        ])
    }
    content(text)
    if let tooltip { element("title", content: tooltip) }
    close("text")
  }
}
