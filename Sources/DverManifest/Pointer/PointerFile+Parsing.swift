import DverCore
import DverYAML

extension PointerFile {
  static let keys = [
    "outs", "deps", "wdir", "frozen", "desc", "meta", "cmd", "always_changed",
  ]
  private static let repositoryKeys = ["url", "rev", "rev_lock", "config", "remote"]

  /// Reads a pointer file.
  ///
  /// - Parameter source: The name of the file, for messages.
  /// - Throws: `YAMLError` or `FileFormatError`, which lists everything that is wrong.
  package static func parse(bytes: [UInt8], source: String) throws -> PointerFile {
    let document = try YAMLDocument.parse(bytes: bytes, source: source)
    var check = SchemaCheck(source: source)
    let pointer = document.root.flatMap { read($0, &check) }
    try check.finish()
    guard let pointer else { throw FileFormatError.emptyFile(source) }
    return pointer
  }

  private static func read(_ root: YAMLNode, _ check: inout SchemaCheck) -> PointerFile? {
    var pointer = PointerFile(outputs: [], dependencies: [], isFrozen: false)
    for (key, value) in check.mapping(root, "") {
      switch key.text {
      case "outs": pointer.outputs = outputs(value, &check)
      case "deps" where !value.isNull: pointer.dependencies = dependencies(value, &check)
      case "wdir" where !value.isNull: pointer.workingDirectory = check.path(value, "wdir")
      case "deps", "wdir": break
      case "frozen": pointer.isFrozen = check.bool(value, "frozen") ?? false
      case "desc": pointer.summary = check.string(value, "desc")
      case "meta": pointer.meta = ParameterValue(value)
      case "cmd": pointer.command = ParameterValue(value)
      case "always_changed":
        pointer.isAlwaysChanged = check.bool(value, "always_changed") ?? false
      default: check.reportUnknownKey(key, in: "", known: keys)
      }
    }
    if root.kind == .mapping, root["outs"] == nil {
      check.report("the key 'outs' is missing", at: root, "")
    }
    return pointer
  }

  private static func outputs(_ node: YAMLNode, _ check: inout SchemaCheck) -> [Output] {
    var outputs: [Output] = []
    for (position, item) in check.list(node, "outs").enumerated() {
      var settings = OutputSettings()
      let record = check.record(
        item, "outs[\(position)]", knownKeys: SchemaCheck.recordKeys + OutputSettings.keys
      ) { check, pair in check.read(pair, into: &settings, "outs[\(position)]") }
      guard let record else { continue }
      let output = Output(
        record: record, isCached: settings.isCached, persists: settings.persists,
        isPushed: settings.isPushed, remote: settings.remote, annotations: settings.annotations)
      checkPath(of: output, item, position, &check)
      if outputs.contains(where: { $0.record.path == record.path }) {
        check.report("this path stands in the file twice", at: item, "outs[\(position)].path")
      }
      outputs.append(output)
    }
    if node.kind == .sequence, node.items.isEmpty {
      check.report("expected at least one item", at: node, "outs")
    }
    return outputs
  }

  private static func checkPath(
    of output: Output, _ item: YAMLNode, _ position: Int, _ check: inout SchemaCheck
  ) {
    guard !output.record.path.isEmpty, !isInside(output.record.path) else { return }
    check.report(
      "expected a relative path that stays inside the folder, not "
        + PathQuoting.quoted(output.record.path), at: item["path"] ?? item,
      "outs[\(position)].path")
  }

  /// Whether `path` is relative, never leaves the folder it counts from and is not that folder.
  static func isInside(_ path: [UInt8]) -> Bool {
    if path.first == RepositoryPath.slash { return false }
    var depth = 0
    for component in path.split(separator: RepositoryPath.slash) {
      if component.elementsEqual("..".utf8) {
        depth -= 1
      } else if !component.elementsEqual(".".utf8) {
        depth += 1
      }
      if depth < 0 { return false }
    }
    return depth > 0
  }

  private static func dependencies(_ node: YAMLNode, _ check: inout SchemaCheck) -> [Dependency] {
    var dependencies: [Dependency] = []
    for (position, item) in check.list(node, "deps").enumerated() {
      var repository: Repository?
      let record = check.record(
        item, "deps[\(position)]", knownKeys: SchemaCheck.recordKeys + ["repo"]
      ) { check, pair in
        guard pair.key.text == "repo" else { return false }
        repository = Self.repository(pair.value, "deps[\(position)].repo", &check)
        return true
      }
      guard let record else { continue }
      dependencies.append(Dependency(record: record, repository: repository))
    }
    return dependencies
  }

  private static func repository(
    _ node: YAMLNode, _ keyPath: String, _ check: inout SchemaCheck
  ) -> Repository? {
    var repository = Repository(url: "")
    for (key, value) in check.mapping(node, keyPath) {
      switch key.text {
      case "url": repository.url = check.string(value, "\(keyPath).url") ?? ""
      case "rev": repository.revision = check.string(value, "\(keyPath).rev")
      // A commit may consist of digits alone, so its text counts.
      case "rev_lock" where value.kind == .scalar: repository.lockedRevision = value.text
      case "config": repository.config = ParameterValue(value)
      case "remote": repository.remote = ParameterValue(value)
      default: check.reportUnknownKey(key, in: keyPath, known: repositoryKeys)
      }
    }
    if node.kind == .mapping, node["url"] == nil {
      check.report("the key 'url' is missing", at: node, keyPath)
    }
    return repository
  }
}
