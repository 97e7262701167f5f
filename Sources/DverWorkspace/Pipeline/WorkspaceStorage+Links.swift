import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

/// Outputs that are links of the user's: what they lead to is recorded, and stays where it is.
extension WorkspaceStorage {
  /// Where such an output leads; `nil` where none stands at `path`, or what it leads to may not be one:
  /// what is git's or dver's own, or a folder around it.
  func target(ofOutputAt path: RepositoryPath) throws -> AbsolutePath? {
    let (location, _) = try place(of: .inside(path))
    guard location != workspace.root.appending(path) else { return nil }
    let root = try workspace.root.resolvingLinks()
    guard root.relative(to: location) == nil else { return nil }
    if let inside = location.relative(to: root), inside.isReserved || path.isInside(inside) {
      return nil
    }
    return location
  }

  /// Whether an output may be a link.
  func mayBeLink(_ output: StageOutput) -> Bool { !output.isCached || output.persists }
}
