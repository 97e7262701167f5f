import CYaml
import DverCore

extension YAMLComposer {
  /// Refuses a key that stands twice in the mapping at `index`, and notes merge keys.
  mutating func checkKeys(of index: Int) throws(YAMLError) {
    var keys: [Int] = []
    var child = index + 1
    while child < records.count {
      keys.append(child)
      let value = end(of: child)
      if isMergeKey(child) {
        guard canMerge(value) else { throw error(.badMerge, at: child) }
        records[index].hasMerge = true
      }
      child = end(of: value)
    }
    if let (first, second) = firstDuplicate(among: keys) ?? firstEqual(among: keys) {
      let key = String(decoding: text(of: second), as: UTF8.self)
      throw error(.duplicateKey(key, first: mark(of: first)), at: second)
    }
  }

  /// The record behind the one at `child` and all below it.
  private func end(of child: Int) -> Int {
    records[child].kind == .alias ? child + 1 : Int(records[child].next)
  }

  private func target(of child: Int) -> Int {
    records[child].kind == .alias ? Int(records[child].next) : child
  }

  private func isMergeKey(_ child: Int) -> Bool {
    let record = records[target(of: child)]
    return record.textCount == 2 && record.style == .plain && record.tag == .none
      && text(of: child).elementsEqual([0x3c, 0x3c])
  }

  private func canMerge(_ value: Int) -> Bool {
    let value = target(of: value)
    switch records[value].kind {
    case .mapping: return true
    case .scalar, .alias: return false
    case .sequence:
      var child = value + 1
      while child < Int(records[value].next) {
        guard records[target(of: child)].kind == .mapping else { return false }
        child = end(of: child)
      }
      return true
    }
  }

  /// The two places of the key whose second one comes first in the text.
  private func firstDuplicate(among keys: [Int]) -> (Int, Int)? {
    // Few keys are the rule, and for them comparing pairs is faster than sorting.
    if keys.count <= 12 {
      for (position, key) in keys.enumerated() {
        for earlier in keys[..<position] where hasSameText(earlier, key) { return (earlier, key) }
      }
      return nil
    }
    let sorted = keys.sorted { left, right in
      let (leftText, rightText) = (text(of: left), text(of: right))
      if leftText.elementsEqual(rightText) { return left < right }
      return leftText.lexicographicallyPrecedes(rightText)
    }
    let pairs = zip(sorted, sorted.dropFirst()).filter { hasSameText($0, $1) }
    return pairs.min { $0.1 < $1.1 }
  }

  /// As ``firstDuplicate(among:)``, of keys that are no texts and have one value, such as `0x10` and `16`:
  /// to Python, `1`, `1.0` and `true` are one key.
  private func firstEqual(among keys: [Int]) -> (Int, Int)? {
    var known: [String: Int] = [:]
    for key in keys {
      guard let value = plainValue(of: key) else { continue }
      if let earlier = known.updateValue(key, forKey: value) { return (earlier, key) }
    }
    return nil
  }

  /// The value of a key, one text for each; `nil` for a text.
  private func plainValue(of key: Int) -> String? {
    let record = records[target(of: key)]
    guard record.kind == .scalar, record.style == .plain, record.tag == .none else { return nil }
    let text = text(of: key)
    // Nearly all are texts, which need not be made.
    if !isOldVersion, [.string, .date, .reserved].contains(YAMLPlainKind(text)) { return nil }
    switch isOldVersion ? YAMLScalar(oldPlain: text) : YAMLScalar(plain: text) {
    case .string: return nil
    case .null: return "~"
    case .bool(let value): return value ? "1" : "0"
    case .integer(let value): return String(value)
    case .largeInteger(let value): return value.text
    case .double(let value): return Int64(exactly: value).map { String($0) } ?? value.description
    }
  }

  private func hasSameText(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (records[target(of: left)], records[target(of: right)])
    guard left.textCount == right.textCount else { return false }
    return text(of: left).elementsEqual(text(of: right))
  }

  private func text(of index: Int) -> ArraySlice<UInt8> { text(of: records[target(of: index)]) }

