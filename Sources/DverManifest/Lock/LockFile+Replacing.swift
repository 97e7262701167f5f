import DverYAML

extension LockFile {
  /// The text of a lock file in which `stages` have new entries and those of `removed` are gone.
  ///
  /// All other bytes stay, and so do those of an entry whose meaning does not change. An entry
  /// for a stage that the file does not have comes behind the nearest stage before it in
  /// `definition` that has one, before all others where none has: so the result does not depend
  /// on the order, or the portions, in which stages finish. A file in flow style, which dver does
  /// not write, is printed anew.
  ///
  /// - Parameters:
  ///   - bytes: The present text, which may be empty.
  ///   - definition: The names of the stages in the order of their definition. What it lacks comes
  ///     last, in the order given.
  /// - Throws: What `parse` throws.
  package static func replacing(
    _ stages: [Entry], removing removed: Set<String> = [], in bytes: [UInt8],
    definition: [String] = [], source: String
  ) throws -> [UInt8] {
    let document = try YAMLDocument.parse(bytes: bytes, source: source)
    let present = try read(document)
    let changed = stages.filter { entry in
      present[entry.name].map { !$0.hasSameMeaning(as: entry.lock) } ?? true
    }
    let isUnchanged = changed.isEmpty && !removed.contains { present[$0] != nil }
    if isUnchanged, !bytes.isEmpty { return bytes }
    let result = LockFileChange(
      changed: changed, removed: removed, present: present.entries.map(\.name),
      definition: definition)
    return result.spliced(into: document) ?? result.applied(to: present).printed()
  }
}

/// New entries for a lock file, and the names of entries to take out.
private struct LockFileChange {
  let changed: [String: StageLock]
  let removed: Set<String>
  /// The names of new entries that come before all present ones.
  private(set) var first: [String] = []
  /// The names of new entries by the present entry that they follow.
  private(set) var followers: [String: [String]] = [:]
  /// The names of new entries that come behind all others.
  let last: [String]

  init(
    changed: [LockFile.Entry], removed: Set<String>, present: [String], definition: [String]
  ) {
    self.changed = Dictionary(changed.map { ($0.name, $0.lock) }) { _, last in last }
    self.removed = removed
    let present = Set(present)
    var new: Set<String> = []
    let names = changed.map(\.name).filter { !present.contains($0) && new.insert($0).inserted }
    let defined = Set(definition)
    last = names.filter { !defined.contains($0) }
    var anchor: String?
    for name in definition {
      if present.contains(name) {
        anchor = name
      } else if new.contains(name) {
        if let anchor { followers[anchor, default: []].append(name) } else { first.append(name) }
      }
    }
  }

  /// The text of `document` with the changes; `nil` where its style does not allow to cut it.
  func spliced(into document: YAMLDocument) -> [UInt8]? {
    let bytes = document.bytes
    guard let blocks = LockFileBlocks(document) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + changed.count * 512)
    result += bytes[..<blocks.start]
    for name in first { append(name, to: &result, blocks) }
    var copied = blocks.start
    for block in blocks.blocks {
      let news = followers[block.name] ?? []
      let isReplaced = changed[block.name] != nil
      guard isReplaced || removed.contains(block.name) || !news.isEmpty else { continue }
      let isKept = !isReplaced && !removed.contains(block.name)
      result += bytes[copied..<(isKept ? block.range.upperBound : block.range.lowerBound)]
      if isReplaced { append(block.name, to: &result, blocks) }
      for name in news { append(name, to: &result, blocks) }
      copied = block.range.upperBound
    }
    result += bytes[copied..<blocks.end]
    for name in last { append(name, to: &result, blocks) }
    let remains = blocks.blocks.contains { !removed.contains($0.name) } || !changed.isEmpty
    return remains ? result + bytes[blocks.end...] : nil
  }

  private func append(_ name: String, to result: inout [UInt8], _ blocks: LockFileBlocks) {
    guard let lock = changed[name] else { return }
    if let last = result.last, last != UInt8(ascii: "\n") { result += blocks.lineEnd }
    result += text(of: name, lock, blocks)
  }

  private func text(of name: String, _ lock: StageLock, _ blocks: LockFileBlocks) -> [UInt8] {
    var writer = YAMLWriter()
    LockFile.Entry(name: name, lock: lock).append(to: &writer, indent: blocks.indent)
    if blocks.lineEnd.count == 1 { return writer.bytes }
    return writer.bytes.split(separator: UInt8(ascii: "\n")).flatMap { $0 + blocks.lineEnd }
  }

  func applied(to present: LockFile) -> LockFile {
    var names = first
    for entry in present.entries { names += [entry.name] + (followers[entry.name] ?? []) }
    return LockFile(
      entries: (names + last).compactMap { name in
        if let lock = changed[name] { return LockFile.Entry(name: name, lock: lock) }
        return removed.contains(name) ? nil : present.entries.first { $0.name == name }
      }, datasets: present.datasets)
  }
}
