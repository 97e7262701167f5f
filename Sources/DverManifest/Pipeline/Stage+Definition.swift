import DverYAML

extension Stage {
  /// The stage as `stage add` writes it: lists sorted, and only what is not as it would be anyway.
  var definition: [ParameterValue.Member] {
    var members: [ParameterValue.Member] = []
    func add(_ key: String, _ value: ParameterValue?) {
      if let value { members.append(ParameterValue.Member(key: key, value: value)) }
    }
    add("desc", summary.map { .string($0) })
    add(
      "cmd",
      commandIsList ? .list(commands.map { .string($0) }) : .string(commands.first ?? ""))
    add("wdir", workingDirectory.map { .string($0) })
    add("deps", Self.list(Self.sorted(dependencies).map { .string(PathText.text(of: $0)) }))
    add("params", Self.list(parameterItems))
    add("outs", Self.list(items(.data)))
    add("metrics", Self.list(items(.metric)))
    add("plots", Self.list(items(.plot)))
    add("frozen", isFrozen ? .bool(true) : nil)
    add("always_changed", alwaysRuns ? .bool(true) : nil)
    add("meta", meta)
    return members
  }

  private static func list(_ items: [ParameterValue]) -> ParameterValue? {
    items.isEmpty ? nil : .list(items)
  }

  private static func sorted(_ paths: [[UInt8]]) -> [[UInt8]] {
    paths.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private var parameterItems: [ParameterValue] {
    let sorted = parameters.sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
    func keys(_ selection: ParameterSelection) -> [ParameterValue] {
      selection.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) }
    }
    var (first, others): ([ParameterValue], [ParameterValue]) = ([], [])
    for selection in sorted {
      if selection.file == ParameterSelection.defaultFile, !selection.keys.isEmpty {
        first = keys(selection)
      } else {
        let value: ParameterValue = selection.keys.isEmpty ? .null : .list(keys(selection))
        others.append(.map([ParameterValue.Member(key: selection.file, value: value)]))
      }
    }
    return first + others
  }

  private func items(_ kind: StageOutput.Kind) -> [ParameterValue] {
    let chosen = outputs.filter { $0.kind == kind }
      .sorted { $0.path.lexicographicallyPrecedes($1.path) }
    return chosen.map { output in
      var flags: [ParameterValue.Member] = []
      if !output.isCached { flags.append(ParameterValue.Member(key: "cache", value: .bool(false))) }
      if output.persists { flags.append(ParameterValue.Member(key: "persist", value: .bool(true))) }
      let path = PathText.text(of: output.path)
      return flags.isEmpty
        ? .string(path) : .map([ParameterValue.Member(key: path, value: .map(flags))])
    }
  }
}
