package import DverCore

/// Where an object stands among all packs of a store.
package struct PackedObject: Sendable, BitwiseCopyable {
  package let digest: Digest
  /// The pack's number and the offset of the record, in one word: a million of these are held in
  /// memory.
  private let place: UInt64
  private let storedLength: UInt32
  private let length: UInt32

  private static let offsetBits: UInt64 = 40
  /// Longer packs cannot be held.
  static let offsetLimit: Int64 = 1 << 40

  init(_ entry: PackEntry, inPack number: Int) {
    digest = entry.digest
    place = UInt64(number) << Self.offsetBits | UInt64(entry.offset)
    storedLength = UInt32(entry.storedByteCount)
    length = UInt32(entry.byteCount)
  }

  var packNumber: Int { Int(place >> Self.offsetBits) }
  /// Where the record begins.
  package var offset: Int64 { Int64(place & (1 << Self.offsetBits - 1)) }
  /// The bytes behind the record.
  package var storedByteCount: Int { Int(storedLength) }
  /// The bytes of the object.
  package var byteCount: Int { Int(length) }
  /// Ascends with the pack, and in a pack with the offset.
  package var order: UInt64 { place }
}
