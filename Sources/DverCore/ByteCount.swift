/// A number of bytes, as people read it.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let value: Int64

  package init(_ value: Int64) { self.value = value }
  package init(_ value: Int) { self.value = Int64(value) }

  package static func < (left: ByteCount, right: ByteCount) -> Bool { left.value < right.value }

  /// Three significant digits with a binary unit, such as `1.46 GiB`; whole bytes below 1,024.
  package var description: String {
    guard abs(value) >= 1024 else { return "\(value) B" }
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var unit = 0
    var hundredths = value / 1024 * 100 + value % 1024 * 100 / 1024
    while abs(hundredths) >= 102_400, unit < units.count - 1 {
      hundredths /= 1024
      unit += 1
    }
    let (whole, fraction) = (hundredths / 100, abs(hundredths % 100))
    let digits =
      switch abs(whole) {
      case 100...: ""
      case 10...: ".\(fraction / 10)"
      default: fraction < 10 ? ".0\(fraction)" : ".\(fraction)"
      }
    return "\(whole)\(digits) \(units[unit])"
  }
}
