import DverCore

/// One pattern of an ignore file, taken apart once so that most paths are turned away by a few
/// comparisons.
struct IgnoreRule: Sendable {
  /// How a pattern is compared.
  enum Shape: Sendable {
    /// No path can match.
    case nothing
    /// The last component is these bytes.
    case name(Range<Int>)
    /// The last component ends in these bytes.
    case nameSuffix(Range<Int>)
    /// The last component matches.
    case nameWildcard(WildcardPattern)
    /// The path below the file's folder is these bytes.
    case path(Range<Int>)
    /// The path below the file's folder begins with these bytes, and what follows them matches.
    case pathWildcard(prefix: Range<Int>, WildcardPattern)
  }

  /// The pattern as written, without blanks and carriage return at the end; into the file's bytes.
  let text: Range<Int>
  /// Counted from 1.
  let line: Int
  let isNegated: Bool
  let matchesOnlyDirectories: Bool
  let shape: Shape

  /// Reads the pattern that stands at `text` of `contents`.
  init(text: Range<Int>, line: Int, in contents: [UInt8]) {
    var pattern = text
    isNegated = contents[pattern].first == UInt8(ascii: "!")
    if isNegated { pattern = pattern.lowerBound + 1..<pattern.upperBound }
    matchesOnlyDirectories = contents[pattern].last == RepositoryPath.slash
    if matchesOnlyDirectories { pattern = pattern.lowerBound..<pattern.upperBound - 1 }
    self.text = text
    self.line = line
    shape =
      contents[pattern].contains(RepositoryPath.slash)
      ? Self.pathShape(pattern, in: contents) : Self.nameShape(pattern, in: contents)
  }

  private static func nameShape(_ pattern: Range<Int>, in contents: [UInt8]) -> Shape {
    let literalCount = WildcardPattern.literalCount(contents.span.extracting(pattern))
    if pattern.isEmpty { return .nothing }
    if literalCount == pattern.count { return .name(pattern) }
    if contents[pattern.lowerBound] == UInt8(ascii: "*") {
      let suffix = pattern.lowerBound + 1..<pattern.upperBound
      let count = WildcardPattern.literalCount(contents.span.extracting(suffix))
      if count == suffix.count { return .nameSuffix(suffix) }
    }
    guard let wildcard = WildcardPattern(contents[pattern]) else { return .nothing }
    return .nameWildcard(wildcard)
  }

  private static func pathShape(_ anchored: Range<Int>, in contents: [UInt8]) -> Shape {
    var pattern = anchored
    if contents[pattern.lowerBound] == RepositoryPath.slash {
      pattern = pattern.lowerBound + 1..<pattern.upperBound
    }
    let anywhere = Array("**/".utf8)
    if contents[pattern].starts(with: anywhere) {
      let name = pattern.lowerBound + anywhere.count..<pattern.upperBound
      if !contents[name].contains(RepositoryPath.slash) { return nameShape(name, in: contents) }
    }
    // As in git, wildcards are read from the first one on: the two stars of `a**/b` stand at the
    // start of what is left then, and cross slashes.
    let end = pattern.lowerBound + WildcardPattern.literalCount(contents.span.extracting(pattern))
    let prefix = pattern.lowerBound..<end
    if prefix.isEmpty && pattern.isEmpty { return .nothing }
    if prefix == pattern { return .path(pattern) }
    guard let wildcard = WildcardPattern(contents[end..<pattern.upperBound]) else {
      return .nothing
    }
    return .pathWildcard(prefix: prefix, wildcard)
  }

  /// Whether the rule matches.
  ///
  /// - Parameters:
  ///   - path: The path below the file's folder.
  ///   - name: Where its last component begins.
  ///   - contents: The bytes that the rule was read from.
  func matches(_ path: Span<UInt8>, name: Int, isDirectory: Bool, contents: Span<UInt8>) -> Bool {
    if matchesOnlyDirectories && !isDirectory { return false }
    switch shape {
    case .nothing:
      return false
    case .name(let literal):
      return path.count - name == literal.count && Self.equal(path, name, contents, literal)
    case .nameSuffix(let suffix):
      let start = path.count - suffix.count
      return start >= name && Self.equal(path, start, contents, suffix)
    case .nameWildcard(let wildcard):
      return wildcard.matches(path.extracting(droppingFirst: name))
    case .path(let literal):
      return path.count == literal.count && Self.equal(path, 0, contents, literal)
    case .pathWildcard(let prefix, let wildcard):
      return path.count >= prefix.count && Self.equal(path, 0, contents, prefix)
        && wildcard.matches(path.extracting(droppingFirst: prefix.count))
    }
  }

  /// Whether the bytes from `start` on are `literal`; from the end, where names differ sooner.
  private static func equal(
    _ path: Span<UInt8>, _ start: Int, _ contents: Span<UInt8>, _ literal: Range<Int>
  ) -> Bool {
    var index = literal.count
    while index > 0 {
      index -= 1
      if path[start + index] != contents[literal.lowerBound + index] { return false }
    }
    return true
  }
}
