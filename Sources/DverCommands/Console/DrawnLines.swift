/// What is drawn at the bottom of a terminal.
struct DrawnLines {
  var lines: [String] = []
  var progress: String?
  /// How many lines stand there now, the cursor at the end of the last one.
  private var shownCount = 0

  mutating func erasing() -> [UInt8] {
    defer { shownCount = 0 }
    guard shownCount > 0 else { return [] }
    let up = shownCount > 1 ? "\u{1b}[\(shownCount - 1)A" : ""
    return Array("\r\(up)\u{1b}[J".utf8)
  }

  mutating func drawing() -> [UInt8] {
    let all = lines + [progress].compactMap(\.self)
    shownCount = all.count
    return Array(all.joined(separator: "\n").utf8)
  }
}
