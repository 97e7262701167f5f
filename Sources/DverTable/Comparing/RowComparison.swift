import DverCore
import DverParallel

/// What differs between the rows of two versions of a table.
///
/// Both are read twice and never held: 32 bytes a row, and the rows that are shown.
package struct RowComparison: Sendable {
  package let oldCount: Int
  package let newCount: Int
  package let addedCount: Int
  package let deletedCount: Int
  package let modifiedCount: Int
  /// Whether both have the same rows in another order.
  package let isReordered: Bool
  package let columns: ColumnChanges
  /// Modified, added and deleted rows, each sorted by the number in the new version, deleted ones by
  /// that in the old one.
  package let changes: [RowChange]

  package var changeCount: Int { addedCount + deletedCount + modifiedCount }
  package var hasSameRows: Bool { changeCount == 0 }

  /// Compares two versions.
  ///
  /// - Parameters:
  ///   - key: The columns whose cells say which rows are the same one. Without any, a row is the same
  ///     only where all cells are that both versions have a column for.
  ///   - limit: How many changed rows to show, a share of each kind; all if `nil`.
  /// - Throws: ``VersionError``, and what reading throws.
  package init(
    from old: TableVersion, to new: TableVersion, key: [[UInt8]] = [], limit: Int? = nil
  ) throws {
    let scans = try Self.scans([old, new], key: key)
    var join = RowJoin(scans[0].marks, scans[1].marks, isKeyed: !key.isEmpty)
    for (side, repeated) in [join.repeatedOld, join.repeatedNew].enumerated() {
      if let repeated {
        throw try Self.error(repeated, in: [old, new][side], VersionError.Side(side), key: key)
      }
    }
    (oldCount, newCount) = (scans[0].count, scans[1].count)
    (addedCount, deletedCount) = (join.added.count, join.deleted.count)
    modifiedCount = join.modified.count
    isReordered =
      addedCount + deletedCount + modifiedCount == 0 && scans[0].order != scans[1].order
    columns = ColumnChanges(
      from: scans[0], to: scans[1], hasOrder: old.format.layout != .jsonLines)
    join.cut(to: limit)
    changes = try Self.changes(join, old, new, key: key)
  }

  // MARK: First pass

  private static func scans(_ versions: [TableVersion], key: [[UInt8]]) throws -> [TableScan] {
    let headings = try VersionError.onEach(versions) { try $0.heading() }
    if let old = headings[0], let new = headings[1] {
      try checkKey(key, [old.names, new.names])
      try checkIsUnique(key, [old, new])
      let ignored = Set(old.names).symmetricDifference(new.names)
      return try VersionError.onEach(versions) { try $0.scan(key: Set(key), ignoring: ignored) }
    }
    let scans = try VersionError.onEach(versions) { try $0.scan(key: Set(key), ignoring: []) }
    try checkKey(key, scans.map(\.names))
    let ignored = Set(scans[0].names).symmetricDifference(scans[1].names)
    guard !ignored.isEmpty else { return scans }
    // Only now it is known which columns both have.
    return try VersionError.onEach(versions) { try $0.scan(key: Set(key), ignoring: ignored) }
  }

  /// A version without columns has no rows, and no need of a key.
  private static func checkKey(_ key: [[UInt8]], _ columns: [[[UInt8]]]) throws(VersionError) {
    for name in key {
      let lacking = columns.indices.filter {
        !columns[$0].isEmpty && !columns[$0].contains(name)
      }
      guard let first = lacking.first else { continue }
      let isInNone = !columns.contains { $0.contains(name) }
      throw VersionError(
        isInNone ? nil : VersionError.Side(first),
        TableError.noColumn(
          PathQuoting.quoted(name), columns: columns[first].map { PathQuoting.quoted($0) }))
    }
  }

  private static func checkIsUnique(
    _ key: [[UInt8]], _ headings: [TableVersion.Heading]
  ) throws(VersionError) {
    for (side, heading) in headings.enumerated() {
      if let name = key.first(where: { heading.repeatedNames.contains($0) }) {
        throw VersionError(
          VersionError.Side(side), TableError.ambiguousColumn(PathQuoting.quoted(name)))
      }
    }
  }

  /// A key that several rows have, with its cells.
  private static func error(
    _ rows: (first: Int, second: Int), in version: TableVersion, _ side: VersionError.Side,
    key: [[UInt8]]
  ) throws -> VersionError {
    let cells = try version.collect([rows.second]).row(rows.second, keepsEmpty: true)
    let shown = cells.filter { key.contains($0.name) }.map {
      "\(PathQuoting.quoted($0.name))=\(PathQuoting.quoted($0.value))"
    }
    return VersionError(
      side,
      TableError.repeatedKey(
        shown.joined(separator: " "), first: rows.first, second: rows.second))
  }

  // MARK: Second pass

  private static func changes(
    _ join: RowJoin, _ old: TableVersion, _ new: TableVersion, key: [[UInt8]]
  ) throws -> [RowChange] {
    let rows = [
      (join.deleted + join.modified.map(\.old)).sorted(),
      (join.added + join.modified.map(\.new)).sorted(),
    ]
    let collected = try VersionError.onEach([(old, rows[0]), (new, rows[1])]) {
      try $0.0.collect($0.1)
    }
    let isJSON = new.format.layout == .jsonLines
    func keyed(_ cells: [NamedCell]) -> [NamedCell] {
      key.compactMap { name in cells.first { $0.name == name } }
    }
    let modified = join.modified.map { pair in
      let before = collected[0].row(pair.old, keepsEmpty: true)
      let after = collected[1].row(pair.new, keepsEmpty: true)
      let differing = Self.differing(before, after)
      return RowChange(
        kind: .modified, key: keyed(after), oldRow: pair.old, newRow: pair.new,
        old: differing.old, new: differing.new)
    }
    let added = join.added.map { row in
      let cells = collected[1].row(row, keepsEmpty: !isJSON)
      return RowChange(
        kind: .added, key: keyed(cells), oldRow: nil, newRow: row, old: [], new: cells)
    }
    let deleted = join.deleted.map { row in
      let cells = collected[0].row(row, keepsEmpty: !isJSON)
      return RowChange(
        kind: .deleted, key: keyed(cells), oldRow: row, newRow: nil, old: cells, new: [])
    }
    return modified + added + deleted
  }

  /// The cells of the same columns that differ, in the order of the new version.
  private static func differing(
    _ old: [NamedCell], _ new: [NamedCell]
  ) -> (old: [NamedCell], new: [NamedCell]) {
    let before = Dictionary(
      old.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    var result: (old: [NamedCell], new: [NamedCell]) = ([], [])
    // Of the cells behind the last column there is none where they are empty.
    func empty(_ cell: NamedCell) -> [UInt8]? {
      cell.name == CollectedRows.restName ? [] : nil
    }
    for cell in new {
      guard let value = before[cell.name] ?? empty(cell), value != cell.value else { continue }
      result.old.append(NamedCell(name: cell.name, value: value))
      result.new.append(cell)
    }
    if let rest = old.last, empty(rest) != nil, new.last?.name != rest.name {
      result.old.append(rest)
      result.new.append(NamedCell(name: rest.name, value: []))
    }
    return result
  }
}
