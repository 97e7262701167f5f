/// What one pass over a table finds out.
struct TableScan: Sendable {
  private(set) var names: [[UInt8]] = []
  private(set) var kinds: [CellKinds] = []
  /// Sorted.
  private(set) var marks: [RowMark] = []
  /// Of all rows in their order.
  private(set) var order = Fingerprint.zero

  var count: Int { marks.count }

  private struct Column {
    var seed: Fingerprint
    var isCompared: Bool
    var isKey: Bool
    var kinds: CellKinds = []
  }

  init<Scanner: RecordScanner>(
    _ version: TableVersion, _ scanner: Scanner, key: Set<[UInt8]>, ignoring ignored: Set<[UInt8]>
  ) throws {
    let isJSON = version.format.layout == .jsonLines
    var columns: [Column] = []
    var reader = RecordReader(scanner)
    unsafe try reader.read(version.source, isCompressed: version.format.isCompressed) {
      base, reader in
      while columns.count < reader.scanner.cells.count {
        columns.append(
          Self.column(columns.count, of: reader.scanner.names, key: key, ignoring: ignored))
      }
      let (keyPrint, print) = unsafe Self.read(
        reader.scanner.cells, at: base, &columns, isJSON: isJSON)
      order.append(print)
      marks.reserveSpace(consumed: reader.consumedByteCount, of: version.source.byteCount)
      marks.append(
        RowMark(
          key: key.isEmpty ? print : keyPrint, content: key.isEmpty ? 0 : print.half,
          row: reader.count))
      return true
    }
    names = reader.scanner.names
    kinds = names.indices.map { $0 < columns.count ? columns[$0].kinds : [] }
    RowMarkSort.sort(&marks)
  }

  private static func column(
    _ index: Int, of names: [[UInt8]], key: Set<[UInt8]>, ignoring ignored: Set<[UInt8]>
  ) -> Column {
    // What stands behind the last column counts too.
    guard index < names.count else {
      return Column(
        seed: .seed(ofColumn: CollectedRows.restName + [0]), isCompared: true, isKey: false)
    }
    let name = names[index]
    return Column(
      seed: .seed(ofColumn: name), isCompared: !ignored.contains(name), isKey: key.contains(name))
  }

  /// Takes up the cells of a row.
  @inline(__always)
  private static func read(
    _ cells: [Cell], at base: UnsafePointer<UInt8>, _ columns: inout [Column], isJSON: Bool
  ) -> (key: Fingerprint, row: Fingerprint) {
    var (key, row) = (Fingerprint.zero, Fingerprint.zero)
    unsafe columns.withUnsafeMutableBufferPointer { columns in
      for index in cells.indices {
        let cell = cells[index]
        guard cell.end > cell.start else { continue }
        let start = unsafe base + cell.start
        let count = cell.end - cell.start
        if isJSON {
          unsafe columns[index].kinds.formUnion(
            .ofJSON(UnsafeBufferPointer(start: start, count: count)))
        } else if unsafe !columns[index].kinds.contains(.text) {
          unsafe columns[index].kinds.formUnion(
            .ofText(UnsafeBufferPointer(start: start, count: count)))
        }
        guard unsafe columns[index].isCompared else { continue }
        let print = unsafe Fingerprint(start, count: count, seed: columns[index].seed)
        row += print
        if unsafe columns[index].isKey { key += print }
      }
    }
    return (key, row)
  }
}

extension [RowMark] {
  /// Makes room for so many more as the rest of the file probably holds, so that the array is not
  /// copied, and three times as large, again and again.
  fileprivate mutating func reserveSpace(consumed: Int64, of byteCount: Int64) {
    guard count == capacity else { return }
    let share = Double(Swift.max(consumed, 1)) / Double(Swift.max(byteCount, 1))
    let expected = Int(Double(count) / Swift.min(1, Swift.max(share, 0.01)) * 1.02)
    reserveCapacity(Swift.max(expected, count + count / 4 + 1024))
  }
}
