package import DverYAML

extension PipelineFile {
  /// The text of a `dver.yaml` with `stage` in it.
  ///
  /// Of a stage of that name what `stage` does not say goes, except for `desc` and `meta`. Comments
  /// and the order of keys stay, unless it is a group, stands in braces or takes keys from elsewhere:
  /// then it is replaced as a whole. What is added to a mapping in braces stands in braces too.
  ///
  /// - Parameter bytes: The present text; empty for a new file.
  /// - Throws: `YAMLError` where an alias prevents the edit.
  package static func adding(
    _ stage: Stage, to bytes: [UInt8], source: String
  ) throws(YAMLError) -> [UInt8] {
    var editor = try YAMLEditor(bytes: bytes, source: source, allowsOldVersion: true)
    let stages = editor.document.root?["stages"]
    var new = ParameterValue.Member(key: stage.name, value: .map(stage.definition))
    guard let stages, !stages.isNull, !(stages.kind == .mapping && stages.pairs.isEmpty) else {
      new = ParameterValue.Member(key: "stages", value: .map([new]))
      try put(new, in: [], of: &editor)
      return editor.bytes
    }
    if let old = stages[stage.name] {
      let isPlain = old.kind == .mapping && old.style == .block && !old.isAlias && !old.merges
      if isPlain, !isGroup(old) {
        try update(stage, old, in: &editor)
        return editor.bytes
      }
      if !isGroup(old) { new.value = .map(stage.definition + kept(of: old, by: stage)) }
    }
    try put(new, in: ["stages"], of: &editor)
    return editor.bytes
  }

  private static let keptKeys: Set<String> = ["desc", "meta"]

  /// What stays of a stage that is replaced.
  private static func kept(of old: YAMLNode, by stage: Stage) -> [ParameterValue.Member] {
    old.pairs.filter { pair in
      let key = pair.key.text
      return keptKeys.contains(key) && !stage.definition.contains { $0.key == key }
    }.map { ParameterValue.Member(key: $0.key.text, value: ParameterValue($0.value)) }
  }

  /// Adds a member to the mapping at `path`, or puts it in the place of the one with its key.
  private static func put(
    _ member: ParameterValue.Member, in path: [YAMLPathStep], of editor: inout YAMLEditor
  ) throws(YAMLError) {
    let isOldVersion = editor.document.isOldVersion
    let isPresent = editor.contains(path + [.key(member.key)])
    if editor.isFlow(path) {
      var entry: [UInt8] = []
      member.appendInFlow(to: &entry, isOldVersion: isOldVersion)
      if isPresent {
        try editor.replace(flowEntry: entry, named: member.key, in: path)
      } else {
        try editor.add(flowEntry: entry, named: member.key, to: path)
      }
      return
    }
    let entry = lines(of: member, isOldVersion: isOldVersion)
    if isPresent {
      try editor.replace(entry: entry, named: member.key, in: path)
    } else {
      try editor.add(entry: entry, named: member.key, to: path)
    }
  }

  private static func update(
    _ stage: Stage, _ old: YAMLNode, in editor: inout YAMLEditor
  ) throws(YAMLError) {
    let path: [YAMLPathStep] = ["stages", .key(stage.name)]
    try editor.requireUnshared(path)
    let members = stage.definition
    // Added first: a mapping cannot lose its last key.
    for member in members {
      let entry = lines(of: member, isOldVersion: editor.document.isOldVersion)
      if let present = old[member.key] {
        if ParameterValue(present) == member.value { continue }
        do {
          try update(present, at: path + [.key(member.key)], to: member.value, in: &editor)
        } catch {
          try editor.replace(entry: entry, named: member.key, in: path)
        }
      } else {
        try editor.add(entry: entry, named: member.key, to: path)
      }
    }
    for pair in old.pairs {
      let key = pair.key.text
      if keptKeys.contains(key) || members.contains(where: { $0.key == key }) { continue }
      try editor.remove(path + [.key(key)])
    }
  }

