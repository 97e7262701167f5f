/// The layout of a pack, version 1; every number is little-endian.
///
/// A header, the records one behind the other without gaps, a table of them sorted by digest, a
/// fan-out, and a footer at the end of the file:
///
///     header   dverpack, version u32, zero u32
///     record   magic u32, flags u32, stored length u64, length u64, digest 32, then the stored bytes
///     table    digest 32, offset of the record u64, stored length u64, length u64, flags u32, zero u32
///     fan-out  256 × u32: the count of objects whose first digest byte is at most 0, 1, … 255
///     footer   table offset u64, count u64, SHA-256 of table and fan-out, version u32, zero u32,
///              dverpend
package enum PackFormat {
  package static let version: UInt32 = 1

  static let headerByteCount = 16
  static let recordByteCount = 56
  static let tableEntryByteCount = 64
  static let fanOutByteCount = 256 * 4
  static let footerByteCount = 64

  static let headerMagic = Array("dverpack".utf8)
  static let footerMagic = Array("dverpend".utf8)
  /// `d7 6f 62 6a` on disk: `obj` behind a byte that begins no ASCII text, so that a scan for
  /// records does not mistake plain text for one.
  static let recordMagic: UInt32 = 0x6a62_6fd7

  /// The longest object in a pack, stored or not. Packs are for small objects; the limit keeps a
  /// damaged length from becoming a huge allocation.
  package static let maximumObjectByteCount = 1 << 26
  /// The most bytes that a byte of a zlib stream can stand for: 258 for two bits (RFC 1951).
  static let maximumZlibRatio: UInt64 = 1032
  /// The most objects in a pack, which bounds what opening one costs.
  package static let maximumObjectCount = 1 << 22
  /// A pack that has come to this length is closed.
  package static let closingByteCount: Int64 = 1 << 26
  /// So is one of so many objects: its table is in memory until then.
  package static let closingObjectCount = 1 << 16
}
