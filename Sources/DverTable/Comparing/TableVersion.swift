/// One version of a table that is compared.
package struct TableVersion: Sendable {
  let source: ByteSource
  let format: TableFormat

  package init(_ source: ByteSource, format: TableFormat) {
    self.source = source
    self.format = format
  }

  /// The columns that the heading names; those of JSON lines are known only once all was read.
  func heading() throws -> Heading? {
    guard case .delimited(let delimiter) = format.layout else { return nil }
    var reader = RecordReader(DelimitedScanner(delimiter: delimiter))
    unsafe try reader.read(source, isCompressed: format.isCompressed) { _, _ in false }
    return Heading(names: reader.scanner.names, repeatedNames: reader.scanner.repeatedNames)
  }

  struct Heading: Sendable {
    let names: [[UInt8]]
    let repeatedNames: Set<[UInt8]>
  }

  /// Reads all rows once.
  ///
  /// - Parameters:
  ///   - key: The columns that tell rows apart; all if empty.
  ///   - ignored: Columns that do not count.
  func scan(key: Set<[UInt8]>, ignoring ignored: Set<[UInt8]>) throws -> TableScan {
    switch format.layout {
    case .delimited(let delimiter):
      try TableScan(
        self, DelimitedScanner(delimiter: delimiter), key: key, ignoring: ignored)
    case .jsonLines: try TableScan(self, JSONLineScanner(), key: key, ignoring: ignored)
    }
  }

  /// The cells of some rows.
  ///
  /// - Parameter rows: Sorted, each once.
  /// - Throws: ``TableError/changed`` where there are not so many.
  func collect(_ rows: [Int]) throws -> CollectedRows {
    guard !rows.isEmpty else { return CollectedRows() }
    return switch format.layout {
    case .delimited(let delimiter):
      try CollectedRows(self, DelimitedScanner(delimiter: delimiter), rows: rows)
    case .jsonLines: try CollectedRows(self, JSONLineScanner(), rows: rows)
    }
  }
}
