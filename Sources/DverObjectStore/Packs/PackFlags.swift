/// How an object is stored in a pack, and what it is.
package struct PackFlags: Hashable, Sendable {
  /// How the stored bytes become the object's.
  package enum Encoding: UInt8, Sendable {
    case raw = 0
    /// A zlib stream (RFC 1950).
    case zlib = 1
    /// Reserved; this version neither writes nor reads it.
    case zstd = 2
  }

  /// What the object's bytes are.
  package enum Kind: UInt8, Sendable {
    case content = 0
    /// A list of the objects that the content consists of.
    case recipe = 1
  }

  /// Bits 0–7 the encoding, bits 8–15 the kind, the others zero.
  package let rawValue: UInt32

  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  package init(_ encoding: Encoding, _ kind: Kind) {
    rawValue = UInt32(encoding.rawValue) | UInt32(kind.rawValue) << 8
  }

  /// `nil` for an encoding of a later version.
  package var encoding: Encoding? { Encoding(rawValue: encodingNumber) }
  /// `nil` for a kind of a later version.
  package var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: rawValue >> 8)) }

  var encodingNumber: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
  /// Bits without a meaning are zero.
  var isValid: Bool { rawValue >> 16 == 0 }
}
