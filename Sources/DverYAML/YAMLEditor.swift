/// Changes single values of a YAML text and leaves every other byte as it is: comments, order,
/// quotes, blank lines, line ends.
///
/// Each edit reads the text again and checks that it says what was asked for, and for the rest what
/// it said before; an edit that would not, or that an alias makes impossible, throws and changes
/// nothing. What takes lines of its own cannot be added to a collection in flow style.
package struct YAMLEditor: Sendable {
  package internal(set) var document: YAMLDocument
  /// The line end that new lines get: that of the first line.
  let lineEnd: [UInt8]

  /// - Parameter allowsOldVersion: Whether the text may ask for YAML 1.1. Whoever says so prints the
  ///   lines that it adds for that version.
  package init(
    bytes: [UInt8], source: String, allowsOldVersion: Bool = false
  ) throws(YAMLError) {
    document = try YAMLDocument.parse(
      bytes: bytes, source: source, allowsOldVersion: allowsOldVersion)
    lineEnd = document.lineEnd
  }

  /// The text with all edits.
  package var bytes: [UInt8] { document.bytes }

  /// Whether there is a node at `path`.
  package func contains(_ path: [YAMLPathStep]) -> Bool { lookUp(path) != nil }

  /// Replaces the scalar at `path`; a string keeps the quotes of the one it replaces.
  package mutating func set(_ path: [YAMLPathStep], to scalar: YAMLScalar) throws(YAMLError) {
    let node = try self.node(at: path)
    guard node.kind == .scalar else { throw refusal("it is not a single value", node) }
    guard !node.isAlias, !node.record.hasProperties else {
      throw refusal("it has an anchor, a tag or an alias", node)
    }
    if node.scalar == scalar { return }
    var end = node.range.upperBound
    if node.style == .literal || node.style == .folded { end = node.trimmedEnd }
    var text = try printed(scalar, inPlaceOf: node, at: path)
    if node.range.isEmpty { text.insert(UInt8(ascii: " "), at: 0) }
    try replace(node.range.lowerBound..<end, with: text, at: path) { editor in
      editor.lookUp(path)?.scalar == scalar
    }
  }

  /// Adds `key: scalar` behind the last key of the mapping at `path`.
  package mutating func add(
    _ key: String, _ scalar: YAMLScalar, to path: [YAMLPathStep]
  ) throws(YAMLError) {
    if let mapping = lookUp(path), isPlainFlow(mapping) {
      return try addInFlow(key, scalar, to: path)
    }
    var writer = YAMLWriter(isOldVersion: document.isOldVersion)
    writer.key(key, indent: 0)
    writer.value(scalar)
    try add(entry: writer.bytes, named: key, to: path)
  }

  /// Adds the key `name` behind the last one of the mapping at `path`.
  ///
  /// - Parameter entry: The key and its value in lines, as they stand in column 0.
  package mutating func add(
    entry: [UInt8], named name: String, to path: [YAMLPathStep]
  ) throws(YAMLError) {
    guard let mapping = document.root.flatMap({ _ in lookUp(path) }) else {
      guard path.isEmpty else { throw missing(path) }
      let end = bytes.count
      return try replace(end..<end, withLines: entry, indent: 0, at: [.key(name)]) {
        $0.lookUp([.key(name)]) != nil
      }
    }
    let count = try block(mapping, .mapping)
    guard mapping[name] == nil else { throw refusal("the key '\(name)' is there already", mapping) }
    let end = mapping.endOfLines
    let place = path + [.key(name)]
    try replace(end..<end, withLines: entry, indent: column(of: mapping), at: place) { editor in
      let changed = editor.lookUp(path)
      return changed?.ownPairs.count == count + 1 && changed?[name] != nil
    }
  }

  /// Puts `entry` in the place of the key `name` of the mapping at `path`, with all its lines. A comment
  /// behind a value in one line stays in the first line.
  ///
  /// - Parameter entry: The key and its value in lines, as they stand in column 0.
  package mutating func replace(
    entry: [UInt8], named name: String, in path: [YAMLPathStep]
  ) throws(YAMLError) {
    let mapping = try node(at: path)
    let count = try block(mapping, .mapping)
    guard let pair = mapping.ownPairs.first(where: { $0.key.text == name }) else {
      throw missing(path + [.key(name)])
    }
    let lines = try self.lines(of: pair)
    let place = path + [.key(name)]
    let firstLine = entry.prefix { $0 != UInt8(ascii: "\n") }
    let text = Array(firstLine + comment(behind: pair) + entry[firstLine.endIndex...])
    try replace(lines, withLines: text, indent: column(of: mapping), at: place) { editor in
      let changed = editor.lookUp(path)
      return changed?.ownPairs.count == count && changed?[name] != nil
    }
  }

  /// Removes the last step of `path`, a key, with its value and the rest of their lines.
  package mutating func remove(_ path: [YAMLPathStep]) throws(YAMLError) {
    guard case .key(let name)? = path.last else { throw missing(path) }
    let parentPath = Array(path.dropLast())
    let mapping = try node(at: parentPath)
    if isPlainFlow(mapping) { return try removeInFlow(name, of: parentPath) }
    let count = try block(mapping, .mapping)
    let pairs = mapping.ownPairs
    guard let position = pairs.firstIndex(where: { $0.key.text == name }) else {
      throw missing(path)
    }
    guard count > 1 else { throw refusal("it is the only key", pairs[position].key) }
    let next = position + 1 < count ? pairs[position + 1].key : nil
    let range = try removalRange(of: pairs[position], next: next)
    try replace(range, with: [], at: path) { editor in
      let changed = editor.lookUp(parentPath)
      return changed?.ownPairs.count == count - 1 && changed?[name] == nil
    }
  }
}