  /// Changes no more of a value than it must, so that comments in it and behind it stay.
  ///
  /// Items of lists that stay keep their lines and their order; new ones take the places of those
  /// that go.
  private static func update(
    _ old: YAMLNode, at path: [YAMLPathStep], to value: ParameterValue, in editor: inout YAMLEditor
  ) throws(YAMLError) {
    guard old.style == .block, old.kind == .sequence, case .list(let new) = value else {
      return try editor.set(path, to: scalar(value, inPlaceOf: old))
    }
    // What fails half-way must leave the text as it was.
    var changed = editor
    let isOldVersion = editor.document.isOldVersion
    var items = old.items.map { ParameterValue($0) }
    let gone = items.indices.filter { !new.contains(items[$0]) }
    let fresh = new.filter { !items.contains($0) }
    for (position, item) in zip(gone, fresh) {
      let node = old.items[position]
      if node.kind == .scalar, case .string = item {
        try changed.set(path + [.item(position)], to: scalar(item, inPlaceOf: node))
      } else {
        let lines = Self.lines(ofItem: item, isOldVersion: isOldVersion)
        try changed.replace(item: lines, at: position, of: path)
      }
      items[position] = item
    }
    for item in fresh.dropFirst(gone.count) {
      let before = new.prefix { $0 != item }.last { items.contains($0) }
      let position = before.flatMap { items.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
      let lines = Self.lines(ofItem: item, isOldVersion: isOldVersion)
      try changed.insert(item: lines, at: position, of: path)
      items.insert(item, at: position)
    }
    for position in gone.dropFirst(fresh.count).reversed() {
      try changed.remove(itemAt: position, of: path)
    }
    editor = changed
  }

  /// A string of one line that takes the place of another one.
  private static func scalar(
    _ value: ParameterValue, inPlaceOf old: YAMLNode
  ) throws(YAMLError) -> YAMLScalar {
    guard case .string(let text) = value, !text.contains(where: \.isNewline), old.string != nil
    else {
      throw YAMLError(
        source: old.document.source, mark: old.mark,
        problem: .notEditable("it is no text of one line"))
    }
    return .string(text)
  }

  private static func lines(ofItem item: ParameterValue, isOldVersion: Bool) -> [UInt8] {
    let list = ParameterValue.Member(key: "list", value: .list([item]))
    let text = lines(of: list, isOldVersion: isOldVersion)
    return Array(text.drop { $0 != UInt8(ascii: "\n") }.dropFirst())
  }

  private static func lines(
    of member: ParameterValue.Member, isOldVersion: Bool
  ) -> [UInt8] {
    var writer = YAMLWriter(leavesNullOut: true, isOldVersion: isOldVersion)
    writer.key(member.key, indent: 0)
    member.value.append(to: &writer, indent: 0)
    return writer.bytes
  }

  private static func isGroup(_ node: YAMLNode) -> Bool {
    node["foreach"] != nil || node["do"] != nil || node["matrix"] != nil
  }

  // MARK: Freezing

  /// Whether the file's text defines `name` as a group; `nil` where it has no such name.
  package static func isGroup(
    _ name: String, in bytes: [UInt8], source: String
  ) throws(YAMLError) -> Bool? {
    let document = try YAMLDocument.parse(bytes: bytes, source: source, allowsOldVersion: true)
    return document.root?["stages"]?[name].map(isGroup)
  }

  /// The text of a `dver.yaml` in which a stage, or all members of a group, are frozen or not.
  ///
  /// - Parameter name: The stage or group as the text names it.
  /// - Throws: `YAMLError` where flow style or an alias prevents the edit.
  package static func freezing(
    _ name: String, _ isFrozen: Bool, in bytes: [UInt8], source: String
  ) throws(YAMLError) -> [UInt8] {
    var editor = try YAMLEditor(bytes: bytes, source: source, allowsOldVersion: true)
    var path: [YAMLPathStep] = ["stages", .key(name)]
    if editor.contains(path + ["do"]) { path.append("do") }
    try editor.setFlag("frozen", of: path, isFrozen)
    return editor.bytes
  }
}

extension PointerFile {
  /// The text of a pointer file that is frozen or not.
  ///
  /// - Throws: `YAMLError` where flow style prevents the edit.
  package static func freezing(
    _ isFrozen: Bool, in bytes: [UInt8], source: String
  ) throws(YAMLError) -> [UInt8] {
    var editor = try YAMLEditor(bytes: bytes, source: source)
    try editor.setFlag("frozen", of: [], isFrozen)
    return editor.bytes
  }
}

extension YAMLEditor {
  /// Sets a key of a mapping that is false where it is missing.
  fileprivate mutating func setFlag(
    _ key: String, of path: [YAMLPathStep], _ value: Bool
  ) throws(YAMLError) {
    let place = path + [.key(key)]
    guard contains(place) else {
      if value { try add(key, .bool(true), to: path) }
      return
    }
    if value { return try set(place, to: .bool(true)) }
    do {
      try remove(place)
    } catch {
      // Such as the only key there.
      try set(place, to: .bool(false))
    }
  }
}
