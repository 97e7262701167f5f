/// Maps values of a continuous axis to places.
struct LinearScale {
  let domain: ClosedRange<Double>
  /// The places of both ends of the domain; the first may be the larger one.
  let start: Double
  let end: Double

  func place(_ value: Double) -> Double {
    let length = domain.upperBound - domain.lowerBound
    guard length > 0 else { return (start + end) / 2 }
    // Halves, so that nothing overflows at the ends of what a double holds.
    let share = (value / 2 - domain.lowerBound / 2) / (length / 2)
    return start + min(max(share, -0.5), 1.5) * (end - start)
  }
}

/// Gives every category of an axis a band of its own.
struct BandScale {
  let categories: [String]
  let start: Double
  let end: Double
  private let positions: [String: Int]

  init(_ categories: [String], start: Double, end: Double) {
    self.categories = categories
    self.start = start
    self.end = end
    positions = Dictionary(categories.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  var bandWidth: Double { categories.isEmpty ? 0 : (end - start) / Double(categories.count) }

  /// Where the band of a category begins.
  func start(of category: String) -> Double? {
    positions[category].map { start + Double($0) * bandWidth }
  }

  func center(of category: String) -> Double? {
    start(of: category).map { $0 + bandWidth / 2 }
  }
}
