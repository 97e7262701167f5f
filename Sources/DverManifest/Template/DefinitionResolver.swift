import DverYAML

/// Fills in the templates of a `dver.yaml` whose schema was checked, and expands its groups.
struct DefinitionResolver {
  private(set) var check: SchemaCheck
  private(set) var warnings: [String] = []
  private var context: TemplateContext
  private let library: TemplateLibrary

  init(source: String, library: TemplateLibrary) {
    check = SchemaCheck(source: source)
    self.library = library
    context = TemplateContext(library: library)
  }

  /// The values that all templates of the file can name.
  var values: ParameterValue {
    TemplateValue(.map(context.values), source: 0).parameter
  }

  /// Loads `params.yaml` and the `vars` of the file; false where that failed.
  mutating func loadValues(_ vars: DefinitionNode?) throws -> Bool {
    if let vars, let template = vars.firstTemplate {
      check.report("templates are not filled in here", at: template, "vars")
      return false
    }
    do {
      try context.loadDefaultFile()
      if let vars { try context.load(vars, from: "", owner: nil) }
      return true
    } catch let problem as TemplateProblem {
      guard let vars else {
        check.report(problem, at: nil, "vars")
        return false
      }
      check.report(problem, at: vars, "vars")
      return false
    }
  }

  // MARK: Stages

  /// The stages that a definition of the file stands for: itself, or the members of the group.
  ///
  /// What is wrong is reported; of a group only the first member that something is wrong with.
  mutating func stages(
    _ name: DefinitionNode, _ definition: DefinitionNode
  ) throws -> [ResolvedStageDefinition] {
    if let data = definition["foreach"], let template = definition["do"] {
      return try members(of: name, template, data, isMatrix: false)
    }
    if let axes = definition["matrix"] {
      let rest = definition.pairs.filter { $0.key.text != "matrix" }
      let template = DefinitionNode(
        filling: definition.site, with: .map(rest), isFilled: false)
      return try members(of: name, template, axes, isMatrix: true)
    }
    guard checkTemplates(of: name, definition) else { return [] }
    return try stage(name.text, name, definition).map { [$0] } ?? []
  }

  private mutating func members(
    of name: DefinitionNode, _ template: DefinitionNode, _ data: DefinitionNode, isMatrix: Bool
  ) throws -> [ResolvedStageDefinition] {
    let group: StageGroup
    do throws(TemplateProblem) {
      try data.checkTemplates()
      group =
        isMatrix
        ? try StageGroup(matrix: data, in: &context) : try StageGroup(foreach: data, in: &context)
    } catch {
      let path = "stages.\(name.text).\(isMatrix ? "matrix" : "foreach")"
      check.report(error, at: data, path)
      return []
    }
    let names = isMatrix ? group.names.reversed() : group.names
    warn(of: context.defined(among: names), name.text)
    guard !group.members.isEmpty, checkTemplates(of: name, template) else { return [] }
    var stages: [ResolvedStageDefinition] = []
    stages.reserveCapacity(group.members.count)
    defer { context.setGroupValues([]) }
    for member in group.members {
      context.setGroupValues(group.values(of: member))
      guard let stage = try stage("\(name.text)@\(member.key)", name, template) else { break }
      stages.append(stage)
    }
    return stages
  }

  /// Warns in the words of DVC, which scripts look for.
  private mutating func warn(of names: [String], _ group: String) {
    guard !names.isEmpty else { return }
    warnings.append(
      "\(names.joined(separator: " and ")) \(names.count == 1 ? "is" : "are") already specified, "
        + "will be overwritten for stages generated from '\(group)'")
  }

  /// Reports the first expression of each key that is none; false if there is one.
  private mutating func checkTemplates(
    of name: DefinitionNode, _ definition: DefinitionNode
  ) -> Bool {
    var isSound = true
    for (key, value) in definition.pairs {
      do throws(TemplateProblem) {
        try value.checkTemplates()
      } catch {
        check.report(error, at: value, "stages.\(name.text).\(key.text)")
        isSound = false
      }
    }
    return isSound
  }

