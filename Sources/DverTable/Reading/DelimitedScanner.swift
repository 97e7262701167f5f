import Glibc

/// Finds the rows of delimited text after RFC 4180; the first row names the columns.
///
/// Cells may stand in quotes, and hold delimiters, line ends and doubled quotes there; what follows a
/// closing quote belongs to the cell too. Rows end with a line feed, a carriage return or both; empty
/// lines are no rows. A row may have fewer cells than there are columns; what it has more is one cell
/// behind the others, as it is written.
@safe struct DelimitedScanner: RecordScanner {
  /// Each once: one that the heading repeats has a number behind it.
  private(set) var names: [[UInt8]] = []
  /// The names that the heading has several times.
  private(set) var repeatedNames: Set<[UInt8]> = []
  private(set) var cells: [Cell] = []
  private let delimiter: UInt8
  /// Whether a byte ends a plain cell, by its value.
  private let isEnd: [Bool]
  /// The count of columns, once the heading was read.
  private var columnCount = Int.max
  private var row = 0

  /// Each row costs as many steps, however short it is.
  private static let columnLimit = 20_000

  private static let (quote, lineFeed, carriageReturn) = (
    UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")
  )

  init(delimiter: UInt8) {
    self.delimiter = delimiter
    isEnd = (0..<256).map { [delimiter, Self.lineFeed, Self.carriageReturn].contains(UInt8($0)) }
  }

  mutating func next(
    in base: UnsafeMutablePointer<UInt8>, from start: inout Int, to end: Int, isLast: Bool
  ) throws(TableError) -> Bool {
    if columnCount == .max {
      guard unsafe try nextRow(in: base, from: &start, to: end, isLast: isLast) else {
        return false
      }
      setColumns(
        cells.map { cell in
          unsafe Array(UnsafeBufferPointer(start: base + cell.start, count: cell.end - cell.start))
        })
    }
    guard unsafe try nextRow(in: base, from: &start, to: end, isLast: isLast) else { return false }
    row += 1
    return true
  }

  /// Gives each column a name of its own.
  private mutating func setColumns(_ heading: [[UInt8]]) {
    var taken = Set(heading)
    // The number that a further column of a name gets.
    var numbers: [[UInt8]: Int] = [:]
    for name in heading {
      let number = numbers[name]
      if number != nil { repeatedNames.insert(name) }
      let found = number.map { Self.freeNumber(for: name, from: $0, in: taken) }
      let unique = found.map { Self.numbered(name, $0) } ?? name
      numbers[name] = (found ?? 1) + 1
      taken.insert(unique)
      names.append(unique)
    }
    columnCount = names.count
    cells = Array(repeating: .none, count: columnCount + 1)
  }

  private static func freeNumber(
    for name: [UInt8], from first: Int, in taken: Set<[UInt8]>
  ) -> Int {
    var number = first
    while taken.contains(numbered(name, number)) { number += 1 }
    return number
  }

  private static func numbered(_ name: [UInt8], _ number: Int) -> [UInt8] {
    name + Array(" (\(number))".utf8)
  }

  // MARK: Rows

  private mutating func nextRow(
    in base: UnsafeMutablePointer<UInt8>, from start: inout Int, to end: Int, isLast: Bool
  ) throws(TableError) -> Bool {
    while unsafe start < end && Self.isLineEnd(base[start]) { start += 1 }
    guard start < end else { return false }
    if columnCount == .max { cells.removeAll(keepingCapacity: true) }
    var count = 0
    var hasQuotes = false
    var position = start
    while true {
      let cellStart = position
      if unsafe position < end && base[position] == Self.quote {
        hasQuotes = true
        guard let close = unsafe try closingQuote(in: base, from: position, to: end, isLast: isLast)
        else { return false }
        position = close
      }
      while unsafe position < end && !isEnd[Int(base[position])] { position += 1 }
      if position == end, !isLast { return false }
      guard count < Self.columnLimit || columnCount < .max else {
        throw .tooManyColumns(row: 0, limit: Self.columnLimit)
      }
      set(count, Cell(start: cellStart, end: position))
      count += 1
      if unsafe position == end || base[position] != delimiter { break }
      position += 1
      if position == end, !isLast { return false }
    }
    for rest in stride(from: count, to: cells.count, by: 1) { cells[rest] = .none }
    if hasQuotes { unsafe unquote(min(count, columnCount), in: base) }
    start = min(position + 1, end)
    return true
  }

  @inline(__always)
  private mutating func set(_ column: Int, _ cell: Cell) {
    if column < columnCount {
      if columnCount == .max { cells.append(cell) } else { cells[column] = cell }
    } else {
      // All that is behind the last column, as one.
      cells[columnCount] = Cell(
        start: column == columnCount ? cell.start : cells[columnCount].start, end: cell.end)
    }
  }

  /// The place behind the quote that ends the one at `start`; `nil` where the text ends before.
  private func closingQuote(
    in base: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int, isLast: Bool
  ) throws(TableError) -> Int? {
    var position = start + 1
    while let found = unsafe Self.find(Self.quote, in: base, from: position, to: end) {
      // The next byte tells whether the quote is a doubled one.
      if found + 1 == end { return isLast ? end : nil }
      if unsafe base[found + 1] != Self.quote { return found + 1 }
      position = found + 2
    }
    if isLast { throw .openQuote(row: row + 1) }
    return nil
  }

  // MARK: Quotes

  private mutating func unquote(_ count: Int, in base: UnsafeMutablePointer<UInt8>) {
    for column in 0..<count {
      let cell = cells[column]
      if unsafe cell.start < cell.end && base[cell.start] == Self.quote {
        cells[column] = unsafe Self.unquoted(cell, in: base)
      }
    }
  }

  /// Takes the quotes away, in place.
  private static func unquoted(_ cell: Cell, in base: UnsafeMutablePointer<UInt8>) -> Cell {
    let start = cell.start + 1
    guard let first = unsafe find(quote, in: base, from: start, to: cell.end) else { return cell }
    if first + 1 == cell.end { return Cell(start: start, end: first) }
    var (target, source, isOpen) = (first, first, true)
    while source < cell.end {
      let byte = unsafe base[source]
      source += 1
      if isOpen, byte == quote {
        guard unsafe source < cell.end && base[source] == quote else {
          isOpen = false
          continue
        }
        source += 1
      }
      unsafe base[target] = byte
      target += 1
    }
    return Cell(start: start, end: target)
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == lineFeed || byte == carriageReturn
  }

  private static func find(
    _ byte: UInt8, in base: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int
  ) -> Int? {
    guard start < end, let found = unsafe memchr(base + start, Int32(byte), end - start) else {
      return nil
    }
    return unsafe found - UnsafeMutableRawPointer(base)
  }
}
