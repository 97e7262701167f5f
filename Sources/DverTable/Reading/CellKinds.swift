/// What the cells of a column look like; each cell adds to it.
struct CellKinds: OptionSet, Sendable {
  let rawValue: UInt16

  static let integer = CellKinds(rawValue: 1)
  static let float = CellKinds(rawValue: 2)
  static let boolean = CellKinds(rawValue: 4)
  static let date = CellKinds(rawValue: 8)
  static let timestamp = CellKinds(rawValue: 16)
  static let text = CellKinds(rawValue: 32)
  static let object = CellKinds(rawValue: 64)
  static let array = CellKinds(rawValue: 128)

  /// The type of a column whose cells are such.
  var type: ColumnType {
    switch self {
    case []: .empty
    case [.integer]: .integer
    case [.float], [.integer, .float]: .float
    case [.boolean]: .boolean
    case [.date]: .date
    case [.timestamp], [.date, .timestamp]: .timestamp
    case [.object]: .object
    case [.array]: .array
    case _ where isDisjoint(with: [.object, .array]): .text
    default: .mixed
    }
  }

  // MARK: Cells

  /// The kind of a cell of JSON lines, which holds a value.
  static func ofJSON(_ cell: UnsafeBufferPointer<UInt8>) -> CellKinds {
    switch unsafe cell.first {
    case UInt8(ascii: "\""): .text
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
    case UInt8(ascii: "n"), nil: []
    default: unsafe cell.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "-") } ? .integer : .float
    }
  }

  /// The kind of a cell of delimited text; none of an empty one.
  static func ofText(_ cell: UnsafeBufferPointer<UInt8>) -> CellKinds {
    guard let first = unsafe cell.first else { return [] }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      if let kind = unsafe number(cell) { return kind }
      return unsafe moment(cell) ?? .text
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      if let kind = unsafe number(cell) { return kind }
      return unsafe isWord(cell, "-inf") || isWord(cell, "+inf") || isWord(cell, "-infinity")
        ? .float : .text
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      return unsafe isWord(cell, "true") || isWord(cell, "false") ? .boolean : .text
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "i"), UInt8(ascii: "I"):
      return unsafe isWord(cell, "nan") || isWord(cell, "inf") || isWord(cell, "infinity")
        ? .float : .text
    default: return .text
    }
  }

  /// Whether a cell is a word, in whatever case.
  private static func isWord(_ cell: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard cell.count == word.utf8CodeUnitCount else { return false }
    return cell.indices.allSatisfy { index in
      unsafe cell[index] | 0x20 == word.utf8Start[index] | 0x20
    }
  }

  /// Whether a word is a number as JSON has them.
  static func isJSONNumber(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard unsafe word.first != UInt8(ascii: "+") else { return false }
    return unsafe number(word, asJSON: true) != nil
  }

  /// Such as `-12`, `+.5`, `1.`, `2e-7`; text that begins with a needless zero is no number but a
  /// code, such as that of a town.
  ///
  /// - Parameter asJSON: Whether there must be digits on both sides of a point.
  private static func number(
    _ cell: UnsafeBufferPointer<UInt8>, asJSON: Bool = false
  ) -> CellKinds? {
    let count = cell.count
    var position = 0
    if unsafe count > 0 && isSign(cell[0]) { position = 1 }
    let whole = unsafe digits(cell, &position)
    if unsafe whole > 1 && cell[position - whole] == UInt8(ascii: "0") { return nil }
    if position == count { return whole > 0 ? .integer : nil }
    var fraction = 0
    if unsafe cell[position] == UInt8(ascii: ".") {
      position += 1
      fraction = unsafe digits(cell, &position)
      if asJSON, fraction == 0 { return nil }
    }
    guard whole > 0 || fraction > 0 && !asJSON else { return nil }
    if position == count { return .float }
    guard unsafe cell[position] | 0x20 == UInt8(ascii: "e") else { return nil }
    position += 1
    if unsafe position < count && isSign(cell[position]) { position += 1 }
    let exponent = unsafe digits(cell, &position)
    return exponent > 0 && position == count ? .float : nil
  }

  private static func isSign(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
  }

  /// Passes over digits and counts them.
  private static func digits(_ cell: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int {
    let start = position
    while position < cell.count, isDigit(unsafe cell[position]) { position += 1 }
    return position - start
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// `2024-05-06`, and with a time behind it, as ISO 8601 has them.
  private static func moment(_ cell: UnsafeBufferPointer<UInt8>) -> CellKinds? {
    guard unsafe has(cell, "0000-00-00", at: 0) else { return nil }
    let count = cell.count
    if count == 10 { return .date }
    guard unsafe cell[10] == UInt8(ascii: "T") || cell[10] == UInt8(ascii: " "),
      unsafe has(cell, "00:00", at: 11)
    else { return nil }
    var position = 16
    if unsafe has(cell, ":00", at: position) {
      position += 3
      if unsafe position < count && cell[position] == UInt8(ascii: ".") {
        position += 1
        guard unsafe digits(cell, &position) > 0 else { return nil }
      }
    }
    if position == count { return .timestamp }
    if unsafe cell[position] == UInt8(ascii: "Z") {
      return position + 1 == count ? .timestamp : nil
    }
    guard unsafe cell[position] == UInt8(ascii: "+") || cell[position] == UInt8(ascii: "-") else {
      return nil
    }
    let zone = unsafe has(cell, "00:00", at: position + 1) ? 6 : 0
    return zone > 0 && position + zone == count ? .timestamp : nil
  }

  /// Whether a pattern, whose zeros stand for digits, is at a place.
  private static func has(
    _ cell: UnsafeBufferPointer<UInt8>, _ pattern: StaticString, at place: Int
  ) -> Bool {
    let length = pattern.utf8CodeUnitCount
    guard place + length <= cell.count else { return false }
    for index in 0..<length {
      let byte = unsafe cell[place + index]
      let wanted = unsafe pattern.utf8Start[index]
      guard wanted == 0x30 ? isDigit(byte) : byte == wanted else { return false }
    }
    return true
  }
}

/// What the cells of a column are, as far as all agree.
package enum ColumnType: String, Sendable {
  case empty
  case integer
  case float
  case boolean
  case date
  case timestamp
  case text
  /// Of JSON lines only.
  case object
  case array
  case mixed
}
