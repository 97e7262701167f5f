/// A SHA-256 value: the name of an object.
///
/// Ordered and printed as its 32 bytes are.
package struct Digest: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The bytes in order, eight to a word, the first byte the most significant.
  package let words: (UInt64, UInt64, UInt64, UInt64)

  /// The count of bytes in a digest.
  package static let byteCount = 32
  /// The count of characters in a printed digest.
  package static let hexCount = 64

  /// Stands where there is no content.
  package static let zero = Digest(words: (0, 0, 0, 0))

  package init(words: (UInt64, UInt64, UInt64, UInt64)) {
    self.words = words
  }

  /// Takes the first 32 of `bytes`; the caller vouches for the count.
  package init(bytes: Span<UInt8>) {
    precondition(bytes.count >= Self.byteCount)
    let raw = unsafe bytes.bytes
    func word(_ start: Int) -> UInt64 {
      UInt64(bigEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    self.init(words: (word(0), word(8), word(16), word(24)))
  }

  /// Reads 64 lower-case hexadecimal digits; `nil` for anything else.
  package init?(hex: Span<UInt8>) {
    guard hex.count == Self.hexCount else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for index in 0..<Self.hexCount {
      let character = hex[index]
      let value: UInt64
      switch character {
      case 0x30...0x39: value = UInt64(character - 0x30)
      case 0x61...0x66: value = UInt64(character - 0x61 + 10)
      default: return nil
      }
      switch index >> 4 {
      case 0: words.0 = words.0 << 4 | value
      case 1: words.1 = words.1 << 4 | value
      case 2: words.2 = words.2 << 4 | value
      default: words.3 = words.3 << 4 | value
      }
    }
    self.init(words: words)
  }

  /// Reads 64 lower-case hexadecimal digits; `nil` for anything else.
  package init?(hex: some StringProtocol) {
    let bytes = Array(hex.utf8)
    self.init(hex: bytes.span)
  }

  /// Byte `index` of the digest, 0 the first.
  package subscript(index: Int) -> UInt8 {
    let word =
      switch index >> 3 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - (index & 7) * 8))
  }

  /// The 32 bytes.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Appends the 32 bytes to `bytes`.
  package func append(to bytes: inout [UInt8]) {
    let ordered = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    unsafe withUnsafeBytes(of: ordered) { unsafe bytes.append(contentsOf: $0) }
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String {
    var text: [UInt8] = []
    appendHex(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends 64 lower-case hexadecimal digits to `text`.
  package func appendHex(to text: inout [UInt8]) {
    text.reserveCapacity(text.count + Self.hexCount)
    func append(_ word: UInt64) {
      for shift in stride(from: 60 as UInt64, through: 0, by: -4) {
        let nibble = UInt8(truncatingIfNeeded: word >> shift) & 15
        text.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
      }
    }
    append(words.0)
    append(words.1)
    append(words.2)
    append(words.3)
  }

  package static func == (left: Digest, right: Digest) -> Bool {
    left.words.0 == right.words.0 && left.words.1 == right.words.1
      && left.words.2 == right.words.2 && left.words.3 == right.words.3
  }

  package static func < (left: Digest, right: Digest) -> Bool {
    if left.words.0 != right.words.0 { return left.words.0 < right.words.0 }
    if left.words.1 != right.words.1 { return left.words.1 < right.words.1 }
    if left.words.2 != right.words.2 { return left.words.2 < right.words.2 }
    return left.words.3 < right.words.3
  }

  package func hash(into hasher: inout Hasher) {
    // The value is uniformly distributed already.
    hasher.combine(words.0)
  }
}

extension Digest: CustomStringConvertible {
  package var description: String { hex }
}
