/// What one plot shows: series of points and how to draw them.
package struct Chart: Sendable, Equatable {
  package enum Kind: Sendable {
    case line
    /// Smoothed lines over faint ones of the values themselves.
    case smooth
    case scatter
    /// Points moved a little apart where they would cover each other.
    case jitteredScatter
    /// Bars from the left; `y` of a point is its category.
    case horizontalBars
    /// Bars from below; `x` of a point is its category.
    case verticalBars
    /// Counts of pairs of categories as a table of shaded cells, one for each series.
    case confusion
  }

  package enum Value: Hashable, Sendable {
    case number(Double)
    case text(String)

    /// The value as a number: that of a text that is one.
    package var number: Double? {
      switch self {
      case .number(let value): return value.isFinite ? value : nil
      case .text(let text):
        guard let value = Double(text), value.isFinite else { return nil }
        return value
      }
    }

    /// The value as a name of a category.
    package var text: String {
      switch self {
      case .number(let value):
        value == value.rounded() && abs(value) < 1e15
          ? String(Int64(value)) : value.description
      case .text(let text): text
      }
    }
  }

  package struct Point: Hashable, Sendable {
    package var x: Value
    package var y: Value

    package init(x: Value, y: Value) {
      self.x = x
      self.y = y
    }
  }

  package struct Series: Hashable, Sendable {
    /// Which version of the data; places in ``Chart/versions``, which choose the colour.
    package var version: Int
    /// Which of several sources; places in ``Chart/sources``, which choose dashes or shapes.
    package var source: Int
    package var points: [Point]

    package init(version: Int, source: Int = 0, points: [Point]) {
      self.version = version
      self.source = source
      self.points = points
    }
  }

  package var kind: Kind
  package var title: String
  package var xLabel: String
  package var yLabel: String
  /// What versions are called.
  package var versions: [String]
  /// What sources are called; empty if there is one only.
  package var sources: [String]
  package var series: [Series]
  /// Whether bars are ordered by length.
  package var isSorted = false
  /// Whether a confusion table shows the share of its row in place of counts.
  package var isNormalized = false

  package init(
    kind: Kind, title: String, xLabel: String = "", yLabel: String = "", versions: [String] = [],
    sources: [String] = [], series: [Series], isSorted: Bool = false, isNormalized: Bool = false
  ) {
    self.kind = kind
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.versions = versions
    self.sources = sources
    self.series = series
    self.isSorted = isSorted
    self.isNormalized = isNormalized
  }

  /// What a series is called: its version, its source, or both.
  func name(of series: Series) -> String {
    let version = versions.indices.contains(series.version) ? versions[series.version] : ""
    let source = sources.indices.contains(series.source) ? sources[series.source] : ""
    return [version, source].filter { !$0.isEmpty }.joined(separator: " · ")
  }
}
