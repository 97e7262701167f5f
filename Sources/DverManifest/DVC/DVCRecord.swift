package import DverYAML

/// What a `.dvc` file or `dvc.lock` says of one path.
package struct DVCRecord: Sendable {
  /// As written, relative to the file's folder or to `wdir`.
  package let path: [UInt8]
  /// `nil` where nothing has been recorded, or something that is no MD5.
  package let hash: DVCHash?
  package let isExecutable: Bool

  package init?(_ node: YAMLNode) {
    guard let path = node["path"]?.text, !path.isEmpty else { return nil }
    self.path = Array(path.utf8)
    // Without `hash: md5` it is of a version before 3.
    let kind = node["hash"]?.text
    hash = node["md5"].flatMap {
      kind == nil || kind == "md5" ? DVCHash($0.text, ignoresLineEnds: kind == nil) : nil
    }
    isExecutable = node["isexec"]?.scalar == .bool(true)
  }
}
