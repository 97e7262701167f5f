import DverCore
import DverFileSystem
import DverGit

extension Workspace {
  /// Refuses files of dver's that were staged with git's conflict markers: the index no longer has
  /// the versions to merge.
  func refuseStagedMarkers(_ git: GitRepository) throws {
    let prefix = gitPrefix(in: git)
    let tracked = try git.trackedPaths(below: prefix.bytes)
    for index in 0..<tracked.count where Self.isCatalogFile(tracked[index]) {
      let gitPath = Array(tracked[index])
      guard let path = prefix.workspacePath(tracked[index]),
        try git.conflict(at: gitPath) == nil, let staged = try git.indexBlob(at: gitPath),
        Self.hasMarkers(staged)
      else { continue }
      throw WorkspaceError.failed(
        "\(displayed(path)) was staged with git's conflict markers in it",
        hint: "run 'git checkout -m -- \(displayed(path))', then 'dver resolve'")
    }
  }

  private static func hasMarkers(_ text: [UInt8]) -> Bool {
    text.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "<<<<<<< ".utf8) }
  }
}
