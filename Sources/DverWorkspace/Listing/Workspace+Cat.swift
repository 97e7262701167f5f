import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest
import DverObjectStore

extension Workspace {
  /// Hands over the content of a tracked file, a member of a tracked directory, or a file in git.
  ///
  /// What dver tracks comes from the cache, from the workspace if it holds that content, or from
  /// git, for a bare repository also from remotes, and is hashed before the first byte is handed over.
  ///
  /// - Parameters:
  ///   - target: A path counted from the user's folder, with `@` and a revision behind it or not; a
  ///     path that exists wins.
  ///   - write: Takes the bytes in order.
  package func cat(_ target: [UInt8], write: ([UInt8]) throws -> Void) throws {
    let catalog = try catalog()
    let version = recordedVersion(catalog)
    let path = try? path(of: target)
    if let path, try isKnown(path, in: version) {
      return try cat(path, in: version, at: bare?.head, write: write)
    }
    for (place, byte) in target.enumerated().reversed() where byte == UInt8(ascii: "@") {
      let name = String(decoding: target[(place + 1)...], as: UTF8.self)
      guard place > 0, !name.isEmpty else { continue }
      let git = try requiredGit(for: "cat PATH@REV")
      guard let revision = try git.resolveIfPresent(name) else { continue }
      let path = try self.path(of: Array(target[..<place]))
      return try cat(path, in: try self.version(of: revision, in: git), at: revision, write: write)
    }
    if let at = target.lastIndex(of: UInt8(ascii: "@")), at > 0 {
      throw GitError.unknownRevision(String(decoding: target[(at + 1)...], as: UTF8.self))
    }
    throw path == nil
      ? WorkspaceError.outside(PathQuoting.quoted(target))
      : WorkspaceError.missing(PathQuoting.quoted(target))
  }

  /// Whether a path is tracked, or is there.
  func isKnown(_ path: RepositoryPath, in version: DataVersion) throws -> Bool {
    if try hasFile(at: path) { return true }
    guard let output = version.output(containing: path) else {
      return false
    }
    return try output.path == path || !entries(at: path, of: output, in: version).isEmpty
  }

  /// The entries of a tracked directory at and below a path.
  private func entries(
    at path: RepositoryPath, of output: TrackedOutput, in version: DataVersion
  ) throws -> EntryTable {
    guard let name = output.name, name.isDirectory, let part = path.relative(to: output.path)
    else { return EntryTable() }
    return try version.reader(of: output.path).entries(of: name.digest, at: part)
  }

  /// Hands over the content that a version records at a path, or that git has there.
  func cat(
    _ path: RepositoryPath, in version: DataVersion, at revision: GitRevision?,
    write: ([UInt8]) throws -> Void
  ) throws {
    if let output = version.output(containing: path) {
      let digest = try digest(at: path, of: output, in: version)
      if let digest {
        return try soundContent(digest, of: path, at: revision).read { block in
          try write(block)
          return true
        }
      }
      // New beside the members of a tracked directory.
    }
    try catPlain(path, at: revision, write: write)
  }

  /// The digest of a tracked file; `nil` where the output does not have the path.
  private func digest(
    at path: RepositoryPath, of output: TrackedOutput, in version: DataVersion
  ) throws -> Digest? {
    guard let name = output.name else { return nil }
    guard name.isDirectory else { return output.path == path ? name.digest : nil }
    if output.path == path { throw CatError.directory(displayed(path)) }
    let table = try entries(at: path, of: output, in: version)
    guard table.count > 0 else { return nil }
    let part = path.relative(to: output.path) ?? .root
    guard table.count == 1, table.paths[0].elementsEqual(part.bytes) else {
      throw CatError.directory(displayed(path))
    }
    switch table.kinds[0] {
    case .file, .executable: return table.digests[0]
    case .emptyDirectory: throw CatError.directory(displayed(path))
    case .link:
      throw CatError.link(displayed(path), target: PathQuoting.quoted(table.targets[0] ?? []))
    }
  }

  // MARK: Files that dver does not track

  private func catPlain(
    _ path: RepositoryPath, at revision: GitRevision?, write: ([UInt8]) throws -> Void
  ) throws {
    if let revision {
      let git = try requiredGit(for: "cat PATH@REV")
      let gitPath = gitPrefix(in: git).gitPath(path)
      guard let entry = try git.entry(at: gitPath, in: revision.tree) else {
        throw WorkspaceError.missing(displayed(path))
      }
      guard entry.mode.isFile || entry.mode == .symbolicLink else {
        throw CatError.directory(displayed(path))
      }
      let bytes = try git.blob(entry.id)
      guard entry.mode.isFile else {
        throw CatError.link(displayed(path), target: PathQuoting.quoted(bytes))
      }
      return try write(bytes)
    }
    let absolute = root.appending(path)
    guard let status = try FileSystem.statusFollowingLinks(of: absolute) else {
      throw WorkspaceError.missing(displayed(path))
    }
    guard status.isFile else { throw CatError.directory(displayed(path)) }
    try SoundContent(trusting: OpenFile(absolute, .read)).read { block in
      try write(block)
      return true
    }
  }
}

/// A path that has no content to print.
enum CatError: DverError {
  case directory(String)
  case link(String, target: String)
  /// In no store that a bare repository's configuration leads to.
  case nowhere(String, repository: String)

  var message: String {
    switch self {
    case .directory(let path): "\(path) is a directory"
    case .link(let path, let target): "\(path) is a symbolic link to \(target)"
    case .nowhere(let path, _):
      "the content of \(path) is neither in the cache nor in a remote that can be reached"
    }
  }

  var hint: String? {
    switch self {
    case .directory(let path): "see 'dver ls \(path)' for its members"
    case .link: "name the path that the link leads to"
    case .nowhere(_, let repository):
      "set cache.dir in your own configuration, or run 'git clone \(repository)' and 'dver pull'"
    }
  }

  var exitStatus: ExitStatus {
    if case .nowhere = self { .damaged } else { .failed }
  }
}
