import DverCore
package import DverFileSystem
import Glibc

extension Workspace {
  /// Opens the workspace that `ls` is to list, and tells the path in it.
  ///
  /// - Parameter places: Two: the folder of a workspace, and a path counted from it. One: such a
  ///   folder if a workspace begins there, else a path counted from `current`. None: `current`.
  package static func open(
    from current: AbsolutePath, listing places: [[UInt8]], notices: Notices
  ) throws -> (workspace: Workspace, path: [UInt8]) {
    let here = Array(".".utf8)
    guard let first = places.first else {
      return (try open(from: current, notices: notices), here)
    }
    let folder = try folder(ofURL: first, relativeTo: current)
    if places.count > 1 {
      guard try FileSystem.statusFollowingLinks(of: folder)?.isDirectory == true else {
        throw WorkspaceError.missing(PathQuoting.quoted(first))
      }
      return (try open(from: folder, notices: notices), places[1])
    }
    if try FileSystem.status(of: folder.appending(".dver"))?.isDirectory == true {
      return (try open(from: folder, notices: notices), here)
    }
    // A bare repository, which opening refuses.
    if try FileSystem.status(of: folder.appending("HEAD"))?.isFile == true,
      try FileSystem.status(of: folder.appending("objects"))?.isDirectory == true
    {
      return (try open(from: folder, notices: notices), here)
    }
    return (try open(from: current, notices: notices), first)
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
