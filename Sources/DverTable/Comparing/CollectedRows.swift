/// The cells of some rows of a table.
struct CollectedRows {
  private(set) var names: [[UInt8]] = []
  /// The cells of each row, by its number, in the order of `names`; later columns may be missing.
  private var cells: [Int: [[UInt8]]] = [:]

  init() {}

  init<Scanner: RecordScanner>(
    _ version: TableVersion, _ scanner: Scanner, rows: [Int]
  ) throws {
    var next = 0
    var reader = RecordReader(scanner)
    unsafe try reader.read(version.source, isCompressed: version.format.isCompressed) {
      base, reader in
      guard reader.count == rows[next] else { return true }
      cells[reader.count] = reader.scanner.cells.map { cell in
        unsafe Array(
          UnsafeBufferPointer(start: base + cell.start, count: cell.end - cell.start))
      }
      next += 1
      return next < rows.count
    }
    guard next == rows.count else { throw TableError.changed }
    names = reader.scanner.names
  }

  /// The cells of a row that are not empty, under the names of their columns.
  ///
  /// - Parameter keepsEmpty: Whether empty ones stay.
  func row(_ number: Int, keepsEmpty: Bool) -> [NamedCell] {
    let cells = cells[number] ?? []
    var named = names.indices.map { index in
      NamedCell(name: names[index], value: index < cells.count ? cells[index] : [])
    }
    if !keepsEmpty { named.removeAll { $0.value.isEmpty } }
    if cells.count > names.count, let rest = cells.last, !rest.isEmpty {
      named.append(NamedCell(name: Self.restName, value: rest))
    }
    return named
  }

  /// Under what the cells behind the last column are shown.
  static let restName = Array("further cells".utf8)
}

/// A cell with the name of its column.
package struct NamedCell: Hashable, Sendable {
  package let name: [UInt8]
  package let value: [UInt8]
}
