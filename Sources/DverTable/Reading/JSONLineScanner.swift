import Glibc

/// Finds the rows of JSON lines: one object a line, whose members are the cells.
///
/// Columns are the names of members, in the order in which they first appear; a member that an
/// object lacks is an empty cell. Cells hold JSON in the form of ``JSONText``. Blank lines are no
/// rows.
@safe struct JSONLineScanner: RecordScanner {
  private(set) var names: [[UInt8]] = []
  private(set) var cells: [Cell] = []
  private var columns: [[UInt8]: Int] = [:]
  private var row = 0
  private var scratch: [UInt8] = []

  mutating func next(
    in base: UnsafeMutablePointer<UInt8>, from start: inout Int, to end: Int, isLast: Bool
  ) throws(TableError) -> Bool {
    while start < end {
      let found = unsafe memchr(base + start, 0x0a, end - start)
      guard unsafe found != nil || isLast else { return false }
      let lineEnd = unsafe found.map { unsafe $0 - UnsafeMutableRawPointer(base) } ?? end
      var text = unsafe JSONText(UnsafePointer(base), from: start, to: lineEnd)
      start = min(lineEnd + 1, end)
      text.skipBlanks()
      guard text.peek != nil else { continue }
      row += 1
      do throws(JSONText.Flaw) {
        unsafe try readObject(&text, in: base)
      } catch {
        throw .notJSON(row: row, reason: error.reason)
      }
      guard names.count <= Self.columnLimit else {
        throw .tooManyColumns(row: row, limit: Self.columnLimit)
      }
      return true
    }
    return false
  }

  /// Names of members are those of columns where there are so few.
  private static let columnLimit = 20_000

  private mutating func readObject(
    _ text: inout JSONText, in base: UnsafeMutablePointer<UInt8>
  ) throws(JSONText.Flaw) {
    for index in cells.indices { cells[index] = .none }
    try text.expect(UInt8(ascii: "{"), "an object")
    text.skipBlanks()
    var expected = 0
    if !text.skip(UInt8(ascii: "}")) {
      while true {
        text.skipBlanks()
        let column = unsafe try column(&text, in: base, expected: expected)
        expected = column + 1
        text.skipBlanks()
        try text.expect(UInt8(ascii: ":"), "':'")
        text.skipBlanks()
        cells[column] = unsafe try value(&text, in: base)
        text.skipBlanks()
        if text.skip(UInt8(ascii: "}")) { break }
        try text.expect(UInt8(ascii: ","), "',' or '}'")
      }
    }
    text.skipBlanks()
    guard text.peek == nil else {
      throw JSONText.Flaw(reason: "something stands behind the object")
    }
  }

  /// The column that a member belongs to; most stand in the same order in each row.
  private mutating func column(
    _ text: inout JSONText, in base: UnsafeMutablePointer<UInt8>, expected: Int
  ) throws(JSONText.Flaw) -> Int {
    let start = text.position
    var name: [UInt8]
    if try text.skipSimpleString() {
      let bytes = unsafe UnsafeBufferPointer(
        start: base + start + 1, count: text.position - start - 2)
      if expected < names.count, unsafe Self.isEqual(bytes, names[expected]) { return expected }
      name = unsafe Array(bytes)
    } else {
      text = unsafe JSONText(UnsafePointer(base), from: start, to: text.end)
      name = []
      try text.appendString(to: &name)
      name = JSONCell.content(ofString: name)
    }
    if let column = columns[name] { return column }
    guard names.count <= Self.columnLimit else {
      throw JSONText.Flaw(reason: "there are more than \(Self.columnLimit) names of members")
    }
    columns[name] = names.count
    names.append(name)
    cells.append(.none)
    return names.count - 1
  }

  private static func isEqual(_ bytes: UnsafeBufferPointer<UInt8>, _ name: [UInt8]) -> Bool {
    guard bytes.count == name.count else { return false }
    return unsafe name.withUnsafeBufferPointer { other in
      guard let left = bytes.baseAddress, let right = other.baseAddress else { return true }
      return unsafe memcmp(left, right, other.count) == 0
    }
  }

  private mutating func value(
    _ text: inout JSONText, in base: UnsafeMutablePointer<UInt8>
  ) throws(JSONText.Flaw) -> Cell {
    let start = text.position
    if try text.skipSimpleValue() { return Cell(start: start, end: text.position) }
    scratch.removeAll(keepingCapacity: true)
    try text.appendValue(to: &scratch)
    // What was read of it is not needed any more, and has room enough.
    unsafe scratch.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      unsafe (base + start).update(from: first, count: source.count)
    }
    return Cell(start: start, end: start + scratch.count)
  }
}
