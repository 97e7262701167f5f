import DverCore

/// Digests to and from hexadecimal, eight digits a step: a manifest of a million entries holds 64
/// million of them.
enum HexText {
  /// The first eight digits in the most significant byte first; `nil` for anything but lower-case
  /// hexadecimal digits.
  @inline(__always)
  static func value(ofDigits digits: UInt64) -> UInt64? {
    let letters = (digits >> 6) & 0x0101_0101_0101_0101
    var nibbles = (digits & 0x0f0f_0f0f_0f0f_0f0f) + letters * 9
    guard nibbles & 0xf0f0_f0f0_f0f0_f0f0 == 0, Self.digits(ofNibbles: nibbles) == digits else {
      return nil
    }
    nibbles = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff
    nibbles = (nibbles | nibbles >> 8) & 0x0000_ffff_0000_ffff
    return (nibbles | nibbles >> 16) & 0xffff_ffff
  }

  /// The eight digits of the low 32 bits of `value`, the first in the most significant byte.
  @inline(__always)
  static func digits(of value: UInt64) -> UInt64 {
    var nibbles = value & 0xffff_ffff
    nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff
    nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff
    nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f
    return digits(ofNibbles: nibbles)
  }

  @inline(__always)
  private static func digits(ofNibbles nibbles: UInt64) -> UInt64 {
    let letters = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
  }

  /// Reads the 64 digits from `start` on, which lie inside `text`.
  static func digest(in text: Span<UInt8>, at start: Int) -> Digest? {
    precondition(start >= 0 && start + Digest.hexCount <= text.count)
    let bytes = unsafe text.bytes
    func word(_ index: Int) -> UInt64? {
      let offset = start + index * 16
      let high = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let low = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
      guard let high = value(ofDigits: high.bigEndian), let low = value(ofDigits: low.bigEndian)
      else { return nil }
      return high << 32 | low
    }
    guard let first = word(0), let second = word(1), let third = word(2), let fourth = word(3)
    else { return nil }
    return Digest(words: (first, second, third, fourth))
  }

  /// Appends the 16 digits of `word`.
  static func append(_ word: UInt64, to text: inout [UInt8]) {
    var pair = (digits(of: word >> 32).bigEndian, digits(of: word).bigEndian)
    unsafe withUnsafeBytes(of: &pair) { unsafe text.append(contentsOf: $0) }
  }

  /// Appends the 64 digits of `digest`.
  static func append(_ digest: Digest, to text: inout [UInt8]) {
    let words = digest.words
    var all = (
      digits(of: words.0 >> 32).bigEndian, digits(of: words.0).bigEndian,
      digits(of: words.1 >> 32).bigEndian, digits(of: words.1).bigEndian,
      digits(of: words.2 >> 32).bigEndian, digits(of: words.2).bigEndian,
      digits(of: words.3 >> 32).bigEndian, digits(of: words.3).bigEndian
    )
    unsafe withUnsafeBytes(of: &all) { unsafe text.append(contentsOf: $0) }
  }
}
