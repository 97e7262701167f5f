import DverCore
import DverFileSystem

/// Outputs that a command wrote as symbolic links.
extension StageCourse {
  /// Puts a copy of what it leads to in the place of an output that is a link, as DVC does: a link to
  /// somewhere else is no result that could be kept. One that leads nowhere, or to a folder around it,
  /// stays, and is refused.
  func replaceLinks() throws {
    for path in stage.outputs {
      let place = runner.graph.root.appending(path)
      guard try FileSystem.status(of: place)?.isLink == true,
        let target = try FileSystem.statusFollowingLinks(of: place), target.kind != .special
      else { continue }
      let source = try place.resolvingLinks()
      guard try place.parent.resolvingLinks().relative(to: source) == nil else { continue }
      try replace(place, by: source, isDirectory: target.isDirectory)
    }
  }

  private func replace(
    _ link: AbsolutePath, by source: AbsolutePath, isDirectory: Bool
  ) throws {
    let temporary = link.parent.appending(FileSystem.temporaryName())
    do {
      try TreeCopy.copy(source, to: temporary, onSkipped: runner.aside.layout.onSkipped)
      // A directory cannot take the place of a link.
      if isDirectory { try FileSystem.removeFile(link) }
      try FileSystem.rename(temporary, to: link)
    } catch {
      _ = try? FileSystem.removeTree(temporary)
      throw error
    }
  }
}
