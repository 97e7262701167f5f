/// How DVC names content: by an MD5.
package struct DVCHash: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64
  /// Whether the content is a directory, and the MD5 that of its listing.
  package let isDirectory: Bool
  /// Whether line ends of text counted as one byte, as they did before DVC 3.
  package let ignoresLineEnds: Bool

  /// Reads 32 digits, with `.dir` behind them for a directory; `nil` for anything else.
  package init?(_ text: String, ignoresLineEnds: Bool) {
    let suffix = ".dir"
    isDirectory = text.hasSuffix(suffix)
    let digits = isDirectory ? text.dropLast(suffix.count) : text[...]
    guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit),
      let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    (self.high, self.low, self.ignoresLineEnds) = (high, low, ignoresLineEnds)
  }

  package init(high: UInt64, low: UInt64, ignoresLineEnds: Bool) {
    (self.high, self.low, self.ignoresLineEnds) = (high, low, ignoresLineEnds)
    isDirectory = false
  }

  /// The 32 digits.
  package var digits: String {
    [high, low].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.utf8.count) + text
    }.joined()
  }

  /// The name of an object in a store of DVC, counted from the store's folder.
  package var objectPath: String {
    let digits = digits
    let folder = ignoresLineEnds ? "" : "files/md5/"
    return "\(folder)\(digits.prefix(2))/\(digits.dropFirst(2))\(isDirectory ? ".dir" : "")"
  }
}
