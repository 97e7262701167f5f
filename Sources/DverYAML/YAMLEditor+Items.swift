/// Single items of lists in block style. Comments in lines of their own stay where they are.
extension YAMLEditor {
  /// Puts an item at `position` of the list at `path`, which must have items.
  ///
  /// - Parameter item: The dash and the value in lines, as they stand in column 0.
  package mutating func insert(
    item: [UInt8], at position: Int, of path: [YAMLPathStep]
  ) throws(YAMLError) {
    let list = try node(at: path)
    let count = try block(list, .sequence)
    let first = try lines(ofItem: list.items[0])
    let place =
      position > 0
      ? list.items[position - 1].endOfLines : startOfNotes(above: first.lowerBound)
    try insert(item, at: place, indent: column(of: list)) { editor in
      editor.lookUp(path)?.items.count == count + 1
    }
  }

  /// Puts `item` in the place of one of the list at `path`, with all its lines.
  package mutating func replace(
    item: [UInt8], at position: Int, of path: [YAMLPathStep]
  ) throws(YAMLError) {
    let list = try node(at: path)
    let count = try block(list, .sequence)
    let old = try lines(ofItem: list.items[position])
    try replace(old, with: indented(item, by: column(of: list))) { editor in
      editor.lookUp(path)?.items.count == count
    }
  }

  /// Removes an item of the list at `path`, which must have others, with all its lines.
  package mutating func remove(
    itemAt position: Int, of path: [YAMLPathStep]
  ) throws(YAMLError) {
    let list = try node(at: path)
    let count = try block(list, .sequence)
    try replace(try lines(ofItem: list.items[position]), with: []) { editor in
      editor.lookUp(path)?.items.count == count - 1
    }
  }

  /// The lines of an item, which must begin with its dash.
  private func lines(ofItem item: YAMLNode) throws(YAMLError) -> Range<Int> {
    let start = document.startOfLine(at: item.range.lowerBound)
    let lead = bytes[start..<item.range.lowerBound].filter { $0 != UInt8(ascii: " ") }
    guard lead == [UInt8(ascii: "-")] else {
      throw refusal("it does not stand behind a dash of its own", item)
    }
    return start..<item.endOfLines
  }

  /// The start of the comments and blank lines that stand right above the line at `start`.
  private func startOfNotes(above start: Int) -> Int {
    var start = start
    while start > 0 {
      let above = document.startOfLine(at: start - 1)
      let text = bytes[above..<start].drop { $0 == UInt8(ascii: " ") }
      guard let first = text.first, [UInt8(ascii: "#"), UInt8(ascii: "\n")].contains(first) else {
        break
      }
      start = above
    }
    return start
  }
}
