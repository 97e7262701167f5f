import DverYAML

/// An entry of `dvc.lock`.
package struct DVCStageLock: Sendable {
  package let name: String
  package let commands: [String]
  package let commandIsList: Bool
  package let dependencies: [DVCRecord]
  package let parameters: [StageLock.ParameterFile]
  package let outputs: [DVCRecord]

  private init(_ name: String, _ node: YAMLNode) {
    self.name = name
    let command = node["cmd"]
    commandIsList = command?.kind == .sequence
    commands = commandIsList ? command?.items.map(\.text) ?? [] : command.map { [$0.text] } ?? []
    dependencies = node["deps"]?.items.compactMap { DVCRecord($0) } ?? []
    outputs = node["outs"]?.items.compactMap { DVCRecord($0) } ?? []
    parameters = (node["params"]?.pairs ?? []).map { file in
      StageLock.ParameterFile(
        file: file.key.text,
        values: file.value.pairs.map {
          StageLock.Value(key: $0.key.text, value: ParameterValue($0.value))
        }.sorted { $0.key < $1.key })
    }.sorted { $0.file < $1.file }
  }

  /// All entries of a lock file, in its order.
  package static func all(in bytes: [UInt8], source: String) throws -> [DVCStageLock] {
    guard let root = try YAMLDocument.parse(bytes: bytes, source: source).root else { return [] }
    // Before version 2.0 of the format the stages stood at the top.
    let stages = root["schema"] == nil ? root : root["stages"]
    return (stages?.pairs ?? []).map { DVCStageLock($0.key.text, $0.value) }
  }
}
