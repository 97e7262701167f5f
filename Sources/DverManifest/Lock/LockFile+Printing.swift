import DverCore
import DverHashing
import DverYAML

extension LockFile {
  /// The whole file as dver writes it.
  package func printed() -> [UInt8] {
    var writer = YAMLWriter()
    writer.reserveCapacity(64 + entries.count * 512)
    writer.key("schema", indent: 0)
    writer.value(string: Self.schema)
    writer.key("stages", indent: 0)
    if entries.isEmpty {
      writer.value(literal: "{}")
    } else {
      writer.endLine()
      for entry in entries { entry.append(to: &writer, indent: 2) }
    }
    if let datasets {
      writer.key("datasets", indent: 0)
      datasets.append(to: &writer, indent: 0)
    }
    return writer.bytes
  }
}

extension LockFile.Entry {
  /// Prints the entry in lines, the stage's name at column `indent`.
  ///
  /// A comment differs wherever anything does. Without it git could join, line by line and without
  /// a conflict, the inputs of one run and the outputs of another into a run that never was.
  func append(to writer: inout YAMLWriter, indent: Int) {
    var body = YAMLWriter()
    lock.append(to: &body, indent: indent + 2)
    writer.key(name, indent: indent)
    writer.endLine()
    let digest = SHA256.digest(of: body.bytes.span)
    writer.comment("run \(digest.hex.prefix(16))", indent: indent + 2)
    writer.append(lines: body.bytes)
  }
}

extension StageLock {
  /// Prints the keys of the lock at column `indent`.
  func append(to writer: inout YAMLWriter, indent: Int) {
    let lock = canonical
    lock.appendCommands(to: &writer, indent: indent)
    if !lock.environment.isEmpty {
      writer.key("env", indent: indent)
      writer.endLine()
      for variable in lock.environment {
        writer.key(variable.name, indent: indent + 2)
        writer.value(string: variable.value)
      }
    }
    RecordPrinter.append(lock.dependencies, under: "deps", indent: indent, to: &writer)
    if !lock.parameters.isEmpty {
      writer.key("params", indent: indent)
      writer.endLine()
      // As DVC has it: the default file before all others.
      for isDefault in [true, false] {
        for file in lock.parameters
        where (file.file == ParameterSelection.defaultFile) == isDefault {
          file.append(to: &writer, indent: indent + 2)
        }
      }
    }
    RecordPrinter.append(lock.outputs, under: "outs", indent: indent, to: &writer)
  }

  private func appendCommands(to writer: inout YAMLWriter, indent: Int) {
    writer.key("cmd", indent: indent)
    guard commandIsList else { return writer.value(string: commands.first ?? "") }
    ParameterValue.list(commands.map(ParameterValue.string)).append(to: &writer, indent: indent)
  }
}

extension StageLock.ParameterFile {
  fileprivate func append(to writer: inout YAMLWriter, indent: Int) {
    writer.key(file, indent: indent)
    let members = values.map { ParameterValue.Member(key: $0.key, value: $0.value) }
    ParameterValue.map(members).append(to: &writer, indent: indent)
  }
}