  /// - Returns: `nil` where something is wrong.
  private mutating func stage(
    _ name: String, _ site: DefinitionNode, _ definition: DefinitionNode
  ) throws -> ResolvedStageDefinition? {
    var own = context
    if let vars = definition["vars"] {
      guard try load(vars, of: name, definition, into: &own) else { return nil }
    }
    own.beginTracking()
    var pairs: [DefinitionNode.Pair] = []
    pairs.reserveCapacity(definition.pairs.count)
    for (key, value) in definition.pairs {
      let keyName = key.text
      if keyName == "vars" { continue }
      do throws(TemplateProblem) {
        pairs.append((key, try own.fill(value, at: keyName == "cmd" ? .command : .field)))
      } catch {
        check.report(error, at: value, "stages.\(name).\(keyName)")
        return nil
      }
    }
    return ResolvedStageDefinition(
      name: name, site: site,
      definition: DefinitionNode(
        filling: definition.site, with: .map(pairs), isFilled: false),
      tracked: own.endTracking())
  }

  /// Loads the `vars` of a stage; false where that failed.
  private mutating func load(
    _ vars: DefinitionNode, of name: String, _ definition: DefinitionNode,
    into own: inout TemplateContext
  ) throws -> Bool {
    let path = "stages.\(name).vars"
    var folder = ""
    if let wdir = definition["wdir"] {
      do throws(TemplateProblem) {
        let filled = try own.fill(wdir, at: .field)
        folder = filled.scalar.map { TemplateTextForm.text(of: $0) } ?? ""
      } catch {
        check.report(error, at: wdir, "stages.\(name).wdir")
        return false
      }
    }
    if let template = vars.firstTemplate {
      check.report("templates are not filled in here", at: template, path)
      return false
    }
    do {
      try own.load(vars, from: folder, owner: name)
      return true
    } catch let problem as TemplateProblem {
      check.report(problem, at: vars, path)
      return false
    }
  }

  // MARK: Sections

  /// The items of a section of the file that is a list.
  mutating func items(_ section: DefinitionNode?, _ name: String) -> [DefinitionNode] {
    var filled: [DefinitionNode] = []
    for (position, item) in (section?.items ?? []).enumerated() {
      if let item = fill(item, "\(name)[\(position)]") { filled.append(item) }
    }
    return filled
  }

  /// The members of a section of the file that is a map.
  mutating func members(_ section: DefinitionNode?, _ name: String) -> [DefinitionNode.Pair] {
    var filled: [DefinitionNode.Pair] = []
    var places: [String: Int] = [:]
    for pair in section?.pairs ?? [] {
      let path = "\(name).\(pair.key.text)"
      guard let key = fill(pair.key, path), let value = fill(pair.value, path) else { continue }
      guard case .string(let text)? = key.scalar else {
        check.report(
          "expected a name, not \(SchemaCheck.description(of: key))", at: pair.key, path)
        continue
      }
      if let place = places[text] {
        filled[place].value = value
      } else {
        places[text] = filled.count
        filled.append((key, value))
      }
    }
    return filled
  }

  private mutating func fill(_ node: DefinitionNode, _ path: String) -> DefinitionNode? {
    do throws(TemplateProblem) {
      try node.checkTemplates()
      return try context.fill(node, at: .section)
    } catch {
      check.report(error, at: node, path)
      return nil
    }
  }
}

/// A stage of `dver.yaml` with its templates filled in, not read yet.
struct ResolvedStageDefinition: Sendable {
  let name: String
  /// The name of the stage, or of its group, in the file.
  let site: DefinitionNode
  /// Without `vars` and `matrix`.
  let definition: DefinitionNode
  let tracked: TrackedValues
}

extension SchemaCheck {
  /// - Parameter node: `nil` for the file as a whole.
  mutating func report(_ problem: TemplateProblem, at node: DefinitionNode?, _ keyPath: String) {
    guard let node else { return report(problem.text, keyPath, hint: problem.hint) }
    report(problem.text, at: node, keyPath, hint: problem.hint)
  }
}
