/// What is remembered of a row: 32 bytes, whatever its cells hold.
struct RowMark: Sendable {
  /// Of the cells that tell rows apart.
  let key: Fingerprint
  /// Of all cells; 0 where those are the key.
  let content: UInt64
  /// Counted from 1.
  let row: Int

  static func < (left: RowMark, right: RowMark) -> Bool {
    if left.key.first != right.key.first { return left.key.first < right.key.first }
    if left.key.second != right.key.second { return left.key.second < right.key.second }
    return left.row < right.row
  }
}

/// Sorts marks by key, and by row where keys are equal, without further memory.
///
/// Keys are as good as random, so few steps by a byte each leave small groups; an order by bytes of
/// the row follows where many keys are equal.
enum RowMarkSort {
  static func sort(_ marks: inout [RowMark]) {
    unsafe marks.withUnsafeMutableBufferPointer { unsafe sort($0, byte: 0) }
  }

  /// - Parameter byte: All marks agree in the bytes before this one.
  private static func sort(_ marks: UnsafeMutableBufferPointer<RowMark>, byte: Int) {
    guard marks.count > smallCount, byte < byteCount else { return unsafe insert(marks) }
    let starts = unsafe distribute(marks, byte: byte)
    for value in 0..<256 where starts[value + 1] - starts[value] > 1 {
      unsafe sort(
        UnsafeMutableBufferPointer(rebasing: marks[starts[value]..<starts[value + 1]]),
        byte: byte + 1)
    }
  }

  /// Brings marks of the same byte together; returns where those of each byte begin, and the end.
  private static func distribute(
    _ marks: UnsafeMutableBufferPointer<RowMark>, byte: Int
  ) -> [Int] {
    var starts = Array(repeating: 0, count: 257)
    for index in marks.indices { starts[unsafe digit(marks[index], byte) + 1] += 1 }
    for value in 0..<256 { starts[value + 1] += starts[value] }
    var next = starts
    for value in 0..<256 {
      while next[value] < starts[value + 1] {
        let place = next[value]
        let target = unsafe digit(marks[place], byte)
        if target != value { unsafe marks.swapAt(place, next[target]) }
        next[target] += 1
      }
    }
    return starts
  }

  private static func digit(_ mark: RowMark, _ byte: Int) -> Int {
    let word =
      switch byte >> 3 {
      case 0: mark.key.first
      case 1: mark.key.second
      default: UInt64(mark.row)
      }
    return Int(truncatingIfNeeded: word >> UInt64(56 - (byte & 7) * 8) & 0xff)
  }

  private static func insert(_ marks: UnsafeMutableBufferPointer<RowMark>) {
    for index in 1..<max(1, marks.count) {
      let mark = unsafe marks[index]
      var place = index
      while unsafe place > 0 && mark < marks[place - 1] {
        unsafe marks[place] = unsafe marks[place - 1]
        place -= 1
      }
      unsafe marks[place] = mark
    }
  }

  /// So few are sorted faster one by one.
  private static let smallCount = 24
  /// Two words of the key, and the row.
  private static let byteCount = 24
}
