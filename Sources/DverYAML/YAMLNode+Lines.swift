extension YAMLDocument {
  private static let lineFeed = UInt8(ascii: "\n")

  /// The line end of the first line, LF if there is none.
  package var lineEnd: [UInt8] {
    let first = bytes.firstIndex(of: Self.lineFeed) ?? 0
    let isWindows = first > 0 && bytes[first - 1] == UInt8(ascii: "\r")
    return isWindows ? [UInt8(ascii: "\r"), Self.lineFeed] : [Self.lineFeed]
  }

  /// Where the first line starts: behind a byte order mark, if there is one.
  var startOfText: Int { bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0 }

  /// The start of the line that holds byte `offset`.
  func startOfLine(at offset: Int) -> Int {
    bytes[..<offset].lastIndex(of: Self.lineFeed).map { $0 + 1 } ?? startOfText
  }

  /// The start of the line behind the one that holds byte `offset`, or the end of the text.
  func endOfLine(at offset: Int) -> Int {
    if offset > 0, offset < bytes.count, bytes[offset - 1] == Self.lineFeed { return offset }
    return bytes[offset...].firstIndex(of: Self.lineFeed).map { $0 + 1 } ?? bytes.count
  }
}

extension YAMLNode {
  /// The start of the line behind the last one that belongs to the node.
  var endOfLines: Int {
    var last = self
    while last.kind != .scalar, !last.isAlias, last.style != .flow, let child = last.children.last {
      last = child
    }
    let isBlockScalar = !last.isAlias && (last.style == .literal || last.style == .folded)
    return document.endOfLine(at: isBlockScalar ? last.trimmedEnd : last.range.upperBound)
  }

  /// Where the text of a block scalar ends, without the blank lines that do not count.
  var trimmedEnd: Int {
    let lineFeed = UInt8(ascii: "\n")
    let header = document.bytes[range].prefix { $0 != lineFeed }
    if header.contains(UInt8(ascii: "+")) { return range.upperBound }
    let blanks: Set<UInt8> = [lineFeed, UInt8(ascii: "\r"), UInt8(ascii: " ")]
    return (document.bytes[range].lastIndex { !blanks.contains($0) } ?? range.lowerBound) + 1
  }

  /// The lines of each pair of a block mapping: from the start of the key's line to the start of
  /// the line behind the value; `column` is that of the keys, from 0.
  ///
  /// `nil` where the pairs do not stand in lines of their own or reach out of them: in flow style,
  /// with an explicit key, with anchors, aliases, tags or `<<`, and in an empty mapping.
  package var lineSpans: (ranges: [Range<Int>], column: Int)? {
    guard record.kind == .mapping, style == .block, !isAlias, !record.hasProperties,
      !record.hasMerge, record.next > index + 1
    else { return nil }
    let inside = document.records[(index + 1)..<Int(record.next)]
    guard !inside.contains(where: { $0.hasProperties || $0.kind == .alias }) else { return nil }
    let blank = UInt8(ascii: " ")
    var ranges: [Range<Int>] = []
    var column = 0
    for (key, value) in ownPairs {
      let start = document.startOfLine(at: key.range.lowerBound)
      column = key.range.lowerBound - start
      guard document.bytes[start..<key.range.lowerBound].allSatisfy({ $0 == blank }),
        start >= ranges.last?.upperBound ?? 0
      else { return nil }
      ranges.append(start..<value.endOfLines)
    }
    return (ranges, column)
  }
}
