/// Keys of mappings in braces.
extension YAMLEditor {
  /// Whether keys of `node` stand between braces, and nothing else speaks against an edit.
  func isPlainFlow(_ node: YAMLNode) -> Bool {
    node.kind == .mapping && node.style == .flow && standsForItself(node)
  }

  /// Whether there is a mapping in braces at `path` that can be edited.
  package func isFlow(_ path: [YAMLPathStep]) -> Bool { lookUp(path).map(isPlainFlow) ?? false }

  /// Adds `key: scalar` behind the last key of the mapping in braces at `path`.
  mutating func addInFlow(
    _ key: String, _ scalar: YAMLScalar, to path: [YAMLPathStep]
  ) throws(YAMLError) {
    var entry: [UInt8] = []
    let isOldVersion = document.isOldVersion
    YAMLWriter.append(string: key, inFlow: true, isOldVersion: isOldVersion, to: &entry)
    entry += Array(": ".utf8)
    YAMLWriter.append(scalar, inFlow: true, isOldVersion: isOldVersion, to: &entry)
    try add(flowEntry: entry, named: key, to: path) { $0.scalar == scalar }
  }

  /// Adds the key `name` behind the last one of the mapping in braces at `path`.
  ///
  /// - Parameters:
  ///   - entry: The key and its value, as they stand between braces.
  ///   - check: Whether the value is what was meant.
  package mutating func add(
    flowEntry entry: [UInt8], named name: String, to path: [YAMLPathStep],
    check: (YAMLNode) -> Bool = { _ in true }
  ) throws(YAMLError) {
    let mapping = try node(at: path)
    let count = mapping.ownPairs.count
    guard mapping[name] == nil else { throw refusal("the key '\(name)' is there already", mapping) }
    // Blanks, a comma and comments may stand between there and the brace.
    var text = entry
    var end = mapping.range.lowerBound + 1
    if let last = mapping.ownPairs.last {
      text = Array(", ".utf8) + entry
      end = Self.end(of: last)
    } else if let brace = bytes[mapping.range].firstIndex(of: UInt8(ascii: "{")) {
      end = brace + 1
    }
    try replace(end..<end, with: text, at: path + [.key(name)]) { editor in
      let changed = editor.lookUp(path)
      guard let value = changed?[name] else { return false }
      return changed?.ownPairs.count == count + 1 && check(value)
    }
  }

  /// Puts `entry` in the place of the key `name`, and its value, of the mapping in braces at `path`.
  ///
  /// - Parameter entry: The key and its value, as they stand between braces.
  package mutating func replace(
    flowEntry entry: [UInt8], named name: String, in path: [YAMLPathStep]
  ) throws(YAMLError) {
    let pairs = try node(at: path).ownPairs
    guard let own = pairs.first(where: { $0.key.text == name }) else {
      throw missing(path + [.key(name)])
    }
    let range = own.key.range.lowerBound..<Self.end(of: own)
    try replace(range, with: entry, at: path + [.key(name)]) { editor in
      let changed = editor.lookUp(path)
      return changed?.ownPairs.count == pairs.count && changed?[name] != nil
    }
  }

  /// Removes a key of the mapping at `path` with its value and one of the commas around them.
  mutating func removeInFlow(_ key: String, of path: [YAMLPathStep]) throws(YAMLError) {
    let mapping = try node(at: path)
    let pairs = mapping.ownPairs
    guard let position = pairs.firstIndex(where: { $0.key.text == key }) else {
      throw missing(path + [.key(key)])
    }
    let own = pairs[position]
    let range: Range<Int>
    if position + 1 < pairs.count {
      range = own.key.range.lowerBound..<pairs[position + 1].key.range.lowerBound
    } else {
      let start = position > 0 ? pairs[position - 1].value.range.upperBound : nil
      range = (start ?? own.key.range.lowerBound)..<Self.end(of: own)
    }
    try replace(range, with: [], at: path + [.key(key)]) { editor in
      let changed = editor.lookUp(path)
      return changed?.ownPairs.count == pairs.count - 1 && changed?[key] == nil
    }
  }

  /// Where a pair ends, whose value may be missing.
  private static func end(of pair: YAMLPair) -> Int {
    max(pair.value.range.upperBound, pair.key.range.upperBound)
  }
}
