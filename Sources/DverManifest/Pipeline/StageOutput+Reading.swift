import DverYAML

extension StageOutput {
  /// Reads what stands behind the path of an output: its flags, and how a plot is drawn.
  ///
  /// A plot may have a list of ways to be drawn.
  static func read(
    _ path: [UInt8], _ kind: Kind, _ node: DefinitionNode, _ keyPath: String,
    _ check: inout SchemaCheck
  ) -> StageOutput {
    var settings = OutputSettings()
    var drawings: [ParameterValue] = []
    let parts = kind == .plot && node.kind == .sequence ? node.items : [node]
    for part in parts {
      var drawing: [ParameterValue.Member] = []
      for pair in check.mapping(part, keyPath) {
        // DVC once had checkpoints, and still takes the key.
        if pair.key.text == "checkpoint" {
          _ = check.bool(pair.value, "\(keyPath).checkpoint")
        } else if check.read(pair, into: &settings, keyPath) {
          continue
        } else if kind == .plot, drawingKeys.contains(pair.key.text) {
          let value = drawingProperty(pair, "\(keyPath).\(pair.key.text)", &check)
          drawing.append(ParameterValue.Member(key: pair.key.text, value: value))
        } else {
          let known = OutputSettings.keys + (kind == .plot ? drawingKeys : [])
          check.reportUnknownKey(pair.key, in: keyPath, known: known)
        }
      }
      if !drawing.isEmpty { drawings.append(.map(drawing)) }
    }
    return StageOutput(
      path: path, kind: kind, isCached: settings.isCached, persists: settings.persists,
      isPushed: settings.isPushed, remote: settings.remote, annotations: settings.annotations,
      drawings: drawings)
  }
}

extension StageOutput {
  private static let drawingKeys = [
    "template", "x", "y", "x_label", "y_label", "title", "header",
  ]

  private static func drawingProperty(
    _ pair: DefinitionNode.Pair, _ path: String, _ check: inout SchemaCheck
  ) -> ParameterValue {
    if pair.key.text == "header" {
      _ = check.bool(pair.value, path)
    } else {
      _ = check.note(pair.value, path)
    }
    return ParameterValue(pair.value)
  }
}

extension ParameterSelection {
  static let defaultFile = "params.yaml"

  /// Reads the `params` of a stage: keys of `params.yaml`, and mappings of files to lists of keys,
  /// where nothing in the place of the list means the whole file.
  ///
  /// - Returns: One selection a file, in the order of first mention; a file that is taken whole
  ///   anywhere has no keys.
  static func read(
    _ node: DefinitionNode, _ keyPath: String, _ check: inout SchemaCheck
  ) -> [ParameterSelection] {
    var selections: [ParameterSelection] = []
    var wholeFiles: Set<String> = []
    func add(_ keys: [String], of file: String) {
      let index = selections.firstIndex { $0.file == file } ?? selections.count
      if index == selections.count { selections.append(ParameterSelection(file: file, keys: [])) }
      for key in keys where !selections[index].keys.contains(key) {
        selections[index].keys.append(key)
      }
    }
    for (position, item) in check.list(node, keyPath).enumerated() {
      let itemPath = "\(keyPath)[\(position)]"
      guard item.kind == .mapping else {
        if let key = check.string(item, itemPath) { add([key], of: defaultFile) }
        continue
      }
      for (file, keys) in item.pairs {
        _ = check.key(file, itemPath)
        let isWhole = keys.scalar == .null || (keys.kind == .sequence && keys.items.isEmpty)
        if isWhole { wholeFiles.insert(file.text) }
        add(isWhole ? [] : check.strings(keys, "\(itemPath).\(file.text)"), of: file.text)
      }
    }
    return selections.map { selection in
      wholeFiles.contains(selection.file)
        ? ParameterSelection(file: selection.file, keys: []) : selection
    }
  }
}
