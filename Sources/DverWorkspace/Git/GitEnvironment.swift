import DverFileSystem
import DverGit

/// What the environment says of git, as in git's hooks.
enum GitEnvironment {
  /// The index that counts in place of the repository's own: absolute, or counted from the work tree.
  static var indexFile: [UInt8]? { value("GIT_INDEX_FILE") }

  /// The folder that `GIT_DIR` names, which git takes for the repository wherever it is.
  static var directory: AbsolutePath? {
    get throws {
      try value("GIT_DIR").map { AbsolutePath($0, relativeTo: try AbsolutePath.current()) }
    }
  }

  /// Whether `GIT_DIR` names no other repository, whose index is none of this one's business.
  static func allows(_ git: GitRepository) throws -> Bool {
    guard let directory = try Self.directory else { return true }
    guard try FileSystem.exists(directory) else { return false }
    return try directory.resolvingLinks()
      == AbsolutePath(normalized: git.gitDirectory).resolvingLinks()
  }

  /// Refuses a work tree whose repository only `GIT_DIR` tells: dver finds one by its `.git`, and
  /// would otherwise stage nothing.
  static func refuseDirectory() throws {
    guard let directory = try Self.directory, try FileSystem.exists(directory) else { return }
    throw WorkspaceError.failed(
      "GIT_DIR names the git repository \(directory), which dver finds only by the work tree's .git",
      hint: "write the line 'gitdir: \(directory)' into the file .git of the work tree")
  }

  private static func value(_ name: String) -> [UInt8]? {
    guard let bytes = ConfigurationFiles.environmentBytes(name), !bytes.isEmpty else { return nil }
    return bytes
  }
}
