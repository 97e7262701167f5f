import DverCore

/// Where a cell stands in the buffer of its reader; a cell that a row does not have is empty.
struct Cell {
  var start: Int
  var end: Int

  static let none = Cell(start: 0, end: 0)
}

/// Finds the rows of one format in a buffer.
protocol RecordScanner {
  /// The columns that are known so far.
  var names: [[UInt8]] { get }
  /// The cells of the row that was found last, in the order of `names`. There may be one more: what
  /// stands behind the last column.
  var cells: [Cell] { get }

  /// Finds the next row from `start` on, which moves behind it.
  ///
  /// - Parameter isLast: Whether nothing comes behind `end`.
  /// - Returns: `false` where the text ends before the row does.
  mutating func next(
    in base: UnsafeMutablePointer<UInt8>, from start: inout Int, to end: Int, isLast: Bool
  ) throws(TableError) -> Bool
}

/// Reads a file row by row.
struct RecordReader<Scanner: RecordScanner>: ~Copyable {
  private(set) var scanner: Scanner
  /// The rows that were handed over.
  private(set) var count = 0
  /// The bytes of the file that were read.
  private(set) var consumedByteCount: Int64 = 0
  private var buffer = RecordBuffer()
  private var hasBegun = false
  /// A row that is not whole is looked at again once there is twice as much of it, so that a long
  /// one is not read from its beginning for each block.
  private var wantedCount = 1

  /// Takes a row: its bytes and those of all others are at the first argument.
  typealias RowTaker =
    (UnsafePointer<UInt8>, borrowing RecordReader<Scanner>) throws -> Bool

  init(_ scanner: Scanner) { self.scanner = scanner }

  /// Hands over all rows until the taker has enough.
  mutating func read(_ source: ByteSource, isCompressed: Bool, _ take: RowTaker) throws {
    var isDone = false
    if isCompressed {
      var gzip = GzipReader()
      try source.read { block in
        consumedByteCount += Int64(block.count)
        isDone = try !gzip.inflate(block) { unsafe try self.feed($0, take) }
        return !isDone
      }
      if !isDone { try gzip.finish() }
    } else {
      try source.read { block in
        consumedByteCount += Int64(block.count)
        isDone = unsafe try !feed(block, take)
        return !isDone
      }
    }
    if !isDone { _ = unsafe try drain(isLast: true, take) }
  }

  private mutating func feed(_ block: Span<UInt8>, _ take: RowTaker) throws -> Bool {
    // Blocks that are larger than a row can be need not be copied as a whole.
    var position = 0
    while position < block.count {
      let part = min(block.count - position, portionByteCount)
      buffer.append(block.extracting(position..<position + part))
      position += part
      guard buffer.count >= wantedCount else { continue }
      guard unsafe try drain(isLast: false, take) else { return false }
      wantedCount = buffer.count * 2
      guard buffer.count <= recordByteLimit else {
        throw TableError.longRow(row: count + 1, limit: ByteCount(Int64(recordByteLimit)))
      }
    }
    return true
  }

  private mutating func drain(isLast: Bool, _ take: RowTaker) throws -> Bool {
    if !hasBegun, try !begin(isLast: isLast) { return true }
    var start = buffer.start
    while unsafe try scanner.next(
      in: buffer.base, from: &start, to: buffer.end, isLast: isLast)
    {
      buffer.start = start
      count += 1
      if unsafe try !take(UnsafePointer(buffer.base), self) { return false }
    }
    buffer.start = start
    return true
  }

  /// Passes over the mark that some programs begin a text with.
  private mutating func begin(isLast: Bool) throws(TableError) -> Bool {
    guard buffer.count >= 3 || isLast else { return false }
    let head = (0..<min(3, buffer.count)).map { unsafe buffer.base[buffer.start + $0] }
    if head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff]) { throw .wideText }
    if head == [0xef, 0xbb, 0xbf] { buffer.start += 3 }
    hasBegun = true
    return true
  }
}

/// What is copied and looked at together: it stays in the processor's cache.
private let portionByteCount = 256 * 1024

/// A row may be so long; what is longer is hardly a row.
private let recordByteLimit = 64 << 20
