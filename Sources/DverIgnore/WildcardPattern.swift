/// A glob over the bytes of a whole path, with git's meaning of every character.
///
/// `?` matches one byte, `*` any run of bytes, `[…]` one byte of a set; none of them matches `/`.
/// `**/` at the start or behind a `/` matches any number of folders, also none, and `/**` at the
/// end everything below; elsewhere `**` is `*`. A backslash takes the next byte literally.
///
/// A match costs at most the square of the path's length, whatever the pattern.
package struct WildcardPattern: Sendable, Hashable {
  /// Bytes of the path as they are, or one of the values below, or `firstSet` and up.
  let tokens: [UInt16]
  /// What the tokens from `firstSet` on match.
  let sets: [ByteSet]
  private let bytes: [UInt8]

  /// `?`
  static let anyByte: UInt16 = 256
  /// `*`
  static let run: UInt16 = 257
  /// `**` where it crosses slashes, without a slash behind it.
  static let deepRun: UInt16 = 258
  /// `**/` where it crosses slashes: nothing, or anything that ends in a slash.
  static let folders: UInt16 = 259
  static let firstSet: UInt16 = 260

  /// Compiles a pattern; `nil` where nothing could match it: a set without end or with an unknown
  /// class, a backslash at the end, or more than 65,000 sets.
  package init?(_ pattern: some Sequence<UInt8>) {
    let bytes = Array(pattern)
    var parser = WildcardParser(bytes)
    guard parser.parse() else { return nil }
    self.init(bytes: bytes, tokens: parser.tokens, sets: parser.sets)
  }

  package init?(_ pattern: String) {
    self.init(pattern.utf8)
  }

  private init(bytes: [UInt8], tokens: [UInt16], sets: [ByteSet]) {
    self.bytes = bytes
    self.tokens = tokens
    self.sets = sets
  }

  /// Whether the pattern is more than a literal path.
  package var hasWildcards: Bool { Self.literalCount(bytes.span) < bytes.count }

  /// The folder below which everything lies that the pattern can match, without a slash at the
  /// end; empty where that may be anywhere.
  package var fixedFolder: ArraySlice<UInt8> {
    let literal = bytes[..<Self.literalCount(bytes.span)]
    return bytes[..<(literal.lastIndex(of: 0x2f) ?? 0)]
  }

  /// The count of bytes in front of the first `*`, `?`, `[` or backslash.
  static func literalCount(_ pattern: Span<UInt8>) -> Int {
    for index in pattern.indices where isSpecial(pattern[index]) { return index }
    return pattern.count
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == 0x2a || byte == 0x3f || byte == 0x5b || byte == 0x5c
  }
}

extension WildcardPattern {
  package func matches(_ path: [UInt8]) -> Bool { matches(path.span) }

  /// Whether the pattern matches all of `path`.
  ///
  /// Greedy: each run takes as little as it can. When the rest fails, the last `*` takes one byte
  /// more, up to the next slash, then the last `**` does. Older runs need no second try: whatever
  /// they could reach, the newer one reaches too.
  package func matches(_ path: Span<UInt8>) -> Bool {
    let tokens = tokens.span
    var position = 0
    var token = 0
    var run = Retry()
    var deep = Retry()
    while true {
      if token == tokens.count {
        if position == path.count { return true }
      } else if tokens[token] == Self.run {
        run = Retry(token: token, position: position)
        token += 1
        continue
      } else if tokens[token] == Self.deepRun || tokens[token] == Self.folders {
        if token + 1 == tokens.count && tokens[token] == Self.deepRun { return true }
        deep = Retry(token: token, position: position)
        run = Retry()
        token += 1
        continue
      } else if position == path.count {
        // Another try would have fewer bytes for the same tokens.
        return false
      } else if matches(tokens[token], path[position]) {
        position += 1
        token += 1
        continue
      }
      if run.extend(in: path) {
        (position, token) = (run.position, run.token + 1)
      } else if deep.token >= 0,
        deep.extend(in: path, byFolder: tokens[deep.token] == Self.folders)
      {
        (position, token) = (deep.position, deep.token + 1)
        run = Retry()
      } else {
        return false
      }
    }
  }

  private func matches(_ token: UInt16, _ byte: UInt8) -> Bool {
    if token < Self.anyByte { return token == UInt16(byte) }
    if token == Self.anyByte { return byte != 0x2f }
    return sets[Int(token - Self.firstSet)].contains(byte)
  }

  /// A run to come back to: its token, and where the path goes on behind what it took.
  private struct Retry {
    var token = -1
    var position = 0

    /// Takes one byte more, but no slash.
    mutating func extend(in path: Span<UInt8>) -> Bool {
      guard token >= 0, position < path.count, path[position] != 0x2f else { return false }
      position += 1
      return true
    }

    /// Takes one byte more, or everything up to and with the next slash.
    mutating func extend(in path: Span<UInt8>, byFolder: Bool) -> Bool {
      guard byFolder else {
        position += 1
        return position <= path.count
      }
      while position < path.count {
        position += 1
        if path[position - 1] == 0x2f { return true }
      }
      return false
    }
  }
}
