import DverCore
import DverYAML

extension LockFile {
  private static let keys = ["schema", "stages", "datasets"]
  private static let entryKeys = ["cmd", "env", "deps", "params", "outs"]

  /// Reads a lock file; an empty one is a lock without entries.
  ///
  /// - Parameter source: The name of the file, for messages.
  /// - Throws: `YAMLError` or `FileFormatError`, which lists everything that is wrong.
  package static func parse(bytes: [UInt8], source: String) throws -> LockFile {
    try read(YAMLDocument.parse(bytes: bytes, source: source))
  }

  static func read(_ document: YAMLDocument) throws(FileFormatError) -> LockFile {
    var check = SchemaCheck(source: document.source)
    var entries: [Entry] = []
    var datasets: ParameterValue?
    if let root = document.root, !root.isNull {
      for (key, value) in check.mapping(root, "") {
        switch key.text {
        case "schema": checkSchema(value, &check)
        case "stages": entries = readEntries(value, &check)
        case "datasets": datasets = ParameterValue(value)
        default: check.reportUnknownKey(key, in: "", known: keys)
        }
      }
      if root.kind == .mapping, root["schema"] == nil {
        check.report("the key 'schema' is missing", at: root, "")
      }
    }
    try check.finish()
    return LockFile(entries: entries, datasets: datasets)
  }

  private static func checkSchema(_ node: YAMLNode, _ check: inout SchemaCheck) {
    // Without quotes it is a number, and means the same.
    guard node.kind != .scalar || node.text != schema else { return }
    check.report(
      "expected '\(schema)', not \(SchemaCheck.description(of: node))", at: node, "schema")
  }

  private static func readEntries(_ node: YAMLNode, _ check: inout SchemaCheck) -> [Entry] {
    if node.isNull { return [] }
    let pairs = check.mapping(node, "stages")
    var entries: [Entry] = []
    entries.reserveCapacity(pairs.count)
    for (key, value) in pairs {
      let name = key.text
      let lock = readEntry(value, at: "stages.\(name)", &check)
      entries.append(Entry(name: name, lock: lock.canonical))
    }
    return entries
  }

  /// - Parameters:
  ///   - path: Of the entry in its file, for messages; empty if it is all of it.
  ///   - ignored: A key that belongs to the file, not to the entry.
  static func readEntry(
    _ node: YAMLNode, at path: String, ignoring ignored: String? = nil,
    _ check: inout SchemaCheck
  ) -> StageLock {
    var lock = StageLock(commands: [])
    var hasCommand = false
    let prefix = path.isEmpty ? "" : path + "."
    for (key, value) in check.mapping(node, path) {
      switch key.text {
      case "cmd":
        hasCommand = true
        lock.commandIsList = value.kind == .sequence
        lock.commands =
          lock.commandIsList
          ? check.strings(value, prefix + "cmd")
          : check.string(value, prefix + "cmd").map { [$0] } ?? []
      case "deps": lock.dependencies = readRecords(value, at: prefix + "deps", &check)
      case "outs": lock.outputs = readRecords(value, at: prefix + "outs", &check)
      case "env": lock.environment = readEnvironment(value, at: prefix + "env", &check)
      case "params": lock.parameters = readParameters(value, at: prefix + "params", &check)
      case ignored: continue
      default: check.reportUnknownKey(key, in: path, known: entryKeys)
      }
    }
    if node.kind == .mapping, !hasCommand {
      check.report("the key 'cmd' is missing", at: node, path)
    }
    return lock
  }

  private static func readEnvironment(
    _ node: YAMLNode, at path: String, _ check: inout SchemaCheck
  ) -> [EnvironmentVariable] {
    check.mapping(node, path).compactMap { key, value in
      check.string(value, "\(path).\(key.text)")
        .map { EnvironmentVariable(name: key.text, value: $0) }
    }
  }

  private static func readRecords(
    _ node: YAMLNode, at path: String, _ check: inout SchemaCheck
  ) -> [OutputRecord] {
    var records: [OutputRecord] = []
    for (position, item) in check.list(node, path).enumerated() {
      let record = check.record(item, "\(path)[\(position)]")
      if let record { records.append(record) }
    }
    return records
  }

  private static func readParameters(
    _ node: YAMLNode, at path: String, _ check: inout SchemaCheck
  ) -> [StageLock.ParameterFile] {
    check.mapping(node, path).map { file, values in
      let pairs = values.isNull ? [] : check.mapping(values, "\(path).\(file.text)")
      return StageLock.ParameterFile(
        file: file.text,
        values: pairs.map { StageLock.Value(key: $0.key.text, value: ParameterValue($0.value)) })
    }
  }
}
