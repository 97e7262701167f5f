extension YAMLEditor {
  private static let lineFeed = UInt8(ascii: "\n")

  func lookUp(_ path: [YAMLPathStep]) -> YAMLNode? {
    path.reduce(document.root) { node, step in node?.node(at: step) }
  }

  func node(at path: [YAMLPathStep]) throws(YAMLError) -> YAMLNode {
    guard let node = lookUp(path) else { throw missing(path) }
    return node
  }

  /// The count of pairs or items of `node`, which must be a collection in block style. A mapping may
  /// stand elsewhere too: whether the edit shows there is found out afterwards.
  func block(_ node: YAMLNode, _ kind: YAMLNode.Kind) throws(YAMLError) -> Int {
    guard node.kind == kind else {
      throw refusal(kind == .mapping ? "it is not a mapping" : "it is not a list", node)
    }
    guard node.style == .block else { throw refusal("it is written in flow style", node) }
    guard !node.isAlias, kind == .mapping || !node.record.hasProperties else {
      throw refusal("it has an anchor, a tag or an alias", node)
    }
    return kind == .mapping ? node.ownPairs.count : node.items.count
  }

  /// Whether an edit of `node` changes nothing elsewhere: it is no alias, and none stands for it.
  func standsForItself(_ node: YAMLNode) -> Bool {
    guard !node.isAlias else { return false }
    return !node.record.hasProperties
      || !document.records.contains { $0.kind == .alias && Int($0.next) == node.index }
  }

  /// Refuses a mapping that stands elsewhere too, where an edit would show as well.
  package func requireUnshared(_ path: [YAMLPathStep]) throws(YAMLError) {
    let node = try self.node(at: path)
    guard standsForItself(node) else {
      throw refusal("it has an anchor, a tag or an alias", node)
    }
  }

  /// The column of a block collection's first key or dash, from 0.
  func column(of node: YAMLNode) -> Int {
    // An anchor or a tag stands before the first key, in the line above it.
    let first = node.record.hasProperties ? node.ownPairs.first?.key : nil
    return (first ?? node).mark.column - 1
  }

  /// The lines of a key and its value, which must begin with the key.
  func lines(of pair: YAMLPair) throws(YAMLError) -> Range<Int> {
    let keyStart = pair.key.range.lowerBound
    let start = document.startOfLine(at: keyStart)
    guard bytes[start..<keyStart].allSatisfy({ $0 == UInt8(ascii: " ") }) else {
      throw refusal("it begins a list item", pair.key)
    }
    return start..<max(pair.value.endOfLines, document.endOfLine(at: pair.key.range.upperBound))
  }

  /// The comment behind a key and a value that stand in one line, with the blanks before it.
  func comment(behind pair: YAMLPair) -> ArraySlice<UInt8> {
    let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    let start = max(pair.key.range.upperBound, pair.value.range.upperBound)
    guard !bytes[pair.key.range.lowerBound..<start].contains(Self.lineFeed) else { return [] }
    let line = bytes[start...].prefix { $0 != Self.lineFeed && $0 != UInt8(ascii: "\r") }
    // The colon, where there is no value.
    let rest = line.drop { $0 == UInt8(ascii: ":") }
    return rest.first { !blanks.contains($0) } == UInt8(ascii: "#") ? rest : []
  }

  /// Whole `lines` moved to the right, with the file's line ends.
  private func indented(_ lines: [UInt8], by indent: Int) -> [UInt8] {
    var text: [UInt8] = []
    for line in lines.split(separator: Self.lineFeed) {
      text += Array(repeating: UInt8(ascii: " "), count: indent) + line + lineEnd
    }
    return text
  }

  /// The bytes to take out for one key and its value.
  func removalRange(of pair: YAMLPair, next: YAMLNode?) throws(YAMLError) -> Range<Int> {
    let keyStart = pair.key.range.lowerBound
    let lineStart = document.startOfLine(at: keyStart)
    let end = max(pair.value.endOfLines, document.endOfLine(at: pair.key.range.upperBound))
    if bytes[lineStart..<keyStart].allSatisfy({ $0 == UInt8(ascii: " ") }) {
      return lineStart..<end
    }
    // The key stands behind a dash: the next key takes its place.
    guard let next, next.range.lowerBound >= end,
      bytes[end..<next.range.lowerBound].allSatisfy({ $0 == UInt8(ascii: " ") })
    else { throw refusal("it begins a list item", pair.key) }
    return keyStart..<next.range.lowerBound
  }

  /// `scalar` as it may stand in the place of `node`.
  func printed(
    _ scalar: YAMLScalar, inPlaceOf node: YAMLNode, at path: [YAMLPathStep]
  ) throws(YAMLError) -> [UInt8] {
    var text: [UInt8] = []
    guard case .string(let string) = scalar else {
      YAMLWriter.append(scalar, to: &text)
      return text
    }
    let isInFlow = path.indices.contains { count in
      lookUp(Array(path[..<count]))?.style == .flow
    }
    switch node.style {
    case .singleQuoted where YAMLWriter.isPrintable(Array(string.utf8)):
      YAMLWriter.appendSingleQuoted(Array(string.utf8), to: &text)
    case .doubleQuoted: YAMLWriter.appendDoubleQuoted(string, to: &text)
    default:
      YAMLWriter.append(
        string: string, inFlow: isInFlow, isOldVersion: document.isOldVersion, to: &text)
    }
    return text
  }

  // MARK: Changes

  /// Puts `lines`, moved to the right by `indent`, in the place of the whole lines of `range`.
  mutating func replace(
    _ range: Range<Int>, withLines lines: [UInt8], indent: Int, at path: [YAMLPathStep],
    check: (YAMLEditor) -> Bool
  ) throws(YAMLError) {
    var text: [UInt8] = []
    let start = range.lowerBound
    // The last line of a file may lack its end.
    let isOpen = start > document.startOfText && bytes[start - 1] != Self.lineFeed
    if isOpen { text += lineEnd }
    text += indented(lines, by: indent)
    guard isOpen, let place = placeToStripLineEnd else {
      return try replace(range, with: text, at: path, check: check)
    }
    let stripping: [UInt8] = [UInt8(ascii: "-")] + bytes[place..<start] + text
    try replace(place..<range.upperBound, with: stripping, at: path, check: check)
  }

  /// Where a `-` belongs if the file gets a line end that a block scalar at its end would take for its
  /// own.
  private var placeToStripLineEnd: Int? {
    guard let site = document.records.indices.last else { return nil }
    let last = YAMLNode(document: document, site: site)
    guard !last.isAlias, last.style == .literal || last.style == .folded,
      last.textBytes.last != Self.lineFeed
    else { return nil }
    let header = bytes[last.range].prefix { $0 != Self.lineFeed }
    guard !header.contains(UInt8(ascii: "-")) else { return nil }
    return header.firstIndex { [UInt8(ascii: "|"), UInt8(ascii: ">")].contains($0) }.map { $0 + 1 }
  }

  /// Puts `text` in the place of `range` if the result passes `check` and only the value at `path`
  /// changes, comes or goes.
  mutating func replace(
    _ range: Range<Int>, with text: [UInt8], at path: [YAMLPathStep],
    check: (YAMLEditor) -> Bool
  ) throws(YAMLError) {
    var changed = self
    let result = Array(bytes[..<range.lowerBound] + text + bytes[range.upperBound...])
    let mark = YAMLMark(
      line: 1 + bytes[..<range.lowerBound].count { $0 == Self.lineFeed },
      offset: range.lowerBound, in: bytes)
    let source = document.source
    func failure(_ reason: String) -> YAMLError {
      YAMLError(source: source, mark: mark, problem: .notEditable(reason))
    }
    let misread = failure("the result would not read back as meant")
    do {
      changed.document = try YAMLDocument.parse(
        bytes: result, source: source, allowsOldVersion: document.isOldVersion)
    } catch {
      throw misread
    }
    guard check(changed) else { throw misread }
    // Such as that of an alias, whose anchor another one replaces once its own is gone.
    if let old = document.root {
      guard let new = changed.document.root, old.hasValue(of: new, besides: path[...]) else {
        let names = changed.document.root.map { old.changes(in: $0, besides: path[...]) } ?? []
        let others = names.isEmpty ? "another value" : names.joined(separator: ", ")
        throw failure("\(others) would change with it")
      }
    }
    self = changed
  }

  // MARK: Errors

  func refusal(_ reason: String, _ node: YAMLNode) -> YAMLError {
    YAMLError(source: document.source, mark: node.mark, problem: .notEditable(reason))
  }

  func missing(_ path: [YAMLPathStep]) -> YAMLError {
    let name = path.map { step in
      switch step {
      case .key(let key): key
      case .item(let position): "[\(position)]"
      }
    }.joined(separator: ".")
    return YAMLError(
      source: document.source, mark: YAMLMark(line: 1, column: 1, offset: 0),
      problem: .notEditable("there is no '\(name)'"))
  }
}
