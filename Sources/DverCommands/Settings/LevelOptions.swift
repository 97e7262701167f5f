import ArgumentParser
import DverWorkspace

/// Which configuration file a command is about.
struct LevelOptions: ParsableArguments {
  enum Level: EnumerableFlag {
    case system, global, project, local

    static func help(for value: Level) -> ArgumentHelp? {
      switch value {
      case .system: "Use the file of all users of the machine"
      case .global: "Use the file of all your workspaces"
      case .project: "Use .dver/config, which git tracks (default when changing something)"
      case .local: "Use .dver/config.local, which git does not see"
      }
    }
  }

  @Flag(exclusivity: .exclusive)
  var chosen: Level?

  /// `nil` where the user did not choose.
  var level: ConfigurationLevel? {
    switch chosen {
    case .system: .system
    case .global: .global
    case .project: .project
    case .local: .local
    case nil: nil
    }
  }
}
