package import DverCore
package import DverFileSystem
import DverGit
import DverObjectStore

/// An option with its value and the file that says so.
package struct ConfigurationItem: Sendable {
  /// As dver spells it, with underscores.
  package let name: String
  package let value: String
  package let file: AbsolutePath

  init(_ value: ConfigLayers.Value) {
    name = ConfigurationOptions.spelled(value.nameText)
    // An option without `=` is true.
    self.value = value.bytes.map(Self.shown) ?? "true"
    file = AbsolutePath(normalized: value.file)
  }

  /// A value that is no text, such as the path of a folder, is shown as it can be typed.
  private static func shown(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self) ?? PathQuoting.quoted(bytes)
  }
}

extension Workspace {
  /// The value of an option that counts, or that of one file.
  ///
  /// - Throws: ``WorkspaceError/unknownOption(_:suggestion:)``, ``UnsetOption``.
  package func configurationItem(
    _ name: String, level: ConfigurationLevel? = nil
  ) throws -> ConfigurationItem {
    _ = try ConfigurationOptions.kind(of: name)
    let wanted = try ConfigName.normalized(name)
    let values = try configuration().layers.values
    let found = values.last { $0.name == wanted && (level == nil || $0.place == level) }
    guard let found else { throw UnsetOption(name: ConfigurationOptions.spelled(name)) }
    return ConfigurationItem(found)
  }

  /// All options that are set: those that count, or all of one file.
  package func configurationItems(level: ConfigurationLevel? = nil) throws -> [ConfigurationItem] {
    let values = try configuration().layers.values
    if let level { return values.filter { $0.place == level }.map(ConfigurationItem.init) }
    var last: [[UInt8]: Int] = [:]
    for (index, value) in values.enumerated() { last[value.name] = index }
    return values.enumerated().filter { last[$0.element.name] == $0.offset }
      .map { ConfigurationItem($0.element) }
  }

  /// Sets an option in the file of a level.
  package func setOption(_ name: String, to value: [UInt8], level: ConfigurationLevel) throws {
    let kind = try ConfigurationOptions.kind(of: name)
    let text = String(decoding: value, as: UTF8.self)
    try ConfigurationOptions.check(text, of: ConfigurationOptions.spelled(name), kind)
    var stored = value
    if case .path = kind {
      stored = try storedPath(value, level: level)
      if name.hasPrefix("remote.") { try refuseStore(at: value, as: "a remote") }
      if name == "cache.dir" { try refuseStore(at: value, as: "the cache") }
    }
    let formerCache = name == "cache.dir" ? try? cacheFolder() : nil
    try editConfiguration("dver config", at: level) { file in
      try file.set(Array(name.utf8), stored)
    }
    if name == "cache.dir" { noteMovedCache(from: formerCache) }
  }

  /// Says in the new cache what this workspace needs of what is there by now. What keeps it from that
  /// is told by whatever needs the cache, and the next command that lists something tries again.
  private func noteMovedCache(from former: AbsolutePath?) {
    // This one may have opened the old cache.
    let moved = Workspace(
      root: root, current: current, progress: progress, cancellation: cancellation,
      notices: notices, indexFile: indexFile)
    try? moved.noteHistoryInSharedCache()
    guard let former, let folder = try? moved.cacheFolder(), folder != former,
      (try? FileSystem.exists(former.appending(StoreDescriptor.fileName))) == true
    else { return }
    notices.status(
      "The objects stay in \(former): copy it to \(folder), or let 'dver pull' bring them there")
  }

  /// Removes an option from the file of a level.
  ///
  /// - Throws: ``UnsetOption`` where it is not there.
  package func unsetOption(_ name: String, level: ConfigurationLevel) throws {
    _ = try ConfigurationOptions.kind(of: name)
    let formerCache = name == "cache.dir" ? try? cacheFolder() : nil
    var wasThere = false
    try editConfiguration("dver config", at: level) { file in wasThere = try file.unset(name) }
    guard wasThere else { throw UnsetOption(name: ConfigurationOptions.spelled(name)) }
    if name == "cache.dir" { noteMovedCache(from: formerCache) }
  }

  /// Changes the configuration file of a level.
  ///
  /// A change of the workspace's own files is an operation; that of the project is staged in git.
  func editConfiguration(
    _ command: String, at level: ConfigurationLevel, isUndoable: Bool = true,
    _ edit: (ConfigFile) throws -> Void
  ) throws {
    let path = try configuration().files.path(of: level.file)
    defer { reloadConfiguration() }
    guard level == .project || level == .local, let own = path.relative(to: root) else {
      try FileSystem.makeDirectories(path.parent)
      return try edit(ConfigFile(path.bytes))
    }
    try perform(command, isUndoable: isUndoable) {
      let old = try FileSystem.contents(of: path)
      let new = try edited(old ?? [], edit)
      var changes = Changes()
      if new != old { changes.texts = [TextChange(path: own, old: old, new: new)] }
      return changes
    }
  }

  /// What an edit makes of a configuration file with these bytes.
  func edited(_ bytes: [UInt8], _ edit: (ConfigFile) throws -> Void) throws -> [UInt8] {
    try FileSystem.makeDirectories(temporaryFolder)
    let copy = temporaryFolder.appending(FileSystem.temporaryName())
    defer { _ = try? FileSystem.removeFile(copy) }
    try FileSystem.replaceContents(of: copy, with: bytes)
    try edit(ConfigFile(copy.bytes))
    return try FileSystem.contents(of: copy) ?? []
  }

  /// How a path that the user typed is written into the file of a level: counted from the folder of
  /// the file where that is part of the workspace, else from the root of the file system.
  func storedPath(_ typed: [UInt8], level: ConfigurationLevel) throws -> [UInt8] {
    let scheme = Array("file://".utf8)
    let path = typed.starts(with: scheme) ? Array(typed.dropFirst(scheme.count)) : typed
    guard !path.isEmpty, !path.contains(0) else {
      throw WorkspaceError.failed(
        "an empty path is no place for data",
        hint: "name a folder: it is made when it is first used")
    }
    if path.starts(with: "/".utf8) || path.starts(with: "~/".utf8) { return path }
    let absolute = AbsolutePath(path, relativeTo: current)
    guard level == .project || level == .local else { return absolute.bytes }
    return absolute.steps(from: try configuration().files.path(of: level.file).parent)
  }

  // MARK: The cache's folder

  /// Moves the place of the cache; what is in the old one stays there.
  package func setCacheFolder(_ path: [UInt8]?, level: ConfigurationLevel) throws {
    if let path {
      try setOption("cache.dir", to: path, level: level)
    } else {
      try unsetOption("cache.dir", level: level)
    }
  }
}

extension AbsolutePath {
  /// The way from `folder` to here, with `..` where it leads up.
  func steps(from folder: AbsolutePath) -> [UInt8] {
    let slash = RepositoryPath.slash
    let (here, there) = (folder.bytes.split(separator: slash), bytes.split(separator: slash))
    var common = 0
    while common < min(here.count, there.count), here[common] == there[common] { common += 1 }
    let up = Array(repeating: ArraySlice("..".utf8), count: here.count - common)
    let steps = up + there[common...]
    return steps.isEmpty ? Array(".".utf8) : Array(steps.joined(separator: [slash]))
  }
}

/// An option that no file sets.
package struct UnsetOption: DverError {
  package let name: String

  package var message: String { "option '\(name)' is not set" }
  package var hint: String? {
    name == "core.remote"
      ? "choose one with 'dver remote default NAME'" : "set it with 'dver config \(name) VALUE'"
  }
  package var exitStatus: ExitStatus { .changed }
}
