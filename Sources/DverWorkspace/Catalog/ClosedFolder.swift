import DverCore
import DverFileSystem
import Synchronization

/// A folder that this user may not look into, such as a container's, or whose path is too long for
/// the system: whether something in it is tracked cannot be told.
struct ClosedFolder: DverError {
  let path: RepositoryPath
  /// The system's error number.
  let code: Int32

  var message: String { FileSystemError(.lookInto, shownPath, code: code).message }
  var hint: String? { "get access to it, or leave it out with a line in .dverignore" }

  /// A path of thousands of bytes says no more than its beginning.
  private var shownPath: String {
    let limit = 200
    guard path.bytes.count > limit else { return path.description }
    return PathQuoting.quoted(path.bytes.prefix(limit)) + "…"
  }
}

extension Workspace {
  /// What is in a folder of the workspace; `nil` where there is none, where it holds something of
  /// this name, which makes it a unit of its own, or where it is closed.
  ///
  /// - Parameter isWanted: Which names of files are wanted; directories always are.
  func entries(
    in folder: RepositoryPath, unlessHolding name: String,
    where isWanted: ([UInt8]) -> Bool = { _ in true },
    whereClosed report: (ClosedFolder) throws -> Void
  ) throws -> [DirectoryEntry]? {
    let path = root.appending(folder)
    do {
      if !folder.isRoot, try FileSystem.exists(path.appending(name)) { return nil }
      return try FileSystem.entries(in: path, where: isWanted)
    } catch let error as FileSystemError where error.isClosedFolder && !folder.isRoot {
      try report(ClosedFolder(path: folder, code: error.code))
      return nil
    }
  }

  /// Tells the user, once a command, of a folder that is passed over.
  func warn(of folder: ClosedFolder) {
    let isNew = closedFolders.withLock { $0.insert(folder.path).inserted }
    if isNew { notices.warning(folder.message) }
  }
}
