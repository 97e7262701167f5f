import DverCore
import DverManifest
import FuzzSupport

/// `dver.yaml`: an error that names the file and the place, or stages.
enum PipelineTarget: FuzzTarget {
  static var properties: [([UInt8]) throws -> Void] { [reads, resolves, freezes, adds] }

  static var seeds: [[UInt8]] {
    let text = """
      vars:
      - params.yaml
      - own: {deep: [1, two]}
      stages:
        each:
          foreach: ${list}
          do:
            cmd: train ${item} ${map.rate}
            params: [map.rate]
        many:
          matrix:
            size: [1, 2]
            kind: ${list}
          cmd: train ${item.size} ${item.kind} ${key}
          outs:
          - ${key}/model
        plain: {cmd: "x ${own.deep[1]}", deps: [data], frozen: true}

      """
    return [Array(text.utf8)]
  }

  private static func reads(_ bytes: [UInt8]) throws { _ = try file(bytes) }

  private static func resolves(_ bytes: [UInt8]) throws {
    let definition = try ResolvedDefinition(
      bytes: bytes, source: source, parameters: FixedParameters())
    _ = definition.json(file: source)
  }

  /// A stage or the members of a group become frozen or not, and nothing else changes.
  private static func freezes(_ bytes: [UInt8]) throws {
    let stages = try file(bytes).stages
    for stage in stages.prefix(2) {
      let name = baseName(of: stage)
      guard try PipelineFile.isGroup(name, in: bytes, source: source) != nil else { continue }
      for isFrozen in [true, false] {
        let text = try PipelineFile.freezing(name, isFrozen, in: bytes, source: source)
        var expected = stages
        for index in expected.indices where baseName(of: expected[index]) == name {
          expected[index].isFrozen = isFrozen
        }
        let edited = try reading { try file(text).stages }
        try requireEqual(edited, expected)
      }
    }
  }

  /// A stage comes into the file, or takes the place of one that is no group; the others stay.
  private static func adds(_ bytes: [UInt8]) throws {
    let stages = try file(bytes).stages
    for name in stages.prefix(2).map(\.name) + ["fresh"] {
      let isGroup = try PipelineFile.isGroup(name, in: bytes, source: source)
      guard isGroup == (stages.contains { $0.name == name } ? false : nil) else { continue }
      let new = Stage(name: name, commands: ["run it"], dependencies: [Array("in".utf8)])
      let text = try PipelineFile.adding(new, to: bytes, source: source)
      let edited = try reading { try file(text).stages }
      let others = stages.filter { $0.name != name }
      try requireEqual(edited.filter { $0.name != name }, others)
      let added = edited.filter { $0.name == name }
      try require(
        added.map(\.commands) == [new.commands] && added.map(\.dependencies) == [new.dependencies],
        "\(name) is \(added)")
    }
  }

  /// Compares what is said of the stages; as text, for what is no number equals nothing.
  private static func requireEqual(_ stages: [Stage], _ expected: [Stage]) throws {
    try require(stages.map(\.name) == expected.map(\.name), "stages \(stages.map(\.name))")
    for (stage, expected) in zip(stages, expected) {
      var stage = stage
      // Where they stand, and what filled in their templates, which is no text that can be compared.
      (stage.line, stage.trackedValues) = (expected.line, expected.trackedValues)
      try require("\(stage)" == "\(expected)", "\(stage)\nshould be\n\(expected)")
    }
  }

  private static func file(_ bytes: [UInt8]) throws -> PipelineFile {
    try PipelineFile(bytes: bytes, source: source, parameters: FixedParameters())
  }

  /// The name without that of the member of a group.
  private static func baseName(of stage: Stage) -> String {
    String(stage.name.prefix { $0 != "@" })
  }
}

/// The same parameter file at each path.
private final class FixedParameters: ParameterSource {
  private static let text = "list: [a, b]\nmap: {rate: 0.1, deep: {k: null}}\nname: x\n"

  func parameterFile(at path: String) throws -> FoundParameterFile {
    .file(try ParameterFile(bytes: Array(Self.text.utf8), source: "params.yaml"))
  }
}
