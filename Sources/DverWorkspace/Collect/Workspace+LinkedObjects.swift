import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore

extension Workspace {
  /// The objects that files of the workspace are symbolic links to, whatever is recorded or
  /// configured by now: they are the only copy. In no particular order, also several times.
  func linkedObjects() throws -> [Digest] {
    // Folders of others, such as a container's, hold no links that dver has made.
    let isExpected = try configuration().linkTypes.contains(.symlink)
    return try linksIntoStores(passesClosedFolders: !isExpected).map { $0.digest }
  }

  /// The symbolic links of the workspace that lead into a store, with the objects that they stand for.
  func linksIntoStores(
    passesClosedFolders: Bool
  ) throws -> [(link: AbsolutePath, digest: Digest)] {
    let root = root
    let found = try DirectoryWalk(root, skipsFiles: true) { path, isDirectory in
      guard isDirectory else { return false }
      if path.count == 4 || path.count == 5, RepositoryPath.isDotFolder(path) { return true }
      return passesClosedFolders && Self.isClosed(root.appending(path.indices.map { path[$0] }))
    }.run()
    return try (0..<found.count).filter { found.kinds[$0] == .link }.compactMap { index in
      let link = root.appending(found.paths[index])
      guard let object = try self.object(behindLink: link) else { return nil }
      return (link: link, digest: object.digest)
    }
  }

  /// Whether a folder cannot be looked into.
  private static func isClosed(_ folder: AbsolutePath) -> Bool {
    do {
      _ = try OpenFile.ifPresent(folder, .directory)
      return false
    } catch {
      return (error as? FileSystemError)?.isClosedFolder == true
    }
  }

  /// As ``linkedObjects()``, of all work trees of the repository.
  func linkedObjectsOfRepository() throws -> [Digest] {
    try workspacesOfRepository().flatMap { workspace in
      try FileSystem.exists(workspace.dverFolder) ? workspace.linkedObjects() : []
    }
  }
}

extension RepositoryPath {
  /// Whether a name is `.git` or `.dver`.
  fileprivate static func isDotFolder(_ name: Span<UInt8>) -> Bool {
    [".git", ".dver"].contains { word in
      word.utf8.count == name.count && word.utf8.enumerated().allSatisfy { name[$0] == $1 }
    }
  }
}
