/// The bytes of a pack, wherever they are.
///
/// Packs are read in pieces and never mapped: a mapping turns a failing disk or a vanished file
/// server into a signal, a read into an error.
package struct PackSource: Sendable {
  /// The file, for messages.
  package let name: String
  /// The length of the file.
  package let byteCount: Int64
  private let read: @Sendable (_ offset: Int64, _ count: Int) throws -> [UInt8]

  /// - Parameter read: Returns `count` bytes from `offset` on, fewer where the file ends before.
  ///   Called from several threads at once.
  package init(
    name: String, byteCount: Int64,
    read: @escaping @Sendable (_ offset: Int64, _ count: Int) throws -> [UInt8]
  ) {
    self.name = name
    self.byteCount = byteCount
    self.read = read
  }

  /// Exactly `count` bytes, or an error that says where the file ends.
  func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, Int64(count) <= byteCount - offset else {
      throw damaged(at: byteCount, "the file ends too soon")
    }
    if count == 0 { return [] }
    let bytes = try read(offset, count)
    guard bytes.count == count else {
      throw damaged(at: offset + Int64(bytes.count), "the file ends too soon")
    }
    return bytes
  }

  func damaged(at offset: Int64, _ what: String) -> PackError {
    .damaged(pack: name, offset: offset, what: what)
  }

  /// The record at `entry.offset`, which must say what the table says, and the bytes behind it.
  func storedBytes(of entry: PackEntry) throws -> [UInt8] {
    var bytes = try bytes(
      at: entry.offset, count: PackFormat.recordByteCount + entry.storedByteCount)
    guard try self.entry(record: bytes.span, at: entry.offset) == entry else {
      throw damaged(at: entry.offset, "the record differs from the table")
    }
    bytes.removeFirst(PackFormat.recordByteCount)
    return bytes
  }

  /// Reads a record's 56 bytes.
  func entry(record bytes: Span<UInt8>, at offset: Int64) throws(PackError) -> PackEntry {
    do throws(PackEntry.FlawError) {
      return try PackEntry(record: bytes, at: offset)
    } catch {
      throw damaged(at: offset, error.flaw.rawValue)
    }
  }
}
