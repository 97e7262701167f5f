/// Single items of lists in block style. Comments in lines of their own stay where they are.
extension YAMLEditor {
  /// Adds `- scalar` behind the last item of the list at `path`.
  package mutating func append(
    _ scalar: YAMLScalar, to path: [YAMLPathStep]
  ) throws(YAMLError) {
    var writer = YAMLWriter(isOldVersion: document.isOldVersion)
    writer.dash(indent: 0)
    writer.value(scalar)
    try append(item: writer.bytes, to: path)
  }

  /// Adds an item behind the last one of the list at `path`.
  ///
  /// - Parameter item: The dash and the value in lines, as they stand in column 0.
  package mutating func append(item: [UInt8], to path: [YAMLPathStep]) throws(YAMLError) {
    let list = try list(at: path)
    let (end, position) = (list.endOfLines, list.items.count)
    try replace(end..<end, withItem: item, at: position, of: path, countChange: 1)
  }

  /// Puts an item at `position` of the list at `path`, which must have items.
  ///
  /// - Parameter item: The dash and the value in lines, as they stand in column 0.
  package mutating func insert(
    item: [UInt8], at position: Int, of path: [YAMLPathStep]
  ) throws(YAMLError) {
    let items = try list(at: path).items
    let first = try lines(ofItem: items[0])
    let place =
      position > 0 ? items[position - 1].endOfLines : startOfNotes(above: first.lowerBound)
    try replace(place..<place, withItem: item, at: position, of: path, countChange: 1)
  }

  /// Puts `item` in the place of one of the list at `path`, with all its lines.
  package mutating func replace(
    item: [UInt8], at position: Int, of path: [YAMLPathStep]
  ) throws(YAMLError) {
    let old = try lines(ofItem: try list(at: path).items[position])
    try replace(old, withItem: item, at: position, of: path, countChange: 0)
  }

  /// Removes an item of the list at `path`, which must have others, with all its lines.
  package mutating func remove(
    itemAt position: Int, of path: [YAMLPathStep]
  ) throws(YAMLError) {
    let old = try lines(ofItem: try list(at: path).items[position])
    try replace(old, withItem: [], at: position, of: path, countChange: -1)
  }

  /// The list in block style at `path`.
  private func list(at path: [YAMLPathStep]) throws(YAMLError) -> YAMLNode {
    let list = try node(at: path)
    _ = try block(list, .sequence)
    return list
  }

  /// Puts `item` in the place of whole lines of the list at `path`.
  ///
  /// - Parameter countChange: By how much the list gets longer.
  private mutating func replace(
    _ lines: Range<Int>, withItem item: [UInt8], at position: Int, of path: [YAMLPathStep],
    countChange: Int
  ) throws(YAMLError) {
    let list = try list(at: path)
    let count = list.items.count + countChange
    let place = path + [.item(position)]
    try replace(lines, withLines: item, indent: column(of: list), at: place) { editor in
      editor.lookUp(path)?.items.count == count
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
