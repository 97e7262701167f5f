import DverCore

/// Merges versions of a `.gitignore` as sets of lines, for two data sets that were added side by
/// side are no contradiction.
enum IgnoreMerge {
  /// Our version with what their side changed; `nil` where that is more than lines of dver.
  static func merged(base: [UInt8], ours: [UInt8], theirs: [UInt8]) -> [UInt8]? {
    let (old, present, other) = (Set(lines(base)), Set(lines(ours)), lines(theirs))
    let added = other.filter { !old.contains($0) }
    let kept = Set(other)
    let removed = lines(base).filter { !kept.contains($0) }
    guard (added + removed).allSatisfy(isOwn) else { return nil }
    let gone = Set(removed)
    var result: [UInt8] = []
    let end = UInt8(ascii: "\n")
    for line in ours.split(separator: end, omittingEmptySubsequences: false) {
      if gone.contains(plain(line)) { continue }
      result += line + [end]
    }
    // The split saw an empty line behind the last line end, or a last line without one.
    if !result.isEmpty { result.removeLast() }
    for line in added where !present.contains(line) {
      if let last = result.last, last != end { result.append(end) }
      result += line + [end]
    }
    return result
  }

  /// Whether dver may have written the line: one name, from the file's folder on.
  private static func isOwn(_ line: ArraySlice<UInt8>) -> Bool {
    line.isEmpty || line.first == RepositoryPath.slash
  }

  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "\n")).map(plain)
  }

  private static func plain(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }
}
