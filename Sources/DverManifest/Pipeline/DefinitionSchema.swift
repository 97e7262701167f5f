import DverYAML

/// The schema of the parts of `dver.yaml` that are no stages, as they are before templates are
/// filled in.
extension SchemaCheck {
  // MARK: Groups

  /// Checks a `foreach` group, except for its `do`.
  mutating func group(_ definition: DefinitionNode, _ keyPath: String) {
    for (key, value) in definition.pairs {
      switch key.text {
      case "foreach":
        if case .string? = value.scalar { continue }
        if value.kind == .scalar {
          report(
            "expected a list, a mapping or a template, not \(Self.description(of: value))",
            at: value, "\(keyPath).foreach")
        }
      case "do": break
      default: reportUnknownKey(key, in: keyPath, known: ["foreach", "do"])
      }
    }
    for name in ["foreach", "do"] where definition[name] == nil {
      report("the key '\(name)' is missing", at: definition, keyPath)
    }
  }

  /// Checks the axes of a `matrix` group.
  mutating func matrix(_ axes: DefinitionNode, _ keyPath: String) {
    for (key, value) in mapping(axes, keyPath) {
      let path = "\(keyPath).\(key.text)"
      _ = self.key(key, path)
      if case .string? = value.scalar { continue }
      if value.kind != .sequence {
        report(
          "expected a list or a template, not \(Self.description(of: value))", at: value, path)
      }
    }
  }

  // MARK: Sections

  /// Checks `vars` of the file or of a stage.
  mutating func vars(_ node: DefinitionNode, _ keyPath: String) {
    for (position, item) in list(node, keyPath).enumerated() where item.kind != .mapping {
      guard case .string? = item.scalar else {
        report(
          "expected a file or a mapping of values, not \(Self.description(of: item))", at: item,
          "\(keyPath)[\(position)]")
        continue
      }
    }
  }

  private static let plotKeys = ["x", "y", "x_label", "y_label", "title", "template"]

  /// Checks `plots` of the file.
  mutating func plots(_ node: DefinitionNode) {
    for (position, item) in list(node, "plots").enumerated() {
      let path = "plots[\(position)]"
      guard item.kind == .mapping else {
        _ = string(item, path)
        continue
      }
      if item.pairs.isEmpty { report("expected a plot", at: item, path) }
      for (name, plot) in item.pairs where plot.scalar != .null {
        let plotPath = "\(path).\(name.text)"
        _ = key(name, plotPath)
        for (key, value) in mapping(plot, plotPath) { plotProperty(key, value, plotPath) }
      }
    }
  }

  private mutating func plotProperty(
    _ key: DefinitionNode, _ value: DefinitionNode, _ parent: String
  ) {
    let path = "\(parent).\(key.text)"
    switch key.text {
    case "x": source(value, path, allowsList: false)
    case "y": source(value, path, allowsList: true)
    case "x_label", "y_label", "title", "template": _ = string(value, path)
    default: reportUnknownKey(key, in: parent, known: Self.plotKeys)
    }
  }

  /// Where the values of an axis are: a column, several of them, or some for each file.
  private mutating func source(_ node: DefinitionNode, _ path: String, allowsList: Bool) {
    switch node.kind {
    case .scalar: _ = string(node, path)
    case .sequence:
      if allowsList { _ = strings(node, path) } else { _ = string(node, path) }
    case .mapping:
      for (file, columns) in node.pairs {
        let filePath = "\(path).\(file.text)"
        _ = key(file, filePath)
        if allowsList, columns.kind == .sequence {
          _ = strings(columns, filePath)
        } else {
          _ = string(columns, filePath)
        }
      }
    }
  }

  /// Checks `artifacts`.
  mutating func artifacts(_ node: DefinitionNode) {
    for (name, artifact) in mapping(node, "artifacts") {
      let path = "artifacts.\(name.text)"
      _ = key(name, path)
      var settings = OutputSettings()
      for pair in mapping(artifact, path) {
        switch pair.key.text {
        case "path": _ = string(pair.value, "\(path).path")
        case "desc", "type", "labels", "meta": _ = read(pair, into: &settings, path)
        default:
          reportUnknownKey(
            pair.key, in: path, known: ["path", "desc", "type", "labels", "meta"])
        }
      }
      if artifact.kind == .mapping, artifact["path"] == nil {
        report("the key 'path' is missing", at: artifact, path)
      }
    }
  }

  /// Checks `datasets`, whose kinds have keys of their own.
  mutating func datasets(_ node: DefinitionNode) {
    for (position, item) in list(node, "datasets").enumerated() {
      let path = "datasets[\(position)]"
      _ = mapping(item, path)
      for name in ["name", "type"] where item.kind == .mapping {
        if let value = item[name] {
          _ = string(value, "\(path).\(name)")
        } else {
          report("the key '\(name)' is missing", at: item, path)
        }
      }
    }
  }
}
