import DverCore
package import DverFileSystem
import DverGit
import DverParallel

extension Workspace {
  /// Opens the workspace that `ls` is to list, and tells the path in it.
  ///
  /// - Parameters:
  ///   - places: Two: the folder of a workspace, a git repository or a bare one, and a path counted from
  ///     it. One: such a folder if one begins there, else a path counted from `current`. None:
  ///     `current`.
  ///   - revision: What is to be listed, if not the workspace.
  package static func open(
    from current: AbsolutePath, listing places: [[UInt8]], at revision: String?, notices: Notices
  ) throws -> (workspace: Workspace, path: [UInt8]) {
    let here = Array(".".utf8)
    func open(_ folder: AbsolutePath) throws -> Workspace {
      try self.open(from: folder, bare: .allowed(revision: revision), notices: notices)
    }
    guard let first = places.first else {
      return (try open(current), here)
    }
    let folder = try folder(ofURL: first, relativeTo: current)
    if places.count > 1 {
      guard try FileSystem.statusFollowingLinks(of: folder)?.isDirectory == true else {
        throw WorkspaceError.missing(PathQuoting.quoted(first))
      }
      if let plain = try plainRepository(at: folder, notices: notices) { return (plain, places[1]) }
      return (try open(folder), places[1])
    }
    if try FileSystem.status(of: folder.appending(".dver"))?.isDirectory == true {
      return (try open(folder), here)
    }
    if try BareRepository.git(at: folder) != nil { return (try open(folder), here) }
    if let plain = try plainRepository(at: folder, notices: notices) { return (plain, here) }
    if first.starts(with: fileScheme) {
      throw WorkspaceError.failed(
        "\(PathQuoting.quoted(first)) is neither a dver workspace nor a git repository",
        hint: "check the spelling, or name the folder in which it begins")
    }
    return (try open(current), first)
  }

  /// The work tree of a git repository in which nothing is dver's: its files can be listed all the same.
  ///
  /// - Returns: `nil` for what is none, and for one inside of a workspace, which is a part of that.
  private static func plainRepository(
    at folder: AbsolutePath, notices: Notices
  ) throws -> Workspace? {
    guard try FileSystem.exists(folder.appending(".git")) else { return nil }
    let root = try folder.resolvingLinks()
    var outer = root
    while true {
      if try FileSystem.exists(outer.appending(".dver")) { return nil }
      guard outer.parent != outer else { break }
      outer = outer.parent
    }
    guard let git = try GitRepository.open(at: root.bytes), !git.isBare,
      try !git.isTracked(Array(".dver/config".utf8))
    else { return nil }
    return Workspace(
      root: root, current: root, progress: Progress(), cancellation: Cancellation(),
      notices: notices)
  }

  private static var fileScheme: [UInt8] { Array("file://".utf8) }

  /// - Throws: ``WorkspaceError/failed(_:hint:)`` for what is not in this file system.
  private static func folder(
    ofURL url: [UInt8], relativeTo current: AbsolutePath
  ) throws -> AbsolutePath {
    if url.starts(with: fileScheme) {
      return AbsolutePath(Array(url.dropFirst(fileScheme.count)), relativeTo: current)
    }
    if String(decoding: url, as: UTF8.self).contains("://") {
      throw WorkspaceError.failed(
        "\(PathQuoting.quoted(url)) is not a local folder", hint: "clone it with git first")
    }
    return AbsolutePath(url, relativeTo: current)
  }
}
