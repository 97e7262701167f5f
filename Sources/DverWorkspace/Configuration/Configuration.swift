import DverCore
package import DverFileSystem
package import DverGit
import DverObjectStore
import Glibc

/// The settings of a workspace, from the system's, the user's, the project's and the local file.
package struct Configuration: Sendable {
  package let layers: ConfigLayers
  package let files: ConfigurationFiles
  /// Whether a wrong value counts as none in what decides how dver itself works: for the command
  /// that corrects it, which could not begin otherwise.
  var isBeingCorrected = false

  /// - Parameter settings: The project's file where it is not in a folder; then there is no local
  ///   file either.
  static func load(root: AbsolutePath, settings: [UInt8]? = nil) throws -> Configuration {
    let files = ConfigurationFiles(root: root)
    let used = files.all.filter { settings == nil || $0.level != .local }
    let layers = try ConfigLayers(
      used.map { ($0.level, $0.path.bytes) }, contents: settings.map { [.project: $0] } ?? [:])
    return Configuration(layers: layers, files: files)
  }

  /// The number that an option is set to.
  ///
  /// - Throws: `GitError.configValue` where it is none, or out of the option's range.
  func number(_ option: String) throws -> Int? {
    guard case .integer(let range) = try ConfigurationOptions.kind(of: option) else {
      preconditionFailure("\(option) is no number")
    }
    return try layers.integer(option, in: range)
  }

  /// What `read` gives; `nil` for a wrong value that is being corrected.
  private func setting<Value>(_ read: () throws -> Value?) throws -> Value? {
    do {
      return try read()
    } catch  where isBeingCorrected {
      return nil
    }
  }

  /// How long to wait for another process' lock.
  var lockTimeout: Duration {
    get throws { .seconds(try setting { try number("core.lock_timeout") } ?? 60) }
  }

  /// How processes tell each other that they live.
  var leases: LeaseSettings {
    get throws {
      let choice = try setting { try leaseChoice }
      let interval = try setting { try number("core.lease_interval") }
      return LeaseSettings(
        choice ?? LeaseSettings().choice,
        intervalMilliseconds: interval ?? LeaseSettings.standardIntervalMilliseconds)
    }
  }

  private var leaseChoice: LeaseSettings.Choice? {
    get throws {
      guard let word = try layers.string("core.lease") else { return nil }
      guard let choice = LeaseSettings.Choice(rawValue: word) else {
        throw WorkspaceError.badValue(
          option: "core.lease", value: word, expected: ConfigurationOptions.leaseWords)
      }
      return choice
    }
  }

  var usesGit: Bool {
    get throws { try !(setting { try layers.bool("core.no_scm") } ?? false) }
  }

  /// Whether what dver writes is put into the git index.
  var autostages: Bool {
    get throws { try setting { try layers.bool("core.autostage") } ?? true }
  }

  var defaultRemote: String? {
    get throws { try layers.string("core.remote") }
  }

  /// The shell of stage commands, if the user chose one.
  var shell: String? {
    get throws { try layers.string("core.shell") }
  }

  /// Link types in order of preference.
  var linkTypes: [LinkType] {
    get throws {
      guard let value = try layers.value("cache.type") else { return LinkType.standard }
      guard let types = LinkType.list(value.text) else {
        throw WorkspaceError.badValue(
          option: "cache.type", value: value.text,
          expected: "a list of reflink, hardlink, symlink and copy")
      }
      return types
    }
  }

  /// Whether the members of a group share the cache.
  var sharesCache: Bool {
    get throws { try layers.string("cache.shared") == "group" }
  }

  /// `cache.dir`, resolved against the folder of the file that says so.
  var cacheFolder: AbsolutePath? {
    get throws {
      guard let value = try layers.value("cache.dir"), let bytes = value.bytes else { return nil }
      return resolve(bytes, from: value)
    }
  }

  /// The names of all remotes, in the order of the files.
  var remoteNames: [String] {
    layers.subsections(of: "remote").map { String(decoding: $0, as: UTF8.self) }
  }

  func remoteValue(_ name: String, _ option: String) throws -> ConfigLayers.Value? {
    try layers.value("remote.\(name).\(option)")
  }

  /// A path in a configuration file counts from that file's folder; `~` is the user's home.
  func resolve(_ path: [UInt8], from value: ConfigLayers.Value) -> AbsolutePath {
    let folder = AbsolutePath(normalized: value.file).parent
    if path.starts(with: "~/".utf8), let home = ConfigurationFiles.home {
      return home.appending(path.dropFirst(2))
    }
    return AbsolutePath(path, relativeTo: folder)
  }
}

/// Where the configuration files are.
package struct ConfigurationFiles: Sendable {
  package let all: [(level: ConfigLevel, path: AbsolutePath)]

  init(root: AbsolutePath) {
    var all: [(level: ConfigLevel, path: AbsolutePath)] = [
      (.system, AbsolutePath(normalized: Array("/etc/dver/config".utf8)))
    ]
    if let global = Self.ofUser("dver/config") { all.append((.global, global)) }
    all.append((.project, root.appending(".dver/config")))
    all.append((.local, root.appending(".dver/config.local")))
    self.all = all
  }

  package func path(of level: ConfigLevel) throws -> AbsolutePath {
    guard let found = all.first(where: { $0.level == level }) else {
      throw WorkspaceError.failed(
        "there is no home directory for the user's configuration", hint: "set HOME")
    }
    return found.path
  }

  /// A file in the folder of the user's settings.
  static func ofUser(_ name: String) -> AbsolutePath? {
    if let folder = environmentPath("XDG_CONFIG_HOME") { return folder.appending(name) }
    return home?.appending(".config/\(name)")
  }

  static var home: AbsolutePath? {
    environmentPath("HOME")
  }

  /// The folder that a variable names; `nil` where it names none from the root on.
  private static func environmentPath(_ name: String) -> AbsolutePath? {
    guard let path = environmentBytes(name), path.first == RepositoryPath.slash else { return nil }
    return AbsolutePath(path, relativeTo: AbsolutePath(normalized: [RepositoryPath.slash]))
  }

  /// The bytes of a variable, for those that hold a path.
  package static func environmentBytes(_ name: String) -> [UInt8]? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe UnsafeBufferPointer(start: value, count: strlen(value)).map {
      UInt8(bitPattern: $0)
    }
  }

  static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
