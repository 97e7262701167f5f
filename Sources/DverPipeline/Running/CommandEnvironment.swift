import DverCore
import DverManifest

/// The environment of commands, as far as it is the same in each run of a stage.
struct CommandEnvironment: Sendable {
  /// `NAME=value` each.
  let variables: [[UInt8]]
  let digest: Digest

  /// What each command finds beside; a dver inside of a stage has that of the outer one.
  private static let addedVariables = ["DVER_ROOT", "DVER_STAGE", OrphanedCommands.variable]

  /// - Parameter inherited: What dver was started with.
  init(inherited: [[UInt8]]) {
    self.init(Self.omitting(Self.addedVariables, from: inherited))
  }

  private init(_ variables: [[UInt8]]) {
    self.variables = variables
    digest = RunRecord.digest(ofEnvironment: variables)
  }

  /// The environment with a stage's own variables.
  func adding(_ own: [EnvironmentVariable]) -> CommandEnvironment {
    guard !own.isEmpty else { return self }
    let inherited = Self.omitting(own.map(\.name), from: variables)
    return CommandEnvironment(inherited + own.map { Array("\($0.name)=\($0.value)".utf8) })
  }

  private static func omitting(_ names: [String], from variables: [[UInt8]]) -> [[UInt8]] {
    let omitted = Set(names.map { Array("\($0)=".utf8) })
    return variables.filter { variable in
      let end = variable.firstIndex(of: UInt8(ascii: "=")) ?? variable.count - 1
      return !omitted.contains(Array(variable.prefix(end + 1)))
    }
  }
}
