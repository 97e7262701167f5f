import DverCore
import DverFileSystem
import DverManifest

/// Outputs that a command wrote as symbolic links, or the user put links in the place of.
extension StageCourse {
  /// Puts a copy of what it leads to in the place of an output that is a link, as DVC does: a link to
  /// somewhere else is no result that could be kept. One that leads nowhere, to a folder around it or into
  /// git's or dver's own, stays, and is refused. Outputs that persist or that are not for the cache may be
  /// links: what they lead to is looked after by somebody else.
  func replaceLinks() throws {
    for index in stage.outputs.indices { try replaceLink(of: index) }
  }

  /// As ``replaceLinks()``, for one output of the stage.
  func replaceLink(of index: Int) throws {
    let output = stage.stage.outputs[index]
    guard output.isCached, !output.persists else { return }
    let place = runner.graph.root.appending(stage.outputs[index])
    guard try FileSystem.status(of: place)?.isLink == true,
      try !storage.isLinkIntoStore(place),
      let target = try FileSystem.statusFollowingLinks(of: place), target.kind != .special
    else { return }
    let source = try place.resolvingLinks()
    guard try place.parent.resolvingLinks().relative(to: source) == nil,
      try source.relative(to: runner.graph.root.resolvingLinks())?.isReserved != true
    else { return }
    try replace(place, by: source, isDirectory: target.isDirectory)
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
