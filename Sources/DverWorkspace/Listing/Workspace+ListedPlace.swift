import DverCore
package import DverFileSystem
import Glibc

extension Workspace {
  /// Opens the workspace that `ls` is to list, and tells the path in it.
  ///
  /// - Parameters:
  ///   - places: Two: the folder of a workspace or a bare repository, and a path counted from it.
  ///     One: such a folder if a workspace begins there, else a path counted from `current`. None:
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
      return (try open(folder), places[1])
    }
    if try FileSystem.status(of: folder.appending(".dver"))?.isDirectory == true {
      return (try open(folder), here)
    }
    if try BareRepository.git(at: folder) != nil { return (try open(folder), here) }
    return (try open(current), first)
  }

  /// - Throws: ``WorkspaceError/failed(_:hint:)`` for what is not in this file system.
  private static func folder(
    ofURL url: [UInt8], relativeTo current: AbsolutePath
  ) throws -> AbsolutePath {
    let scheme = Array("file://".utf8)
    if url.starts(with: scheme) {
      return AbsolutePath(Array(url.dropFirst(scheme.count)), relativeTo: current)
    }
    if String(decoding: url, as: UTF8.self).contains("://") {
      throw WorkspaceError.failed(
        "\(PathQuoting.quoted(url)) is not a local folder", hint: "clone it with git first")
    }
    return AbsolutePath(url, relativeTo: current)
  }
}
