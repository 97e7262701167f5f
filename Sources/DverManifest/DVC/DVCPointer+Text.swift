import DverYAML

/// The text of the file, of which comments and the order of keys stay.
extension DVCPointer {
  /// Whether there may be comments.
  package var hasComments: Bool { root.document.bytes.contains(UInt8(ascii: "#")) }

  /// The text of the file, changed to say what `pointer` says, which was made from it.
  ///
  /// - Returns: `nil` where it cannot be edited so, as in flow style.
  package func edited(to pointer: PointerFile) -> [UInt8]? {
    let source = root.document.source
    guard let bytes = try? editedText(pointer, source: source),
      (try? PointerFile.parse(bytes: bytes, source: source)) == pointer
    else { return nil }
    return bytes
  }

  private func editedText(
    _ pointer: PointerFile, source: String
  ) throws(YAMLError) -> [UInt8] {
    var editor = try YAMLEditor(bytes: root.document.bytes, source: source)
    if pointer.isFrozen, root["frozen"] == nil { try editor.add("frozen", .bool(true), to: []) }
    try editor.keepKeys(PointerFile.keys, of: [])
    for (position, output) in pointer.outputs.enumerated() {
      let item: [YAMLPathStep] = ["outs", .item(position)]
      var kept = ["path"] + OutputSettings.keys
      for (key, value) in RecordPrinter.fields(of: output.record) {
        guard let value else { continue }
        kept.append(key)
        if editor.contains(item + [.key(key)]) {
          try editor.set(item + [.key(key)], to: value)
        } else {
          try editor.add(key, value, to: item)
        }
      }
      try editor.keepKeys(kept, of: item)
    }
    for position in pointer.dependencies.indices {
      try editor.keepKeys(["path", "repo"], of: ["deps", .item(position)])
    }
    return editor.bytes
  }
}

extension YAMLEditor {
  /// Removes all other keys of the mapping at `path`.
  fileprivate mutating func keepKeys(
    _ keys: [String], of path: [YAMLPathStep]
  ) throws(YAMLError) {
    let mapping = path.reduce(document.root) { node, step in node?.node(at: step) }
    for pair in mapping?.pairs ?? [] where !keys.contains(pair.key.text) {
      try remove(path + [.key(pair.key.text)])
    }
  }
}
