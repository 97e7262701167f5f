/// Turns the bytes of a pattern into tokens.
struct WildcardParser {
  private let pattern: [UInt8]
  private var index = 0
  private(set) var tokens: [UInt16] = []
  private(set) var sets: [ByteSet] = []

  private static let slash = UInt8(ascii: "/")
  private static let star = UInt8(ascii: "*")
  private static let backslash = UInt8(ascii: "\\")
  /// Sets share the 16 bits of a token with bytes and wildcards.
  private static let maximumSetCount = 65_000

  init(_ pattern: [UInt8]) {
    self.pattern = pattern
    tokens.reserveCapacity(pattern.count)
  }

  /// Reads all of the pattern; `false` where nothing could match it.
  mutating func parse() -> Bool {
    while let byte = next() {
      switch byte {
      case Self.backslash:
        guard let literal = next() else { return false }
        tokens.append(UInt16(literal))
      case UInt8(ascii: "?"):
        tokens.append(WildcardPattern.anyByte)
      case Self.star:
        parseRun()
      case UInt8(ascii: "["):
        guard sets.count < Self.maximumSetCount, let set = parseSet() else { return false }
        tokens.append(WildcardPattern.firstSet + UInt16(sets.count))
        sets.append(set)
      default:
        tokens.append(UInt16(byte))
      }
    }
    return true
  }

  private mutating func next() -> UInt8? {
    guard index < pattern.count else { return nil }
    index += 1
    return pattern[index - 1]
  }

  private func peek(_ offset: Int = 0) -> UInt8? {
    index + offset < pattern.count ? pattern[index + offset] : nil
  }

  /// Reads the stars behind a first one.
  private mutating func parseRun() {
    let isAtStart = index == 1 || pattern[index - 2] == Self.slash
    let isDouble = peek() == Self.star
    while peek() == Self.star { index += 1 }
    if isDouble && isAtStart && peek() == Self.slash {
      index += 1
      tokens.append(WildcardPattern.folders)
    } else if isDouble && isAtStart && (peek() == nil || isEscapedSlash) {
      tokens.append(WildcardPattern.deepRun)
    } else {
      tokens.append(WildcardPattern.run)
    }
  }

  private var isEscapedSlash: Bool { peek() == Self.backslash && peek(1) == Self.slash }

  /// Reads a set behind its `[`; a `]` that comes first is a member.
  private mutating func parseSet() -> ByteSet? {
    var set = ByteSet()
    let isNegated = peek() == UInt8(ascii: "!") || peek() == UInt8(ascii: "^")
    if isNegated { index += 1 }
    // The start of a range; none behind a range or a class.
    var previous: UInt8?
    repeat {
      guard let byte = next() else { return nil }
      if byte == UInt8(ascii: "-"), let first = previous, let end = peek(),
        end != UInt8(ascii: "]")
      {
        guard let last = nextUnescaped() else { return nil }
        if first <= last { (first...last).forEach { set.insert($0) } }
        previous = nil
      } else if byte == UInt8(ascii: "["), peek() == UInt8(ascii: ":") {
        guard let isClass = parseClass(into: &set) else { return nil }
        previous = isClass ? nil : byte
      } else {
        guard let member = byte == Self.backslash ? next() : byte else { return nil }
        set.insert(member)
        previous = member
      }
    } while peek() != UInt8(ascii: "]")
    index += 1
    if isNegated { set.invert() }
    set.remove(Self.slash)
    return set
  }

  private mutating func nextUnescaped() -> UInt8? {
    let byte = next()
    return byte == Self.backslash ? next() : byte
  }

  /// Reads `:name:]` behind a `[`; `false` where `:]` is missing and the bracket is an ordinary
  /// member, `nil` where the pattern ends or knows no such class.
  private mutating func parseClass(into set: inout ByteSet) -> Bool? {
    let start = index + 1
    guard let end = pattern[start...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
    guard end > start, pattern[end - 1] == UInt8(ascii: ":") else {
      set.insert(UInt8(ascii: "["))
      return false
    }
    guard set.insert(posixClass: pattern[start..<end - 1]) else { return nil }
    index = end + 1
    return true
  }
}
