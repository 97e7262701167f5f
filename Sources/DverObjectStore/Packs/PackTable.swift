import DverCore
import DverHashing

/// The table and fan-out of a pack as they stand in the file, proved sound once.
struct PackTable: Sendable {
  let count: Int
  private let bytes: [UInt8]
  private let tableOffset: Int64

  /// Checks that table and fan-out have the digest `name`, that digests ascend, and that the
  /// records fill the file from the header to the table without a gap or an overlap.
  ///
  /// - Parameter bytes: Table and fan-out; `count` entries and 1,024 bytes.
  init(
    bytes: [UInt8], count: Int, offset: Int64, name: Digest, of source: borrowing PackSource
  ) throws(PackError) {
    self.bytes = bytes
    self.count = count
    tableOffset = offset
    guard SHA256.digest(of: bytes.span) == name else {
      throw source.damaged(at: offset, "the table has another digest than the footer says")
    }
    try checkEntries(of: source)
    try checkFanOut(of: source)
  }

  private func checkEntries(of source: borrowing PackSource) throws(PackError) {
    var (starts, ends) = (Self.mixed(tableOffset), Self.mixed(Int64(PackFormat.headerByteCount)))
    var previous: Digest?
    for index in 0..<count {
      let position = tableOffset + Int64(index * PackFormat.tableEntryByteCount)
      let entry: PackEntry
      do throws(PackEntry.FlawError) {
        entry = try checkedEntry(index)
      } catch {
        throw source.damaged(at: position, error.flaw.rawValue)
      }
      if let previous, entry.digest <= previous {
        throw source.damaged(at: position, "digests do not ascend")
      }
      guard entry.end <= tableOffset else {
        throw source.damaged(at: position, PackEntry.Flaw.offset.rawValue)
      }
      previous = entry.digest
      starts &+= Self.mixed(entry.offset)
      ends &+= Self.mixed(entry.end)
    }
    guard starts != ends else { return }
    try reportExtents(of: source)
  }

  /// A number that stands for an offset in a sum.
  ///
  /// The records lie one behind the other exactly if every start is the end of another record, or of
  /// the header, and every end a start, or that of the table: then both have the same sum. Sorting the
  /// records instead costs more than all other checks. Nobody gains by sums that agree nevertheless:
  /// what a record holds is hashed whenever it is read.
  private static func mixed(_ offset: Int64) -> UInt64 {
    // The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    var bits = UInt64(bitPattern: offset) &+ 0x9e37_79b9_7f4a_7c15
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// Finds where records overlap or leave a gap.
  private func reportExtents(of source: borrowing PackSource) throws(PackError) {
    var extents: [(offset: Int64, end: Int64)] = []
    for index in 0..<count { extents.append((self[index].offset, self[index].end)) }
    extents.sort { $0.offset < $1.offset }
    var end = Int64(PackFormat.headerByteCount)
    for extent in extents {
      guard extent.offset == end else {
        throw source.damaged(at: extent.offset, "records that overlap or leave a gap")
      }
      end = extent.end
    }
    guard end == tableOffset else { throw source.damaged(at: end, "bytes in no record") }
  }

  private func checkFanOut(of source: borrowing PackSource) throws(PackError) {
    var index = 0
    for first in 0..<256 {
      while index < count, Int(digest(index)[0]) <= first { index += 1 }
      guard fanOut(first) == index else {
        throw source.damaged(
          at: tableOffset + Int64(fanOutStart + 4 * first), "a fan-out that contradicts the table")
      }
    }
  }

  private var fanOutStart: Int { count * PackFormat.tableEntryByteCount }

  private func fanOut(_ first: Int) -> Int { Int(bytes.span.uint32(at: fanOutStart + 4 * first)) }

  private func digest(_ index: Int) -> Digest {
    Digest(
      bytes: bytes.span.extracting(droppingFirst: index * PackFormat.tableEntryByteCount))
  }

  private func checkedEntry(_ index: Int) throws(PackEntry.FlawError) -> PackEntry {
    let start = index * PackFormat.tableEntryByteCount
    return try PackEntry(
      tableEntry: bytes.span.extracting(start..<start + PackFormat.tableEntryByteCount))
  }

  subscript(index: Int) -> PackEntry {
    do throws(PackEntry.FlawError) {
      return try checkedEntry(index)
    } catch {
      preconditionFailure("an entry that was sound is not any more")
    }
  }

  /// The index of an object.
  func firstIndex(of digest: Digest) -> Int? {
    let first = Int(digest[0])
    var low = first == 0 ? 0 : fanOut(first - 1)
    var high = fanOut(first)
    while low < high {
      let middle = low + (high - low) / 2
      let found = self.digest(middle)
      if found == digest { return middle }
      if found < digest { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
