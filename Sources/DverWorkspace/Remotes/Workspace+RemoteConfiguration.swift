import DverCore
import DverFileSystem
import DverGit

extension Workspace {
  /// The remotes that are configured, in the order of the files.
  package func remotes() throws -> [RemoteEntry] { try configuration().remotes() }

  /// Takes down where a remote is.
  ///
  /// - Parameter force: Whether the name may be one that is there already; its options go, for it
  ///   becomes another remote.
  package func addRemote(
    _ name: String, path: [UInt8], isDefault: Bool, force: Bool, level: ConfigurationLevel
  ) throws {
    try check(remoteName: name)
    try Configuration.refuseSchemes(String(decoding: path, as: UTF8.self), remote: name)
    if !force, try configuration().remoteValue(name, "url") != nil {
      throw WorkspaceError.failed(
        "there is a remote '\(name)' already",
        hint: "use -f to replace it, or 'dver remote modify' to change it")
    }
    let stored = try storedPath(path, level: level)
    try refuseStore(at: path, as: "a remote")
    try editConfiguration("dver remote add", at: level) { file in
      _ = try file.removeSection(section(name))
      try file.set(option(name, "url"), stored)
      if isDefault { try file.set("core.remote", name) }
    }
  }

  /// Forgets a remote, wherever it is configured, or in the file of one level.
  package func removeRemote(_ name: String, level: ConfigurationLevel?) throws {
    for level in try levels(of: name, only: level) {
      try editConfiguration("dver remote remove", at: level) { file in
        _ = try file.removeSection(section(name))
      }
    }
    for level in try levels(ofDefault: name, only: level) {
      try editConfiguration("dver remote remove", at: level) { file in
        _ = try file.unset("core.remote")
      }
    }
  }

  package func renameRemote(_ name: String, to newName: String, level: ConfigurationLevel?) throws {
    try check(remoteName: newName)
    let levels = try levels(of: name, only: level)
    guard try !configuration().remoteNames.contains(newName) else {
      throw WorkspaceError.failed("there is a remote '\(newName)' already", hint: nil)
    }
    for level in levels {
      try editConfiguration("dver remote rename", at: level) { file in
        try file.renameSection(section(name), to: section(newName))
      }
    }
    for level in try self.levels(ofDefault: name, only: level) {
      try editConfiguration("dver remote rename", at: level) { file in
        try file.set("core.remote", newName)
      }
    }
  }

  /// Sets an option of a remote; removes it where `value` is `nil`.
  package func modifyRemote(
    _ name: String, option key: String, to value: [UInt8]?, level: ConfigurationLevel?
  ) throws {
    let entry = try configuredRemote(name)
    let full = "remote.\(name).\(key)"
    let kind = try ConfigurationOptions.kind(of: full)
    guard let value else {
      let set = try configuration().remoteValue(name, key)?.place
      guard let level = level ?? set else {
        throw UnsetOption(name: ConfigurationOptions.spelled(full))
      }
      return try unsetOption(full, level: level)
    }
    if case .path = kind {
      try Configuration.refuseSchemes(String(decoding: value, as: UTF8.self), remote: name)
    }
    try setOption(full, to: value, level: level ?? entry)
  }

  /// The name of the default remote.
  ///
  /// - Throws: ``UnsetOption``.
  package func defaultRemote() throws -> String {
    guard let name = try configuration().defaultRemote else {
      throw UnsetOption(name: "core.remote")
    }
    return name
  }

  /// Chooses the default remote; none where `name` is `nil`.
  package func setDefaultRemote(_ name: String?, level: ConfigurationLevel) throws {
    guard let name else { return try unsetOption("core.remote", level: level) }
    _ = try configuredRemote(name)
    try editConfiguration("dver remote default", at: level) { file in
      try file.set("core.remote", name)
    }
  }

  /// Refuses a remote or a cache among what belongs to the workspace: a checkout would remove it with
  /// what is not recorded, and its files would become data.
  ///
  /// - Parameter role: What is to be there, such as `a remote`.
  func refuseStore(at typed: [UInt8], as role: String) throws {
    let scheme = Array("file://".utf8)
    let path = typed.starts(with: scheme) ? Array(typed.dropFirst(scheme.count)) : typed
    guard !path.starts(with: "~/".utf8) else { return }
    let named = AbsolutePath(path, relativeTo: current)
    let place = (try? named.resolvingLinks()) ?? named
    guard let inside = place.relative(to: root) ?? named.relative(to: root) else { return }
    let hint = "choose a folder outside of the workspace, best on another disk"
    if inside.isRoot {
      throw WorkspaceError.failed(
        "\(PathQuoting.quoted(typed)) is the workspace itself, which cannot be \(role)",
        hint: hint)
    }
    if inside.isReserved, role == "a remote" || place != dverFolder.appending("cache") {
      throw reservedStoreError(PathQuoting.quoted(typed))
    }
    // Who mends a broken pointer may need a remote for it.
    guard let output = try? overlappingCatalog().output(containing: inside) else { return }
    throw WorkspaceError.failed(
      "\(PathQuoting.quoted(typed)) lies in \(displayed(output.path)), which is tracked", hint: hint
    )
  }

  /// Refuses to make a store among what belongs to dver and git, where it would go with the rest.
  func refuseReservedStore(at place: AbsolutePath) throws {
    let resolved = (try? place.resolvingLinks()) ?? place
    let own = dverFolder.appending("cache")
    for candidate in [place, resolved] where candidate != own {
      guard let inside = candidate.relative(to: root), inside.isReserved else { continue }
      throw reservedStoreError(displayed(inside))
    }
  }

  private func reservedStoreError(_ shown: String) -> WorkspaceError {
    .failed(
      "\(shown) lies among what belongs to dver or git, where no object store is safe",
      hint: "choose a folder outside of the workspace, best on another disk")
  }

  // MARK: Parts

  private func section(_ name: String) -> [UInt8] { Array("remote.\(name)".utf8) }

  private func option(_ name: String, _ key: String) -> [UInt8] {
    Array("remote.\(name).\(key)".utf8)
  }

  /// The level of the file that says where the remote is.
  private func configuredRemote(_ name: String) throws -> ConfigurationLevel {
    let configuration = try configuration()
    guard let url = try configuration.remoteValue(name, "url") else {
      throw WorkspaceError.unknownRemote(name, known: configuration.remoteNames)
    }
    return url.place
  }

  /// The levels whose files have a section for the remote.
  private func levels(of name: String, only level: ConfigurationLevel?) throws
    -> [ConfigurationLevel]
  {
    let configuration = try configuration()
    let prefix = section(name) + [UInt8(ascii: ".")]
    let found = ConfigurationLevel.allCases.filter { candidate in
      (level == nil || level == candidate)
        && configuration.layers.values.contains {
          $0.place == candidate && $0.name.starts(with: prefix)
            && !$0.name.dropFirst(prefix.count).contains(UInt8(ascii: "."))
        }
    }
    guard !found.isEmpty else {
      throw WorkspaceError.unknownRemote(name, known: configuration.remoteNames)
    }
    return found
  }

  private func levels(ofDefault name: String, only level: ConfigurationLevel?) throws
    -> [ConfigurationLevel]
  {
    try configuration().layers.values.filter {
      $0.nameText == "core.remote" && $0.text == name && (level == nil || level == $0.place)
    }.map(\.place)
  }

  private func check(remoteName name: String) throws {
    guard !name.isEmpty, !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "\n")) else {
      throw WorkspaceError.failed(
        "a remote's name is one line, and not empty", hint: "choose a word, such as 'storage'")
    }
  }
}
