import DverCore
import DverYAML

/// Reads one stage of `dver.yaml`.
///
/// The definition is read twice where it has templates: as it is written, which checks the schema,
/// and with the templates filled in, which gives the stage.
struct StageReader {
  static let keys = [
    "cmd", "wdir", "deps", "params", "vars", "outs", "metrics", "plots", "frozen",
    "always_changed", "desc", "meta", "env", "resources", "mutex", "timeout", "retry",
  ]
  /// Keys that are kept free for what is to come.
  private static let futureKeys = ["run", "each"]

  let keyPath: String
  /// Whether templates may stand for numbers and durations.
  let isTemplate: Bool
  var stage: Stage
  private var outputPaths: Set<[UInt8]> = []

  /// - Parameters:
  ///   - name: The whole name, with `@key` for a member of a group.
  ///   - site: The name of the stage or its group in the file.
  ///   - isTemplate: Whether the definition's templates are not filled in.
  /// - Returns: `nil` where the definition cannot be a stage; why is in `check` then.
  static func read(
    _ name: String, at site: DefinitionNode, _ definition: DefinitionNode, isTemplate: Bool,
    _ check: inout SchemaCheck
  ) -> Stage? {
    let keyPath = "stages.\(name)"
    guard definition.kind == .mapping else {
      check.report(
        "expected a mapping, not \(SchemaCheck.description(of: definition))", at: definition,
        keyPath)
      return nil
    }
    let future = definition.pairs.filter { futureKeys.contains($0.key.text) }
    for pair in future {
      check.report("'\(pair.key.text)' is not supported yet", at: pair.key, keyPath)
    }
    guard future.isEmpty else { return nil }
    var reader = StageReader(keyPath, Stage(name: name, line: site.line), isTemplate: isTemplate)
    var hasCommand = false
    for (key, value) in definition.pairs {
      if key.text == "cmd" { hasCommand = true }
      reader.read(key, value, &check)
    }
    if !hasCommand { check.report("the key 'cmd' is missing", at: site, keyPath) }
    return reader.stage
  }

  private init(_ keyPath: String, _ stage: Stage, isTemplate: Bool) {
    self.keyPath = keyPath
    self.stage = stage
    self.isTemplate = isTemplate
  }

  private static let namePunctuation: Set<Unicode.Scalar> = ["_", "-", "/", "."]

  /// No ASCII punctuation except `_`, `-`, `/` and single dots, so that `file:stage` and `name@key`
  /// can be told apart from names. DVC wants the same of names that it is given, without dots and
  /// slashes, but runs what a file calls `train.lgbm` or `text/train`.
  static func checkName(
    _ name: DefinitionNode, _ check: inout SchemaCheck
  ) {
    let keyPath = "stages.\(name.text)"
    guard let text = check.key(name, keyPath) else { return }
    let bad = text.unicodeScalars.first { scalar in
      scalar.isASCII && !namePunctuation.contains(scalar)
        && (scalar.properties.generalCategory.isPunctuationOrSymbol || scalar.value < 0x20)
    }
    if let bad {
      check.report("a stage name must not hold '\(bad)'", at: name, keyPath)
    } else if text.isEmpty {
      check.report("a stage needs a name", at: name, keyPath)
    } else if text.split(separator: ".", omittingEmptySubsequences: false).contains("") {
      check.report("a stage name must not begin or end with '.', or hold '..'", at: name, keyPath)
    }
  }

  private mutating func read(
    _ key: DefinitionNode, _ value: DefinitionNode, _ check: inout SchemaCheck
  ) {
    let path = "\(keyPath).\(key.text)"
    switch key.text {
    case "cmd": readCommands(value, path, &check)
    case "wdir":
      if let text = check.string(value, path) {
        if text.isEmpty { check.report("expected a path, not an empty string", at: value, path) }
        stage.workingDirectory = text
      }
    case "deps": readDependencies(value, path, &check)
    case "params": stage.parameters = ParameterSelection.read(value, path, &check)
    case "vars": check.vars(value, path)
    case "outs": readOutputs(value, .data, path, &check)
    case "metrics": readOutputs(value, .metric, path, &check)
    case "plots": readOutputs(value, .plot, path, &check)
    case "frozen": stage.isFrozen = check.bool(value, path) ?? false
    case "always_changed": stage.alwaysRuns = check.bool(value, path) ?? false
    case "desc": stage.summary = check.note(value, path)
    case "meta": stage.meta = ParameterValue(value)
    case "env": readEnvironment(value, path, &check)
    case "resources": readResources(value, path, &check)
    case "mutex": readMutexes(value, path, &check)
    case "timeout": stage.timeout = timeout(value, path, &check)
    case "retry": readRetry(value, path, &check)
    default: check.reportUnknownKey(key, in: keyPath, known: Self.keys)
    }
  }

  private mutating func readCommands(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) {
    stage.commandIsList = node.kind == .sequence
    if stage.commandIsList {
      stage.commands = check.strings(node, path)
    } else if let command = check.string(node, path) {
      stage.commands = [command]
    }
  }

  private mutating func readDependencies(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) {
    let items = check.list(node, path)
    // Twice the same is harmless, and templates produce it.
    var known: Set<[UInt8]> = []
    for (position, item) in items.enumerated() {
      guard let dependency = check.path(item, "\(path)[\(position)]") else { continue }
      if items.count > 1, !known.insert(dependency).inserted { continue }
      stage.dependencies.append(dependency)
    }
  }

  private mutating func readOutputs(
    _ node: DefinitionNode, _ kind: StageOutput.Kind, _ path: String, _ check: inout SchemaCheck
  ) {
    for (position, item) in check.list(node, path).enumerated() {
      let itemPath = "\(path)[\(position)]"
      guard item.kind == .mapping else {
        if let output = check.path(item, itemPath) {
          add(StageOutput(path: output, kind: kind), item, itemPath, &check)
        }
        continue
      }
      for (key, settings) in item.pairs {
        guard let output = check.path(key, itemPath) else { continue }
        let flagged = StageOutput.read(output, kind, settings, itemPath, &check)
        add(flagged, key, itemPath, &check)
      }
      if item.pairs.isEmpty { check.report("expected a path", at: item, itemPath) }
    }
  }

  private mutating func add(
    _ output: StageOutput, _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) {
    if output.path.first == RepositoryPath.slash {
      check.report("expected a relative path, not an absolute one", at: node, path)
    }
    let components = output.path.split(separator: RepositoryPath.slash)
      .filter { !$0.elementsEqual(".".utf8) }
    if !outputPaths.insert(Array(components.joined(separator: [RepositoryPath.slash]))).inserted {
      let name = PathQuoting.quoted(output.path)
      check.report("the stage has the output \(name) already", at: node, path)
    }
    stage.outputs.append(output)
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isPunctuationOrSymbol: Bool {
    switch self {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
      .modifierSymbol, .otherSymbol:
      true
    default: false
    }
  }
}
