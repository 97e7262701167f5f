/// One change of the disk, as `Tests/FaultShim/record_shim.c` took it down.
struct RecordedOperation: Sendable {
  enum Kind: UInt32, Sendable {
    case create = 1
    case link, rename, unlink, write, truncate, attributes, sync, syncAll, content
  }

  /// A file, and its times after the operation.
  struct Stamp: Sendable, Equatable {
    var inode: UInt64 = 0
    var modified: Int64 = 0
    var changed: Int64 = 0
  }

  var kind: Kind
  /// On stable storage at once: the program is not under test.
  var isDurable: Bool
  /// Of a write; the size for `truncate`; the flags of `rename`.
  var offset: Int64
  var mode: UInt32
  var file: Stamp
  /// Where `name` is.
  var directory: Stamp
  /// Where `otherName` is, the new name of `rename`.
  var otherDirectory: Stamp
  var name: [UInt8]
  var otherName: [UInt8]
  var data: [UInt8]
}

extension [RecordedOperation] {
  /// The operations of a log.
  init(log: [UInt8]) throws {
    self = []
    var reader = RecordReader(bytes: log)
    while !reader.isAtEnd {
      let kind = UInt32(reader.integer(4))
      let isDurable = reader.integer(4) != 0
      let (name, other) = (Int(reader.integer(4)), Int(reader.integer(4)))
      let (data, offset) = (Int(reader.integer(8)), Int64(bitPattern: reader.integer(8)))
      let mode = UInt32(reader.integer(4))
      _ = reader.integer(4)
      let stamps = (0..<3).map { _ in
        RecordedOperation.Stamp(
          inode: reader.integer(8), modified: Int64(bitPattern: reader.integer(8)),
          changed: Int64(bitPattern: reader.integer(8)))
      }
      guard let kind = RecordedOperation.Kind(rawValue: kind) else {
        throw SupportError("the record shim wrote an operation \(kind)")
      }
      append(
        RecordedOperation(
          kind: kind, isDurable: isDurable, offset: offset, mode: mode, file: stamps[0],
          directory: stamps[1], otherDirectory: stamps[2], name: reader.take(name),
          otherName: reader.take(other), data: reader.take(data)))
    }
  }
}

/// Takes little-endian numbers and bytes from a log, one after the other.
private struct RecordReader {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func integer(_ size: Int) -> UInt64 {
    take(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func take(_ count: Int) -> [UInt8] {
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
}