  private func text(of record: YAMLNodeRecord) -> ArraySlice<UInt8> {
    let start = Int(record.textStart)
    let end = start + Int(record.textCount)
    return record.isDecoded ? decodedText[start..<end] : bytes[start..<end]
  }

  // MARK: Tags

  /// Notes what `tag` says about the type of a node.
  func applyTag(
    _ tag: UnsafeMutablePointer<yaml_char_t>?, to record: inout YAMLNodeRecord, at mark: yaml_mark_t
  ) throws(YAMLError) {
    guard let tag = unsafe tag else { return }
    let name = unsafe String(cString: tag)
    let (kind, value): (YAMLNodeRecord.Kind, YAMLNodeRecord.Tag)
    switch name {
    case "!": return record.tag = record.kind == .scalar ? .string : .none
    case "tag:yaml.org,2002:str": (kind, value) = (.scalar, .string)
    case "tag:yaml.org,2002:int": (kind, value) = (.scalar, .integer)
    case "tag:yaml.org,2002:float": (kind, value) = (.scalar, .double)
    case "tag:yaml.org,2002:bool": (kind, value) = (.scalar, .bool)
    case "tag:yaml.org,2002:null": (kind, value) = (.scalar, .null)
    case "tag:yaml.org,2002:seq": (kind, value) = (.sequence, .sequence)
    case "tag:yaml.org,2002:map": (kind, value) = (.mapping, .mapping)
    default: throw error(.unknownTag(name), at: mark)
    }
    guard kind == record.kind else { throw error(.unknownTag(name), at: mark) }
    record.tag = value
  }

  // MARK: Errors

  func error(_ problem: YAMLError.Problem, at mark: yaml_mark_t) -> YAMLError {
    var cursor = YAMLCharacterCursor(bytes: bytes, start: skippedByteCount)
    let place = YAMLMark(
      line: Int(mark.line) + 1, column: Int(mark.column) + 1,
      offset: cursor.offset(ofCharacter: Int(mark.index)))
    return YAMLError(source: source, mark: place, problem: problem)
  }

  func error(_ problem: YAMLError.Problem, at index: Int) -> YAMLError {
    YAMLError(source: source, mark: mark(of: index), problem: problem)
  }

  func mark(of index: Int) -> YAMLMark {
    YAMLMark(line: Int(records[index].line), offset: Int(records[index].start), in: bytes)
  }

  func syntaxError(
    _ failure: (text: String, line: Int, column: Int, offset: Int, isBadCharacter: Bool)
  ) -> YAMLError {
    let place: YAMLMark
    if failure.isBadCharacter {
      let offset = min(failure.offset + skippedByteCount, bytes.count)
      let line = 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
      place = YAMLMark(line: line, offset: offset, in: bytes)
    } else {
      var cursor = YAMLCharacterCursor(bytes: bytes, start: skippedByteCount)
      place = YAMLMark(
        line: failure.line, column: failure.column,
        offset: cursor.offset(ofCharacter: failure.offset))
    }
    return YAMLError(source: source, mark: place, problem: .syntax(failure.text))
  }

  /// The error for a file that git left conflict markers in, if it did.
  func conflictMarker() -> YAMLError? {
    let marker = Array("<<<<<<< ".utf8)
    var start = 0
    var line = 1
    while start < bytes.count {
      if bytes[start...].starts(with: marker) {
        let mark = YAMLMark(line: line, column: 1, offset: start)
        return YAMLError(source: source, mark: mark, problem: .conflictMarker)
      }
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      start = end + 1
      line += 1
    }
    return nil
  }
}

extension YAMLMark {
  /// The place at byte `offset` of `bytes`, which is known to lie in `line`.
  package init(line: Int, offset: Int, in bytes: [UInt8]) {
    let breaks: Set<UInt8> = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    let before = bytes[..<offset]
    var start = before.lastIndex(where: breaks.contains).map { $0 + 1 } ?? 0
    if start == 0, bytes.starts(with: [0xef, 0xbb, 0xbf]), offset >= 3 { start = 3 }
    let column = 1 + bytes[start..<offset].count { $0 & 0xc0 != 0x80 }
    self.init(line: line, column: column, offset: offset)
  }
}
