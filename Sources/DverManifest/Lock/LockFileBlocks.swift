import DverYAML

/// The lines that each entry of a lock file takes.
struct LockFileBlocks {
  struct Block {
    let name: String
    /// From the start of the line of the name to the start of the line behind the entry.
    let range: Range<Int>
  }

  /// In file order.
  let blocks: [Block]
  /// Where the first entry begins.
  let start: Int
  /// Where the last entry ends.
  let end: Int
  /// The column of the names, from 0.
  let indent: Int
  /// The line end of the file.
  let lineEnd: [UInt8]

  /// `nil` where entries do not stand in lines of their own.
  init?(_ document: YAMLDocument) {
    guard let root = document.root, root.style == .block,
      let stages = root["stages"], stages.kind == .mapping, let span = stages.lineSpans
    else { return nil }
    blocks = zip(stages.pairs, span.ranges).map { pair, range in
      Block(name: pair.key.text, range: range)
    }
    guard let first = span.ranges.first, let last = span.ranges.last else { return nil }
    start = first.lowerBound
    end = last.upperBound
    indent = span.column
    lineEnd = document.lineEnd
  }
}
