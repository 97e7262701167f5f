import TestSupport
import Testing

@testable import DverPlot

@Suite struct PlotPageTests {
  private static let hostile = "</title><script>alert(1)</script>\" onload='x'&\u{202e}\u{0}é"

  private func chart(
    _ kind: Chart.Kind, _ points: [Chart.Point], name: String = "plot", count: Int = 1
  ) -> Chart {
    Chart(
      kind: kind, title: name, xLabel: name, yLabel: name,
      versions: (0..<count).map { "\(name)\($0)" }, sources: [],
      series: (0..<count).map { Chart.Series(version: $0, points: points) })
  }

  private func html(_ sections: PlotPage.Section...) -> String {
    PlotPage(title: "Plots", sections: sections).html
  }

  private static let kinds: [Chart.Kind] = [
    .line, .smooth, .scatter, .jitteredScatter, .horizontalBars, .verticalBars, .confusion,
  ]

  private static let points = (0..<10).map {
    Chart.Point(x: .number(Double($0)), y: .number(Double($0 * $0)))
  }

  /// The names of tags that are open at each point, checked to nest.
  private func expectNested(_ html: String) {
    var open: [Substring] = []
    var rest = html[...]
    let empty: Set<Substring> = ["meta", "img", "!DOCTYPE"]
    while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        #expect(open.popLast() == tag.dropFirst())
      } else if !tag.hasSuffix("/") {
        let name = tag.prefix { $0 != " " }
        if !empty.contains(name) { open.append(name) }
      }
    }
    #expect(open.isEmpty, "\(open)")
  }

  @Test(arguments: kinds)
  func namesCannotBreakOut(kind: Chart.Kind) {
    let name = Self.hostile
    let points = [
      Chart.Point(x: .text(name), y: .number(1)), Chart.Point(x: .number(2), y: .text(name)),
    ]
    let image = ImageGroup.Image(caption: name, format: .svg, bytes: Array(name.utf8))
    let page = PlotPage(
      title: name, subtitle: name,
      sections: [
        .chart(chart(kind, points, name: name, count: 2)),
        .images(ImageGroup(title: name, images: [image])),
        .table(PageTable(title: name, columns: [name], rows: [[name]], firstNumberColumn: 0)),
        .problem(title: name, text: name),
      ])
    let html = page.html
    #expect(!html.contains("<script"))
    #expect(!html.contains("' onload") && !html.contains("\" onload"))
    #expect(!html.unicodeScalars.contains("\u{202e}"))
    #expect(!html.unicodeScalars.contains("\u{0}"))
    expectNested(html)
  }

  @Test(arguments: kinds)
  func theSameDataGivesTheSameBytes(kind: Chart.Kind) {
    let first = html(.chart(chart(kind, Self.points, count: 3)))
    #expect(first == html(.chart(chart(kind, Self.points, count: 3))))
    #expect(!first.contains("nan") && !first.contains("inf"))
    expectNested(first)
  }

  @Test(arguments: kinds)
  func oddDataIsNoTrouble(kind: Chart.Kind) {
    let odd: [[Chart.Point]] = [
      [], [Chart.Point(x: .number(.nan), y: .number(.infinity))],
      [Chart.Point(x: .number(1), y: .number(1))],
      [
        Chart.Point(x: .number(1e308), y: .number(-1e308)),
        Chart.Point(x: .number(-1e308), y: .number(1e308)),
      ],
      [Chart.Point(x: .text(""), y: .text("")), Chart.Point(x: .text("a"), y: .text("NaN"))],
    ]
    for points in odd {
      let html = html(.chart(chart(kind, points)))
      #expect(!html.contains("=\"nan") && !html.contains("=\"inf"))
      expectNested(html)
    }
  }

  @Test func aPageNeedsNothingBesideItself() {
    let image = ImageGroup.Image(caption: "v1", format: .png, bytes: [1, 2, 3])
    let html = html(
      .chart(chart(.line, Self.points)), .images(ImageGroup(title: "map.png", images: [image])))
    #expect(html.contains("src=\"data:image/png;base64,AQID\""))
    #expect(!html.contains("http://") && !html.contains("https://"))
    #expect(html.contains("prefers-color-scheme:dark"))
    #expect(html.contains("default-src 'none'"))
  }

  @Test func aLineBreaksWhereAValueIsMissing() {
    let y: [Chart.Value] = [.number(1), .number(2), .number(.nan), .number(4), .number(5)]
    let points = y.enumerated().map { Chart.Point(x: .number(Double($0)), y: $1) }
    let drawn = ChartDrawing.drawings(of: chart(.line, points))[0].markup.text
    #expect(drawn.components(of: "<path class=\"line\"") == 2)
    #expect(drawn.components(of: "<circle") == 4)
  }

  @Test func longSeriesAreThinnedButKeepTheirPeaks() throws {
    let points = (0..<50_000).map { index in
      Chart.Point(x: .number(Double(index)), y: .number(index == 25_001 ? 1_000 : 0))
    }
    let drawing = LineDrawing(chart(.line, points))
    var markup = Markup()
    drawing.draw(into: &markup)
    #expect(markup.text.utf8.count < 200_000)
    let top = try #require(drawing.frame.y.place(.number(1_000)))
    #expect(markup.text.contains(" \(top.coordinate)L"))
  }

  @Test func barsAreSortedByLength() throws {
    var bars = chart(
      .horizontalBars,
      [
        Chart.Point(x: .number(1), y: .text("low")), Chart.Point(x: .number(3), y: .text("high")),
      ])
    #expect(BarDrawing(bars).frame.y.bands?.categories == ["low", "high"])
    bars.isSorted = true
    #expect(BarDrawing(bars).frame.y.bands?.categories == ["high", "low"])
  }

  @Test func confusionCountsPairs() {
    let pairs = [("cat", "cat"), ("cat", "cat"), ("dog", "cat"), ("dog", "dog")]
    var table = chart(.confusion, pairs.map { Chart.Point(x: .text($0), y: .text($1)) })
    var drawn = ChartDrawing.drawings(of: table)[0].markup.text
    #expect(drawn.contains(">2</text>"))
    #expect(drawn.components(of: "<rect class=\"cell\"") == 4)
    table.isNormalized = true
    drawn = ChartDrawing.drawings(of: table)[0].markup.text
    #expect(drawn.contains(">0.67</text>") && drawn.contains(">1.00</text>"))
  }

  @Test func aPageOfTheUsersTakesThePlots() {
    let page = PlotPage(title: "Plots", sections: [.chart(chart(.line, Self.points))])
    let html = page.html(filling: "<p>{plot_divs}</p>{scripts}")
    #expect(html?.hasPrefix("<p><style>") == true)
    #expect(html?.hasSuffix("</p>") == true)
    #expect(page.html(filling: "nothing") == nil)
  }
}

@Suite struct SmoothingTests {
  @Test func aStraightLineStaysStraight() {
    let points = (0..<100).map { index in
      PlacedPoint(
        x: Double(index), y: 2 * Double(index) + 1,
        point: Chart.Point(x: .number(Double(index)), y: .number(0)))
    }
    for point in Smoothing.smoothed(points) {
      #expect(abs(point.y - (2 * point.x + 1)) < 1e-6)
    }
  }

  @Test func noiseBecomesLess() {
    var generator = SeededGenerator(seed: 7)
    let points = (0..<200).map { index in
      PlacedPoint(
        x: Double(index), y: Double.random(in: -1...1, using: &generator),
        point: Chart.Point(x: .number(0), y: .number(0)))
    }
    let smoothed = Smoothing.smoothed(points)
    #expect(smoothed.map { abs($0.y) }.max() ?? 1 < 0.6)
  }

  @Test func equalPlacesAreNoTrouble() {
    let point = Chart.Point(x: .number(0), y: .number(0))
    let points = (0..<10).map { PlacedPoint(x: 5, y: Double($0), point: point) }
    #expect(Smoothing.smoothed(points).allSatisfy { $0.y.isFinite })
  }
}

extension String {
  /// How often `part` stands in the text.
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
