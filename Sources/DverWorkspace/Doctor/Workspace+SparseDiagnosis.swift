import DverCore
import DverFileSystem
import DverGit

extension Workspace {
  /// Reports a sparse checkout by folders that leaves `.dver` out.
  ///
  /// Git deletes folders outside of the chosen ones together with what it ignores in them: the
  /// cache, which may hold the only copy.
  func diagnoseSparseCheckout(
    _ diagnosis: inout Diagnosis, _ git: GitRepository, _ prefix: GitPathPrefix
  ) throws {
    // `git sparse-checkout` writes into the file of the work tree.
    let layers = try ConfigLayers([
      (.project, git.commonDirectory + Array("/config".utf8)),
      (.local, git.gitDirectory + Array("/config.worktree".utf8)),
    ])
    guard try layers.bool("core.sparsecheckout") == true,
      try layers.bool("core.sparsecheckoutcone") ?? true
    else { return }
    let file = AbsolutePath(normalized: git.gitDirectory).appending("info/sparse-checkout")
    guard let text = try FileSystem.contents(of: file) else { return }
    let lines = Set(text.split(separator: UInt8(ascii: "\n")).map(Array.init))
    let folder = prefix.gitPath(RepositoryPath(normalized: Array(".dver".utf8)))
    guard !Self.isChosen(folder, by: lines) else { return }
    let shown = PathQuoting.quoted(folder)
    let losesCache = try cacheFolder().relative(to: dverFolder) != nil
    diagnosis.report(
      .problem,
      "the sparse checkout leaves out \(shown), which git would delete"
        + (losesCache ? " with the cache" : ""),
      hint: "run 'git sparse-checkout add \(shown)'")
  }

  /// Whether the lines, which come in pairs `/a/` and `!/a/*/` for folders of which only the files
  /// are wanted, take in a folder as a whole.
  private static func isChosen(_ folder: [UInt8], by lines: Set<[UInt8]>) -> Bool {
    var folder = RepositoryPath(normalized: folder)
    while !folder.isRoot {
      let pattern = [RepositoryPath.slash] + folder.bytes + [RepositoryPath.slash]
      if lines.contains(pattern) { return !lines.contains(Self.withoutFolders(pattern)) }
      folder = folder.parent
    }
    return lines.contains(Array("/*".utf8))
      && !lines.contains(Self.withoutFolders([RepositoryPath.slash]))
  }

  private static func withoutFolders(_ pattern: [UInt8]) -> [UInt8] {
    Array("!".utf8) + pattern + Array("*/".utf8)
  }
}
