import DverYAML

extension LockFile {
  /// The whole file as dver writes it.
  package func printed() -> [UInt8] {
    var writer = YAMLWriter()
    writer.reserveCapacity(64 + entries.count * 512)
    writer.key("schema", indent: 0)
    writer.value(string: Self.schema)
    writer.key("stages", indent: 0)
    guard !entries.isEmpty else {
      writer.value(literal: "{}")
      return writer.bytes
    }
    writer.endLine()
    for entry in entries { entry.append(to: &writer, indent: 2) }
    return writer.bytes
  }
}

extension LockFile.Entry {
  /// Prints the entry in lines, the stage's name at column `indent`.
  func append(to writer: inout YAMLWriter, indent: Int) {
    let lock = lock.canonical
    writer.key(name, indent: indent)
    writer.endLine()
    append(commands: lock, to: &writer, indent: indent + 2)
    if !lock.environment.isEmpty {
      writer.key("env", indent: indent + 2)
      writer.endLine()
      for variable in lock.environment {
        writer.key(variable.name, indent: indent + 4)
        writer.value(string: variable.value)
      }
    }
    RecordPrinter.append(lock.dependencies, under: "deps", indent: indent + 2, to: &writer)
    if !lock.parameters.isEmpty {
      writer.key("params", indent: indent + 2)
      writer.endLine()
      for file in lock.parameters { append(file, to: &writer, indent: indent + 4) }
    }
    RecordPrinter.append(lock.outputs, under: "outs", indent: indent + 2, to: &writer)
  }

  private func append(commands lock: StageLock, to writer: inout YAMLWriter, indent: Int) {
    writer.key("cmd", indent: indent)
    guard lock.commandIsList else {
      return writer.value(string: lock.commands.first ?? "")
    }
    ParameterValue.list(lock.commands.map(ParameterValue.string))
      .append(to: &writer, indent: indent)
  }

  private func append(
    _ file: StageLock.ParameterFile, to writer: inout YAMLWriter, indent: Int
  ) {
    writer.key(file.file, indent: indent)
    let members = file.values.map { ParameterValue.Member(key: $0.key, value: $0.value) }
    ParameterValue.map(members).append(to: &writer, indent: indent)
  }
}
