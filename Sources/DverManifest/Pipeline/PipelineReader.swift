import DverYAML

/// Reads a `dver.yaml`: checks its schema, fills in templates, reads the stages.
struct PipelineReader {
  private static let keys = [
    "stages", "vars", "params", "metrics", "plots", "artifacts", "datasets",
  ]

  private let source: String
  private let library: TemplateLibrary
  private var check: SchemaCheck
  private var sections: [String: DefinitionNode] = [:]
  /// A definition of the file: one stage, or a group.
  private struct Definition {
    let name: DefinitionNode
    let node: DefinitionNode
    /// The stage, if there is nothing to fill in.
    let stage: Stage?
  }

  private var definitions: [Definition] = []

  init(source: String, parameters: any ParameterSource, options: TemplateOptions) {
    self.source = source
    library = TemplateLibrary(files: parameters, options: options)
    check = SchemaCheck(source: source)
  }

  /// - Parameter root: `nil` for an empty file.
  mutating func file(_ root: YAMLNode?) throws -> PipelineFile {
    try readSchema(root)
    var resolver = DefinitionResolver(source: source, library: library)
    if needsValues, try !resolver.loadValues(sections["vars"]) {
      try resolver.check.finish()
    }
    var file = PipelineFile()
    file.stages.reserveCapacity(definitions.count)
    for definition in definitions {
      if let stage = definition.stage {
        file.stages.append(stage)
        continue
      }
      for resolved in try resolver.stages(definition.name, definition.node) {
        // What is wrong with one member is wrong with many.
        guard let stage = read(resolved) else { break }
        file.stages.append(stage)
      }
    }
    readSections(into: &file, &resolver)
    try check.finish(with: resolver.check)
    return file
  }

  /// All of the file with its templates filled in, as `stage list --resolved` shows it.
  mutating func resolved(_ root: YAMLNode?) throws -> ResolvedDefinition {
    try readSchema(root)
    var resolver = DefinitionResolver(source: source, library: library)
    guard try resolver.loadValues(sections["vars"]) else {
      try resolver.check.finish()
      return ResolvedDefinition()
    }
    var result = ResolvedDefinition()
    for definition in definitions {
      result.stages += try resolver.stages(definition.name, definition.node)
    }
    result.values = resolver.values
    result.parameters = resolver.items(sections["params"], "params")
    result.metrics = resolver.items(sections["metrics"], "metrics")
    result.plots = resolver.items(sections["plots"], "plots")
    result.artifacts = resolver.members(sections["artifacts"], "artifacts")
    result.datasets = resolver.items(sections["datasets"], "datasets")
    result.warnings = resolver.warnings
    try resolver.check.finish()
    return result
  }

  // MARK: Schema

  private mutating func readSchema(_ root: YAMLNode?) throws {
    guard let root, !root.isNull else { return }
    for (key, value) in check.mapping(DefinitionNode(root), "") {
      guard Self.keys.contains(key.text) else {
        check.reportUnknownKey(key, in: "", known: Self.keys)
        continue
      }
      sections[key.text] = value
      readSchema(of: key.text, value)
    }
    try check.finish()
  }

  private mutating func readSchema(of section: String, _ value: DefinitionNode) {
    switch section {
    case "stages":
      guard value.scalar != .null else { return }
      for (name, definition) in check.mapping(value, "stages") { readStage(name, definition) }
    case "vars": check.vars(value, "vars")
    case "params", "metrics": _ = check.strings(value, section)
    case "plots": check.plots(value)
    case "artifacts": check.artifacts(value)
    case "datasets": check.datasets(value)
    default: break
    }
  }

  private mutating func readStage(_ name: DefinitionNode, _ node: DefinitionNode) {
    StageReader.checkName(name, &check)
    let keyPath = "stages.\(name.text)"
    if node["foreach"] != nil || node["do"] != nil {
      check.group(node, keyPath)
      if let template = node["do"] { readTemplate(name, template) }
    } else if let axes = node["matrix"] {
      check.matrix(axes, "\(keyPath).matrix")
      let rest = node.pairs.filter { $0.key.text != "matrix" }
      readTemplate(name, DefinitionNode(filling: node.site, with: .map(rest), isFilled: false))
    } else {
      let hasTemplate = node.hasTemplate
      let stage = StageReader.read(
        name.text, at: name, node, isTemplate: hasTemplate, &check)
      let isPlain = !hasTemplate && node["vars"] == nil
      definitions.append(Definition(name: name, node: node, stage: isPlain ? stage : nil))
      return
    }
    definitions.append(Definition(name: name, node: node, stage: nil))
  }

  private mutating func readTemplate(_ name: DefinitionNode, _ node: DefinitionNode) {
    _ = StageReader.read(name.text, at: name, node, isTemplate: true, &check)
  }

  /// Whether anything may name a value; files of parameters are left alone otherwise.
  private var needsValues: Bool {
    sections["vars"] != nil || definitions.contains { $0.stage == nil }
      || ["params", "metrics", "plots", "artifacts", "datasets"].contains {
        sections[$0]?.hasTemplate ?? false
      }
  }

  // MARK: Values

  private mutating func read(_ resolved: ResolvedStageDefinition) -> Stage? {
    let count = check.problems.count
    var stage = StageReader.read(
      resolved.name, at: resolved.site, resolved.definition, isTemplate: false, &check)
    stage?.trackedValues = resolved.tracked
    return check.problems.count == count ? stage : nil
  }

  private mutating func readSections(
    into file: inout PipelineFile, _ resolver: inout DefinitionResolver
  ) {
    file.parameterFiles = paths(resolver.items(sections["params"], "params"), "params")
    file.metrics = paths(resolver.items(sections["metrics"], "metrics"), "metrics")
    if sections["plots"] != nil {
      let items = resolver.items(sections["plots"], "plots")
      file.plots = .list(items.map { ParameterValue($0) })
    }
    if sections["artifacts"] != nil {
      let members = resolver.members(sections["artifacts"], "artifacts")
      file.artifacts = .map(
        members.map { .init(key: $0.key.text, value: ParameterValue($0.value)) })
    }
    if sections["datasets"] != nil {
      let items = resolver.items(sections["datasets"], "datasets")
      file.datasets = .list(items.map { ParameterValue($0) })
    }
  }

  private mutating func paths(_ items: [DefinitionNode], _ section: String) -> [[UInt8]] {
    var paths: [[UInt8]] = []
    for (position, item) in items.enumerated() {
      if let path = check.path(item, "\(section)[\(position)]") { paths.append(path) }
    }
    return paths
  }
}
