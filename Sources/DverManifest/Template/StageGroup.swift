import DverYAML

/// The members of a `foreach` or `matrix` group: for each its key and the values it sets.
struct StageGroup {
  struct Member {
    let key: String
    let item: TemplateValue
  }

  private(set) var members: [Member] = []
  /// Whether templates may name `key`.
  let setsKey: Bool
  private var places: [String: Int] = [:]

  /// More stages than these are a mistake.
  static let maximumMemberCount = 1_000_000
  static let itemName = "item"
  static let keyName = "key"

  private init(setsKey: Bool) { self.setsKey = setsKey }

  /// What `${}` in a member sees beside the context.
  func values(of member: Member) -> [(key: String, value: TemplateValue)] {
    var values = [(key: Self.itemName, value: member.item)]
    if setsKey { values.append((Self.keyName, .text(member.key))) }
    return values
  }

  var names: [String] { setsKey ? [Self.itemName, Self.keyName] : [Self.itemName] }

  /// Of equal keys the last one gives the values, at the place of the first one.
  private mutating func add(_ key: String, _ item: TemplateValue) throws(TemplateProblem) {
    if let place = places[key] {
      members[place] = Member(key: key, item: item)
      return
    }
    guard !key.isEmpty else { throw .unnamedMember }
    guard !key.utf8.contains(0) else { throw .memberWithNUL }
    // A name says where its group ends by its only '@'.
    guard !key.utf8.contains(UInt8(ascii: "@")) else { throw .memberWithAt(key) }
    guard members.count < Self.maximumMemberCount else { throw .tooLarge }
    places[key] = members.count
    members.append(Member(key: key, item: item))
  }

  // MARK: foreach

  /// - Parameter data: A list, a map, or a template that becomes one.
  init(
    foreach data: DefinitionNode, in context: inout TemplateContext
  ) throws(TemplateProblem) {
    let value = try context.groupData(data)
    switch value.content {
    case .scalar: throw .notIterable(found: value.kindName)
    case .list(let items):
      self.init(setsKey: false)
      // A list of single values names its members by them.
      let isPlain = !items.contains(where: \.isComposite)
      for (position, item) in items.enumerated() {
        try add(
          isPlain ? item.groupKey : String(position), item.placed(at: "\(position)", in: value))
      }
    case .map(let map):
      self.init(setsKey: true)
      for (key, item) in zip(map.keys, map.values) {
        try add(key, item.placed(at: key, in: value))
      }
    }
  }

  // MARK: matrix

  private struct Axis {
    let name: String
    let values: [TemplateValue]
  }

  /// - Parameter axes: A map of lists, of templates that become lists, or of texts, which stand for
  ///   their characters.
  init(
    matrix axes: DefinitionNode, in context: inout TemplateContext
  ) throws(TemplateProblem) {
    self.init(setsKey: true)
    var read: [Axis] = []
    for pair in axes.pairs {
      let name = TemplateTextForm.text(of: try context.fill(pair.key, at: .section).scalar ?? .null)
      read.append(Axis(name: name, values: try Self.values(of: pair.value, in: &context)))
    }
    var count = 1
    for axis in read {
      count *= axis.values.count
      if count > Self.maximumMemberCount { throw .tooLarge }
    }
    for number in 0..<count { try addCombination(number, of: read, count: count) }
  }

  private static func values(
    of node: DefinitionNode, in context: inout TemplateContext
  ) throws(TemplateProblem) -> [TemplateValue] {
    let value = try context.groupData(node)
    switch value.content {
    case .scalar(.string(let text)) where !value.isDefined:
      return text.unicodeScalars.map { .text(String($0)) }
    case .scalar: throw .notIterable(found: value.kindName)
    case .list(let items): return items.enumerated().map { $1.placed(at: "\($0)", in: value) }
    case .map(let map): return map.keys.map { .text($0) }
    }
  }

  /// The last axis turns fastest.
  private mutating func addCombination(
    _ number: Int, of axes: [Axis], count: Int
  ) throws(TemplateProblem) {
    var (rest, block) = (number, count)
    var parts: [String] = []
    var values: [(key: String, value: TemplateValue)] = []
    for axis in axes {
      block /= axis.values.count
      let position = rest / block
      rest %= block
      let value = axis.values[position]
      parts.append(value.isComposite ? "\(axis.name)\(position)" : value.groupKey)
      values.append((axis.name, value))
    }
    try add(
      parts.joined(separator: "-"),
      TemplateValue(.map(TemplateMap(values)), source: TemplateValue.literal, isDefined: false))
  }
}

extension TemplateValue {
  /// The source of what stands in the definition itself.
  fileprivate static let literal: Int32 = -1

  fileprivate static func text(_ text: String) -> TemplateValue {
    TemplateValue(.scalar(.string(text)), source: literal, isDefined: false)
  }

  /// The value with the path that leads to it in its file.
  fileprivate func placed(at step: String, in parent: TemplateValue) -> TemplateValue {
    guard path == nil, let parentPath = parent.path else { return self }
    var value = self
    value.path = "\(parentPath).\(step)"
    return value
  }

  /// The value in the name of a member. Those of files and `vars` print their booleans as Python
  /// does.
  fileprivate var groupKey: String {
    guard case .scalar(let scalar) = content else { return "" }
    return isDefined
      ? TemplateTextForm.pythonText(of: scalar) : TemplateTextForm.text(of: scalar)
  }
}

extension TemplateContext {
  /// The data of a group, where values named by templates remember where they come from.
  fileprivate mutating func groupData(
    _ node: DefinitionNode
  ) throws(TemplateProblem) -> TemplateValue {
    let content: TemplateValue.Content
    switch node.value {
    case .scalar(.string(let text)) where TemplateText.mayHold(text):
      let template = TemplateText(text)
      if let expression = template.wholeExpression { return try select(expression) }
      content = .scalar(.string(try fill(template, at: .section)))
    case .scalar(let scalar): content = .scalar(scalar)
    case .list(let items):
      var values: [TemplateValue] = []
      for item in items { values.append(try groupData(item)) }
      content = .list(values)
    case .map(let pairs):
      var members: [(key: String, value: TemplateValue)] = []
      for pair in pairs {
        guard let key = try fill(pair.key, at: .section).scalar else { throw .badKey }
        members.append((TemplateTextForm.text(of: key), try groupData(pair.value)))
      }
      content = .map(TemplateMap(members))
    }
    return TemplateValue(content, source: TemplateValue.literal, isDefined: false)
  }
}
