import DverCore
import DverHashing

extension [UInt8] {
  /// A pack whose table is sealed with its damage: sorted, with its fan-out, its place and its digest.
  ///
  /// No chance would find that digest, and without it nothing of the table is looked at.
  var withSealedTable: [UInt8] {
    let start = count - 64
    guard start >= 16 + 1024 else { return self }
    let claimed = self[(start + 8)..<(start + 12)].reversed().reduce(0) { $0 << 8 | Int($1) }
    let entryCount = Swift.min(claimed, (start - 16 - 1024) / 64)
    let tableStart = start - 1024 - entryCount * 64
    var rows = (0..<entryCount).map { Array(self[(tableStart + $0 * 64)...].prefix(64)) }
    rows.sort { $0.lexicographicallyPrecedes($1) }
    var table = rows.flatMap { $0 }
    for first in 0..<256 { table += Self.number(rows.count { Int($0[0]) <= first }, 4) }
    let footer = Self.number(tableStart, 8) + Self.number(entryCount, 8)
    return self[..<tableStart] + table + footer + SHA256.digest(of: table.span).bytes
      + self[(start + 48)...]
  }

  private static func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
