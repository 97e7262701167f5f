package import DverCore

/// Where an object stands among all packs of a store.
package struct PackedObject: Sendable, BitwiseCopyable {
  package let digest: Digest
  /// The pack's number and the offset of the record, in one word: a million of these are held in
  /// memory.
  private let place: UInt64
  /// A length in the lower 27 bits, the encoding above.
  private let storedLength: UInt32
  /// A length in the lower 27 bits, the kind above.
  private let length: UInt32

  private static let offsetBits: UInt64 = 40
  /// Longer packs cannot be held.
  static let offsetLimit: Int64 = 1 << 40
  private static let lengthBits: UInt32 = 27
  private static let lengthMask: UInt32 = 1 << lengthBits - 1

  init(_ entry: PackEntry, inPack number: Int) {
    digest = entry.digest
    place = UInt64(number) << Self.offsetBits | UInt64(entry.offset)
    let flags = entry.flags.rawValue
    // Numbers that are not known yet need not be told apart.
    storedLength = UInt32(entry.storedByteCount) | min(flags & 0xff, 31) << Self.lengthBits
    length = UInt32(entry.byteCount) | min(flags >> 8 & 0xff, 31) << Self.lengthBits
  }

  /// Whether a record says the same as the table did.
  func agrees(with entry: PackEntry) -> Bool {
    let other = PackedObject(entry, inPack: packNumber)
    return digest == other.digest && place == other.place && length == other.length
      && storedLength == other.storedLength
  }

  var packNumber: Int { Int(place >> Self.offsetBits) }
  /// Where the record begins.
  package var offset: Int64 { Int64(place & (1 << Self.offsetBits - 1)) }
  /// The bytes behind the record.
  package var storedByteCount: Int { Int(storedLength & Self.lengthMask) }
  /// The bytes of the object.
  package var byteCount: Int { Int(length & Self.lengthMask) }
  /// Ascends with the pack, and in a pack with the offset.
  package var order: UInt64 { place }
}
