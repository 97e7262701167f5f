package import DverCore

/// Where an object stands in its pack: one entry of the table.
package struct PackEntry: Hashable, Sendable {
  package let digest: Digest
  /// Where the record begins, in bytes from the start of the file.
  package let offset: Int64
  /// The bytes behind the record.
  package let storedByteCount: Int
  /// The bytes of the object itself.
  package let byteCount: Int
  package let flags: PackFlags

  /// Where the next record or the table begins.
  package var end: Int64 { offset + Int64(PackFormat.recordByteCount + storedByteCount) }

  func appendRecord(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: PackFormat.recordMagic)
    bytes.append(littleEndian: flags.rawValue)
    bytes.append(littleEndian: UInt64(storedByteCount))
    bytes.append(littleEndian: UInt64(byteCount))
    digest.append(to: &bytes)
  }

  func appendTableEntry(to bytes: inout [UInt8]) {
    digest.append(to: &bytes)
    bytes.append(littleEndian: UInt64(offset))
    bytes.append(littleEndian: UInt64(storedByteCount))
    bytes.append(littleEndian: UInt64(byteCount))
    bytes.append(littleEndian: flags.rawValue)
    bytes.append(littleEndian: 0 as UInt32)
  }
}

extension PackEntry {
  /// What is wrong with numbers that were read from a pack.
  enum Flaw: String {
    case magic = "no record begins here"
    case flags = "unknown flags"
    case length = "a length above 64 MiB"
    case rawLength = "two lengths of a raw object"
    case ratio = "a length that no zlib stream of this size has"
    case offset = "an object outside of the records"
    case reserved = "a reserved field that is not zero"
  }

  /// Reads a record's 56 bytes.
  init(record bytes: Span<UInt8>, at offset: Int64) throws(FlawError) {
    guard bytes.uint32(at: 0) == PackFormat.recordMagic else { throw FlawError(.magic) }
    try self.init(
      digest: Digest(bytes: bytes.extracting(droppingFirst: 24)), offset: UInt64(offset),
      storedLength: bytes.uint64(at: 8), length: bytes.uint64(at: 16), flags: bytes.uint32(at: 4))
  }

  /// Reads 64 bytes of a table.
  init(tableEntry bytes: Span<UInt8>) throws(FlawError) {
    guard bytes.uint32(at: 60) == 0 else { throw FlawError(.reserved) }
    try self.init(
      digest: Digest(bytes: bytes), offset: bytes.uint64(at: 32),
      storedLength: bytes.uint64(at: 40), length: bytes.uint64(at: 48),
      flags: bytes.uint32(at: 56))
  }

  private init(
    digest: Digest, offset: UInt64, storedLength: UInt64, length: UInt64, flags: UInt32
  ) throws(FlawError) {
    let maximum = UInt64(PackFormat.maximumObjectByteCount)
    let flags = PackFlags(rawValue: flags)
    guard flags.isValid else { throw FlawError(.flags) }
    guard storedLength <= maximum, length <= maximum else { throw FlawError(.length) }
    guard flags.encoding != .raw || storedLength == length else { throw FlawError(.rawLength) }
    // Else a small hostile file could claim any amount of memory.
    guard flags.encoding != .zlib || length <= storedLength * PackFormat.maximumZlibRatio else {
      throw FlawError(.ratio)
    }
    // Half of the range, so that the end of an object can be added without overflow.
    guard offset <= UInt64(Int64.max / 2) else { throw FlawError(.offset) }
    self.init(
      digest: digest, offset: Int64(offset), storedByteCount: Int(storedLength),
      byteCount: Int(length), flags: flags)
  }

  struct FlawError: Error {
    let flaw: Flaw

    init(_ flaw: Flaw) { self.flaw = flaw }
  }
}
