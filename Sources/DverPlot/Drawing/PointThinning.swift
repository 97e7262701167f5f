/// Leaves points out that nobody could tell apart.
enum PointThinning {
  /// More points than a drawing has places are cut into strips, of each of which the first, lowest,
  /// highest and last point stay, so that the line looks the same.
  static func thinned(_ points: [PlacedPoint]) -> [PlacedPoint] {
    guard points.count > 4 * stripCount else { return points }
    var kept: [PlacedPoint] = []
    kept.reserveCapacity(4 * stripCount)
    for strip in 0..<stripCount {
      let range = (points.count * strip / stripCount)..<(points.count * (strip + 1) / stripCount)
      guard let first = range.first, let last = range.last else { continue }
      let low = range.min { points[$0].y < points[$1].y } ?? first
      let high = range.max { points[$0].y < points[$1].y } ?? first
      for index in Set([first, low, high, last]).sorted() { kept.append(points[index]) }
    }
    return kept
  }

  private static let stripCount = 500
}
