/// A set of byte values: what a `[…]` of a pattern matches.
struct ByteSet: Sendable, Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word >> UInt64(byte & 63) & 1 == 1
  }

  mutating func insert(_ byte: UInt8) { update(byte) { $0 |= $1 } }

  mutating func remove(_ byte: UInt8) { update(byte) { $0 &= ~$1 } }

  mutating func invert() { words = (~words.0, ~words.1, ~words.2, ~words.3) }

  private mutating func update(_ byte: UInt8, _ change: (inout UInt64, UInt64) -> Void) {
    let bit = (1 as UInt64) << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: change(&words.0, bit)
    case 1: change(&words.1, bit)
    case 2: change(&words.2, bit)
    default: change(&words.3, bit)
    }
  }

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

extension ByteSet {
  /// Adds the members of a POSIX class such as `alpha`, as git defines them: ASCII alone, and white
  /// space without vertical tab and form feed; `false` for an unknown name.
  mutating func insert(posixClass name: ArraySlice<UInt8>) -> Bool {
    guard let isMember = Self.posixClass(String(decoding: name, as: UTF8.self)) else {
      return false
    }
    for byte: UInt8 in 0..<0x80 where isMember(byte) { insert(byte) }
    return true
  }

  private static func posixClass(_ name: String) -> ((UInt8) -> Bool)? {
    switch name {
    case "alnum": { isLetter($0) || isDigit($0) }
    case "alpha": { isLetter($0) }
    case "blank": { $0 == 0x20 || $0 == 0x09 }
    case "cntrl": { $0 < 0x20 || $0 == 0x7f }
    case "digit": { isDigit($0) }
    case "graph": { isGraphic($0) }
    case "lower": { (0x61...0x7a).contains($0) }
    case "print": { isGraphic($0) || $0 == 0x20 }
    case "punct": { isGraphic($0) && !isLetter($0) && !isDigit($0) }
    case "space": { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    case "upper": { (0x41...0x5a).contains($0) }
    case "xdigit": { isDigit($0) || (0x61...0x66).contains($0 | 0x20) }
    default: nil
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
  private static func isGraphic(_ byte: UInt8) -> Bool { (0x21...0x7e).contains(byte) }
}
