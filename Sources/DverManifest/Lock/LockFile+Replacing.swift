import DverYAML

extension LockFile {
  /// The text of a lock file in which `stages` have new entries and those of `removed` are gone.
  ///
  /// All other bytes stay, and so do those of an entry whose meaning does not change. An entry
  /// for a stage that the file does not have comes behind the others, in the order given. A file
  /// in flow style, which dver does not write, is printed anew.
  ///
  /// - Parameter bytes: The present text, which may be empty.
  /// - Throws: What `parse` throws.
  package static func replacing(
    _ stages: [Entry], removing removed: Set<String> = [], in bytes: [UInt8], source: String
  ) throws -> [UInt8] {
    let document = try YAMLDocument.parse(bytes: bytes, source: source)
    let present = try read(document)
    let changed = stages.filter { entry in
      present[entry.name].map { !$0.hasSameMeaning(as: entry.lock) } ?? true
    }
    let isUnchanged = changed.isEmpty && !removed.contains { present[$0] != nil }
    if isUnchanged, !bytes.isEmpty { return bytes }
    let result = LockFileChange(changed: changed, removed: removed)
    return result.spliced(into: document) ?? result.applied(to: present).printed()
  }
}

/// New entries for a lock file, and the names of entries to take out.
private struct LockFileChange {
  let changed: [String: StageLock]
  /// The names of `changed` in order.
  let names: [String]
  let removed: Set<String>

  init(changed: [LockFile.Entry], removed: Set<String>) {
    self.changed = Dictionary(changed.map { ($0.name, $0.lock) }) { _, last in last }
    var seen: Set<String> = []
    names = changed.map(\.name).filter { seen.insert($0).inserted }
    self.removed = removed
  }

  /// The text of `document` with the changes; `nil` where its style does not allow to cut it.
  func spliced(into document: YAMLDocument) -> [UInt8]? {
    let bytes = document.bytes
    guard let blocks = LockFileBlocks(document) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + names.count * 512)
    var copied = 0
    var placed: Set<String> = []
    for block in blocks.blocks where changed[block.name] != nil || removed.contains(block.name) {
      result += bytes[copied..<block.range.lowerBound]
      if let lock = changed[block.name] {
        result += text(of: block.name, lock, blocks)
        placed.insert(block.name)
      }
      copied = block.range.upperBound
    }
    result += bytes[copied..<blocks.end]
    let new = names.filter { !placed.contains($0) }
    if !new.isEmpty, result.last != UInt8(ascii: "\n") { result += blocks.lineEnd }
    for name in new {
      if let lock = changed[name] { result += text(of: name, lock, blocks) }
    }
    let remains = blocks.blocks.contains { !removed.contains($0.name) } || !names.isEmpty
    return remains ? result + bytes[blocks.end...] : nil
  }

  private func text(of name: String, _ lock: StageLock, _ blocks: LockFileBlocks) -> [UInt8] {
    var writer = YAMLWriter()
    LockFile.Entry(name: name, lock: lock).append(to: &writer, indent: blocks.indent)
    if blocks.lineEnd.count == 1 { return writer.bytes }
    return writer.bytes.split(separator: UInt8(ascii: "\n")).flatMap { $0 + blocks.lineEnd }
  }

  func applied(to present: LockFile) -> LockFile {
    var entries = present.entries.filter { !removed.contains($0.name) || changed[$0.name] != nil }
    for index in entries.indices {
      if let lock = changed[entries[index].name] { entries[index].lock = lock }
    }
    for name in names where present[name] == nil {
      if let lock = changed[name] { entries.append(LockFile.Entry(name: name, lock: lock)) }
    }
    return LockFile(entries: entries)
  }
}
