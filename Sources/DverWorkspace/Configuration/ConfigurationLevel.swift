import DverGit

/// Which configuration file; later ones override earlier ones.
package enum ConfigurationLevel: CaseIterable, Sendable {
  /// For all users of the machine.
  case system
  /// For all workspaces of the user.
  case global
  /// `.dver/config`, which git tracks.
  case project
  /// `.dver/config.local`, which git does not see.
  case local

  init(_ level: ConfigLevel) {
    switch level {
    case .system: self = .system
    case .global: self = .global
    case .project: self = .project
    case .local: self = .local
    }
  }

  var file: ConfigLevel {
    switch self {
    case .system: .system
    case .global: .global
    case .project: .project
    case .local: .local
    }
  }
}

extension ConfigLayers.Value {
  var place: ConfigurationLevel { ConfigurationLevel(level) }
}
