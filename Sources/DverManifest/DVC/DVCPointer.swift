package import DverCore
import DverYAML

/// A `.dvc` file.
package struct DVCPointer: Sendable {
  package let outputs: [DVCRecord]
  /// `wdir` as written, relative to the file's folder.
  package let workingDirectory: [UInt8]?
  let root: YAMLNode

  private static let keys = [
    "md5", "wdir", "deps", "outs", "locked", "frozen", "meta", "always_changed", "desc",
  ]

  /// - Returns: `nil` for a file that tracks nothing.
  /// - Throws: `YAMLError`, or `FileFormatError` for a file that does not say what it tracks: data
  ///   that is passed over would be lost with the files of DVC.
  package init?(_ bytes: [UInt8], source: String) throws {
    guard let root = try YAMLDocument.parse(bytes: bytes, source: source).root else { return nil }
    var check = SchemaCheck(source: source)
    for (key, _) in check.mapping(root, "") where !Self.keys.contains(key.text) {
      guard key.text == "cmd" else {
        check.reportUnknownKey(key, in: "", known: Self.keys)
        continue
      }
      check.report(
        "a file of DVC 0, whose stages stood in .dvc files", at: key, "cmd",
        hint: "move the stage to dvc.yaml first, as 'dvc stage add' writes it")
    }
    let outs = root["outs"]
    var outputs: [DVCRecord] = []
    let items = if let outs { check.list(outs, "outs") } else { [YAMLNode]() }
    for (position, node) in items.enumerated() {
      if let record = DVCRecord(node) {
        outputs.append(record)
        if !PointerFile.isInside(record.path) {
          check.report(
            "expected a path inside of the folder of the file, or of its 'wdir'",
            at: node["path"] ?? node, "outs[\(position)].path")
        }
      } else {
        check.report("an output without a path", at: node, "outs[\(position)]")
      }
    }
    try check.finish()
    guard outs != nil else { return nil }
    self.outputs = outputs
    self.root = root
    workingDirectory = root["wdir"].map { Array($0.text.utf8) }
  }

  /// The pointer of dver that says the same.
  ///
  /// - Parameter records: What became of the outputs, in their order.
  package func pointer(_ records: [OutputRecord]) -> PointerFile {
    PointerFile(
      outputs: zip(records, root["outs"]?.items ?? []).map { PointerFile.Output($0, $1) },
      dependencies: (root["deps"]?.items ?? []).compactMap { PointerFile.Dependency($0) },
      workingDirectory: workingDirectory,
      isFrozen: [root["frozen"], root["locked"]].contains { $0?.scalar == .bool(true) },
      summary: root["desc"]?.text, meta: root["meta"].map { ParameterValue($0) },
      isAlwaysChanged: root["always_changed"]?.scalar == .bool(true))
  }
}

extension PointerFile.Output {
  fileprivate init(_ record: OutputRecord, _ node: YAMLNode) {
    self.init(
      record: record, isCached: node["cache"]?.scalar != .bool(false),
      persists: node["persist"]?.scalar == .bool(true),
      isPushed: node["push"]?.scalar != .bool(false), remote: node["remote"]?.text,
      annotations: OutputAnnotations(
        summary: node["desc"]?.text, type: node["type"]?.text,
        labels: node["labels"]?.items.map(\.text) ?? [],
        meta: node["meta"].map { ParameterValue($0) }))
  }
}

extension PointerFile.Dependency {
  fileprivate init?(_ node: YAMLNode) {
    guard let path = node["path"]?.text else { return nil }
    self.init(
      record: OutputRecord(path: Array(path.utf8)),
      repository: node["repo"].flatMap { repository in
        repository["url"].map {
          PointerFile.Repository(
            url: $0.text, revision: repository["rev"]?.text,
            lockedRevision: repository["rev_lock"]?.text,
            config: repository["config"].map { ParameterValue($0) },
            remote: repository["remote"].map { ParameterValue($0) })
        }
      })
  }
}
