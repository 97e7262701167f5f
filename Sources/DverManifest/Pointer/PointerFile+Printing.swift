import DverYAML

extension PointerFile {
  /// The whole file as dver writes it, for pointers that say more than ``new(_:)`` prints.
  package func printed() -> [UInt8] {
    var writer = YAMLWriter()
    if isFrozen { writer.pair("frozen", .bool(true), indent: 0) }
    if isAlwaysChanged { writer.pair("always_changed", .bool(true), indent: 0) }
    if let summary { writer.pair("desc", .string(summary), indent: 0) }
    writer.append("cmd", command, indent: 0)
    if let workingDirectory {
      writer.pair("wdir", .string(PathText.text(of: workingDirectory)), indent: 0)
    }
    if !dependencies.isEmpty {
      writer.key("deps", indent: 0)
      writer.endLine()
      for dependency in dependencies { dependency.append(to: &writer) }
    }
    writer.key("outs", indent: 0)
    writer.endLine()
    for output in outputs { output.append(to: &writer) }
    writer.append("meta", meta, indent: 0)
    return writer.bytes
  }
}

extension PointerFile.Dependency {
  fileprivate func append(to writer: inout YAMLWriter) {
    RecordPrinter.append(record, indent: 0, to: &writer)
    guard let repository else { return }
    writer.key("repo", indent: 2)
    writer.endLine()
    writer.pair("url", .string(repository.url), indent: 4)
    if let revision = repository.revision { writer.pair("rev", .string(revision), indent: 4) }
    if let commit = repository.lockedRevision {
      writer.pair("rev_lock", .string(commit), indent: 4)
    }
    writer.append("config", repository.config, indent: 4)
    writer.append("remote", repository.remote, indent: 4)
  }
}

extension PointerFile.Output {
  fileprivate func append(to writer: inout YAMLWriter) {
    RecordPrinter.append(record, indent: 0, to: &writer)
    if !isCached { writer.pair("cache", .bool(false), indent: 2) }
    if persists { writer.pair("persist", .bool(true), indent: 2) }
    if !isPushed { writer.pair("push", .bool(false), indent: 2) }
    if let remote { writer.pair("remote", .string(remote), indent: 2) }
    if let summary = annotations.summary { writer.pair("desc", .string(summary), indent: 2) }
    if let type = annotations.type { writer.pair("type", .string(type), indent: 2) }
    if !annotations.labels.isEmpty {
      writer.append("labels", .list(annotations.labels.map(ParameterValue.string)), indent: 2)
    }
    writer.append("meta", annotations.meta, indent: 2)
  }
}

extension YAMLWriter {
  /// Prints a line with a key and its value.
  fileprivate mutating func pair(_ key: String, _ scalar: YAMLScalar, indent: Int) {
    self.key(key, indent: indent)
    value(scalar)
  }

  /// Prints a key and its value, if there is one.
  fileprivate mutating func append(_ key: String, _ value: ParameterValue?, indent: Int) {
    guard let value else { return }
    self.key(key, indent: indent)
    value.append(to: &self, indent: indent)
  }
}
