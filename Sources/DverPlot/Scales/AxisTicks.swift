import Glibc

/// Round values along an axis, and how they are written.
struct AxisTicks: Equatable {
  /// Ascending; the first and last one bound the axis.
  let values: [Double]
  let labels: [String]

  var domain: ClosedRange<Double> { (values.first ?? 0)...(values.last ?? 1) }

  /// Ticks that cover `range`, at multiples of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameter count: About how many; never more than twice as many.
  init(covering range: ClosedRange<Double>, count: Int) {
    let range = Self.widened(range)
    let step = Self.step(for: range, count: count)
    let first = (range.lowerBound / step).rounded(.down)
    let last = (range.upperBound / step).rounded(.up)
    let steps = max(1, min(Int(last - first), 2 * count + 2))
    values = (0...steps).map { (first + Double($0)) * step }
    labels = values.map { NumberLabel.text($0, step: step) }
  }

  /// Ticks at whole numbers alone, for numbers that count something.
  init(covering range: ClosedRange<Double>, count: Int, wholeNumbers: Bool) {
    let ticks = AxisTicks(covering: range, count: count)
    if wholeNumbers, let first = ticks.values.first, ticks.values.count > 1,
      ticks.values[1] - first < 1
    {
      let bounds = range.lowerBound.rounded(.down)...range.upperBound.rounded(.up)
      let last = max(bounds.upperBound, bounds.lowerBound + 1)
      values = Array(stride(from: bounds.lowerBound, through: last, by: 1))
      labels = values.map { NumberLabel.text($0, step: 1) }
    } else {
      self = ticks
    }
  }

  /// A range that has a length, and one that can be computed with.
  private static func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let limit = 4e307
    let low = min(max(range.lowerBound, -limit), limit)
    let high = min(max(range.upperBound, -limit), limit)
    // Digits that a double cannot keep apart are no length.
    let least = max(abs(low), abs(high)) * 1e-12
    if high - low > least { return low...high }
    let padding = low == 0 ? 0.5 : abs(low) * 0.1
    return (low - padding)...(high + padding)
  }

  private static func step(for range: ClosedRange<Double>, count: Int) -> Double {
    let rough = (range.upperBound - range.lowerBound) / Double(max(1, count))
    let magnitude = pow(10, floor(log10(rough)))
    guard magnitude > 0 else { return .leastNormalMagnitude }
    let share = rough / magnitude
    return magnitude * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10)
  }
}
