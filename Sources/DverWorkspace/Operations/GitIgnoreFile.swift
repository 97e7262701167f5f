import DverCore

/// The lines of a `.gitignore` that keep tracked data out of git.
struct GitIgnoreFile {
  private(set) var bytes: [UInt8]
  /// The lines of `bytes`, for pipelines add thousands.
  private var lines: Set<ArraySlice<UInt8>>
  private let hasNegations: Bool

  init(_ bytes: [UInt8] = []) {
    self.bytes = bytes
    lines = Self.lines(bytes)
    hasNegations = lines.contains { $0.first == UInt8(ascii: "!") }
  }

  /// Adds a line for `name`, unless it is there.
  mutating func add(_ name: some Collection<UInt8>) {
    guard !Self.spellings(of: name).contains(where: { lines.contains($0[...]) }) else { return }
    addLast(name)
  }

  /// Adds a line for `name` behind all others, whether or not there is one.
  mutating func addLast(_ name: some Collection<UInt8>) {
    let line = Self.line(for: name)
    lines.insert(line[...])
    append(line)
  }

  /// Whether a negation stands behind the line for `name`, which may take it back.
  func hasNegation(behind name: some Collection<UInt8>) -> Bool {
    guard hasNegations else { return false }
    let spellings = Self.spellings(of: name)
    var isBehind = false
    var found = false
    for candidate in bytes.split(separator: UInt8(ascii: "\n")) {
      let content = candidate.last == UInt8(ascii: "\r") ? candidate.dropLast() : candidate
      if spellings.contains(where: { content.elementsEqual($0) }) {
        (isBehind, found) = (true, false)
      } else if isBehind, content.first == UInt8(ascii: "!") {
        found = true
      }
    }
    return found
  }

  private mutating func append(_ line: [UInt8]) {
    if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    bytes.append(contentsOf: line)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Removes the line for `name`, if it is there, in each of its spellings.
  mutating func remove(_ name: some Collection<UInt8>) {
    let spellings = Self.spellings(of: name)
    var kept: [UInt8] = []
    for candidate in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let content = candidate.last == UInt8(ascii: "\r") ? candidate.dropLast() : candidate
      if spellings.contains(where: { content.elementsEqual($0) }) { continue }
      kept.append(contentsOf: candidate)
      kept.append(UInt8(ascii: "\n"))
    }
    // The split saw an empty line behind the last line end, or a last line without one.
    if !kept.isEmpty { kept.removeLast() }
    bytes = kept
    for line in spellings { lines.remove(line[...]) }
  }

  private static func lines(_ bytes: [UInt8]) -> Set<ArraySlice<UInt8>> {
    Set(
      bytes.split(separator: UInt8(ascii: "\n")).map {
        $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0
      })
  }

  /// The lines for `name`: the one that is written now, then the one of earlier versions, which git
  /// reads alike.
  private static func spellings(of name: some Collection<UInt8>) -> [[UInt8]] {
    [line(for: name), line(for: name, escaping: #"*?[\"#)]
  }

  /// `/name`, with what git may take for a pattern escaped; the same characters as in DVC's lines, so
  /// that those of a project that was converted are known again.
  private static func line(
    for name: some Collection<UInt8>, escaping special: String = #"*?[]!#\"#
  ) -> [UInt8] {
    let special = Array(special.utf8)
    var line = [RepositoryPath.slash]
    let last = name.count - 1
    let lastNonBlank = Array(name).lastIndex { $0 != UInt8(ascii: " ") } ?? -1
    for (index, byte) in name.enumerated() {
      let isSpecial = special.contains(byte)
      let isTrailingBlank = byte == UInt8(ascii: " ") && index > lastNonBlank
      if isSpecial || isTrailingBlank { line.append(UInt8(ascii: "\\")) }
      // A line cannot hold a line end, so any byte that cannot be printed has to do.
      switch byte {
      case UInt8(ascii: "\n"): line += Array("[! -~]".utf8)
      // Git would take it for a part of the line end.
      case UInt8(ascii: "\r") where index == last: line += Array("[\r]".utf8)
      default: line.append(byte)
      }
    }
    return line
  }
}
