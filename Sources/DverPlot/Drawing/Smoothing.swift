/// Draws a calm line through noisy points: locally weighted linear regression.
///
/// After Cleveland, "Robust locally weighted regression and smoothing scatterplots" (1979), without
/// the robustness iterations.
enum Smoothing {
  /// A smoothed value at up to ``placeCount`` points of the series.
  ///
  /// - Parameter points: From left to right.
  static func smoothed(_ points: [PlacedPoint]) -> [PlacedPoint] {
    guard points.count > 3 else { return points }
    let span = max(4, Int(Double(points.count) * share))
    let every = max(1, points.count / placeCount)
    var result: [PlacedPoint] = []
    for index in points.indices where index % every == 0 || index == points.count - 1 {
      let low = min(max(0, index - span / 2), points.count - span)
      var point = points[index]
      point.y = value(at: point.x, in: points[low..<(low + span)])
      result.append(point)
    }
    return result
  }

  private static func value(at x: Double, in points: ArraySlice<PlacedPoint>) -> Double {
    let reach = max(points.reduce(0) { max($0, abs($1.x - x)) } * 1.001, 1e-9)
    var (weights, sumX, sumY, sumXX, sumXY) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for point in points {
      let distance = (point.x - x) / reach
      let cube = abs(distance * distance * distance)
      let weight = (1 - cube) * (1 - cube) * (1 - cube)
      weights += weight
      sumX += weight * distance
      sumY += weight * point.y
      sumXX += weight * distance * distance
      sumXY += weight * distance * point.y
    }
    let spread = weights * sumXX - sumX * sumX
    guard spread > 1e-12 * weights * weights else { return sumY / weights }
    // The line's value at `x`, which is distance 0.
    return (sumXX * sumY - sumX * sumXY) / spread
  }

  /// The share of all points that counts for one.
  private static let share = 0.15
  private static let placeCount = 300
}
