import DverYAML

extension TemplateContext {
  /// Where a template stands, which says what it may become.
  enum Position {
    /// In a stage's `cmd`: maps unpack into flags.
    case command
    /// Below any other key of a stage: single values only.
    case field
    /// In a section of the file, or in the data of a group: anything.
    case section
  }

  /// The definition below `node` with all templates filled in, those of keys too.
  mutating func fill(
    _ node: DefinitionNode, at position: Position
  ) throws(TemplateProblem) -> DefinitionNode {
    try library.spend(MemoryLayout<DefinitionNode>.size)
    switch node.value {
    case .scalar(.string(let text)): return try fill(text, of: node, at: position)
    case .scalar: return node
    case .list(let items):
      var filled: [DefinitionNode] = []
      filled.reserveCapacity(items.count)
      for item in items { filled.append(try fill(item, at: position)) }
      return DefinitionNode(filling: node.site, with: .list(filled), isFilled: node.isFilled)
    case .map(let pairs): return try fill(pairs, of: node, at: position)
    }
  }

  private mutating func fill(
    _ pairs: [DefinitionNode.Pair], of node: DefinitionNode, at position: Position
  ) throws(TemplateProblem) -> DefinitionNode {
    var filled: [DefinitionNode.Pair] = []
    filled.reserveCapacity(pairs.count)
    var hasFilledKey = false
    for pair in pairs {
      let key = try fill(pair.key, at: position)
      guard key.kind == .scalar else { throw .badKey }
      hasFilledKey = hasFilledKey || key.isFilled
      filled.append((key, try fill(pair.value, at: position)))
    }
    if hasFilledKey { filled = Self.joined(filled) }
    return DefinitionNode(filling: node.site, with: .map(filled), isFilled: node.isFilled)
  }

  /// Of keys that became the same the last one counts.
  private static func joined(_ pairs: [DefinitionNode.Pair]) -> [DefinitionNode.Pair] {
    var places: [YAMLScalar: Int] = [:]
    var result: [DefinitionNode.Pair] = []
    for pair in pairs {
      guard let key = pair.key.scalar else { continue }
      if let place = places[key] {
        result[place].value = pair.value
      } else {
        places[key] = result.count
        result.append(pair)
      }
    }
    return result
  }

  private mutating func fill(
    _ text: String, of node: DefinitionNode, at position: Position
  ) throws(TemplateProblem) -> DefinitionNode {
    guard TemplateText.mayHold(text) else { return node }
    let template = TemplateText(text)
    if let expression = template.wholeExpression {
      let value = try select(expression)
      try Self.refuse(value, of: expression, at: position)
      return node.filled(with: value)
    }
    let filled = try fill(template, at: position)
    return DefinitionNode(filling: node.site, with: .scalar(.string(filled)))
  }

  /// A text with the texts of values in it.
  mutating func fill(
    _ template: TemplateText, at position: Position
  ) throws(TemplateProblem) -> String {
    let library = library
    let text = try template.filled { (expression: String) throws(TemplateProblem) in
      let value = try select(expression)
      try Self.refuse(value, of: expression, at: position)
      let text = try TemplateTextForm(library.options).text(of: value)
      try library.spend(text.utf8.count)
      return text
    }
    try library.spend(text.utf8.count)
    return text
  }

  private static func refuse(
    _ value: TemplateValue, of expression: String, at position: Position
  ) throws(TemplateProblem) {
    switch (value.content, position) {
    case (.scalar, _), (_, .section), (.map, .command): return
    default: throw .composite(expression, kind: value.kindName)
    }
  }
}

extension DefinitionNode {
  /// `value` at the place of the template that named it.
  func filled(with value: TemplateValue) -> DefinitionNode {
    let filled: Value =
      switch value.content {
      case .scalar(let scalar): .scalar(scalar)
      case .list(let items): .list(items.map { self.filled(with: $0) })
      case .map(let map):
        .map(
          zip(map.keys, map.values).map { key, value in
            (
              key: DefinitionNode(filling: site, with: .scalar(.string(key))),
              value: self.filled(with: value)
            )
          })
      }
    return DefinitionNode(filling: site, with: filled)
  }

  /// Refuses the first template in or below the node whose expression is none.
  func checkTemplates() throws(TemplateProblem) {
    switch value {
    case .scalar(.string(let text)):
      guard TemplateText.mayHold(text) else { return }
      for expression in TemplateText(text).expressions { try TemplateExpression.check(expression) }
    case .scalar: return
    case .list(let items):
      for item in items { try item.checkTemplates() }
    case .map(let pairs):
      for pair in pairs {
        try pair.key.checkTemplates()
        try pair.value.checkTemplates()
      }
    }
  }

  /// The first text in or below the node that holds a template.
  var firstTemplate: DefinitionNode? {
    switch value {
    case .scalar(.string(let text)): return TemplateText.isTemplate(text) ? self : nil
    case .scalar: return nil
    case .list(let items): return items.lazy.compactMap(\.firstTemplate).first
    case .map(let pairs):
      return pairs.lazy.compactMap { $0.key.firstTemplate ?? $0.value.firstTemplate }.first
    }
  }
}
