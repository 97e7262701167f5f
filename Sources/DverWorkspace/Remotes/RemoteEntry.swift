import DverCore
package import DverFileSystem
import DverGit

/// A remote as the configuration has it.
package struct RemoteEntry: Sendable {
  package let name: String
  package let path: AbsolutePath
  /// What the configuration says, where that is no folder.
  package let unsupportedURL: String?
  /// The file that says where it is.
  package let level: ConfigurationLevel
  package let isDefault: Bool
  /// The store that the remote was first used with.
  package let storeID: String?
  /// How many objects are copied at once, if the user chose.
  package let jobs: Int?
}

extension Configuration {
  /// The remotes that say where they are, in the order of the files.
  func remotes() throws -> [RemoteEntry] {
    let preferred = try defaultRemote
    return try remoteNames.compactMap { name in
      guard let url = try remoteValue(name, "url"), let bytes = url.bytes else { return nil }
      return RemoteEntry(
        name: name, path: resolve(bytes, from: url),
        unsupportedURL: Self.scheme(of: url.text) == nil ? nil : url.text, level: url.place,
        isDefault: name == preferred, storeID: try remoteValue(name, "id")?.text,
        jobs: try layers.integer("remote.\(name).jobs"))
    }
  }

  /// The remote of this name; without a name the default one, or the only one there is.
  ///
  /// - Throws: ``WorkspaceError/unknownRemote(_:known:)``, ``WorkspaceError/noRemote``.
  func remote(_ name: String?) throws -> RemoteEntry {
    let all = try remotes()
    let preferred = try defaultRemote
    guard let wanted = name ?? preferred else {
      guard let first = all.first else { throw WorkspaceError.noRemote }
      guard all.count == 1 else { throw AmbiguousRemote(known: all.map(\.name)) }
      return first
    }
    guard let found = all.first(where: { $0.name == wanted }) else {
      throw WorkspaceError.unknownRemote(wanted, known: all.map(\.name))
    }
    return found
  }

  /// Only folders are remotes so far.
  static func refuseSchemes(_ url: String, remote name: String) throws {
    guard let scheme = scheme(of: url) else { return }
    throw UnsupportedRemote(name: name, url: url, scheme: scheme)
  }

  /// The scheme of a URL that names no folder.
  private static func scheme(of url: String) -> String? {
    guard let end = url.utf8.firstIndex(of: UInt8(ascii: ":")), url[end...].hasPrefix("://"),
      url[..<end].allSatisfy({ $0.isLetter || $0.isNumber || "+-.".contains($0) }),
      url[..<end] != "file"
    else { return nil }
    return String(url[..<end])
  }
}

/// Several remotes, and none of them the default.
struct AmbiguousRemote: DverError {
  let known: [String]

  var message: String { "there are \(known.count) remotes, and none is the default" }
  var hint: String? {
    "run 'dver remote default NAME', or use -r with one of: \(known.joined(separator: ", "))"
  }
}

/// A remote that is no folder.
struct UnsupportedRemote: DverError {
  let name: String
  let url: String
  let scheme: String

  var message: String { "remote '\(name)' is at \(url), and \(scheme) is not supported" }
  var hint: String? {
    "mount it, with sshfs, rclone mount or the like, and use the folder where it is mounted"
  }
}
