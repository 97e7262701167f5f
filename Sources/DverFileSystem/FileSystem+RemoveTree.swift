import CSystem
import DverCore
import Glibc

extension FileSystem {
  /// Removes what is at `path`, with everything below it.
  ///
  /// Links are removed, never followed, not even one that somebody puts in the place of a folder
  /// meanwhile: everything below `path` is reached through the descriptor of its folder, of which
  /// one for each level is open.
  package static func removeTree(_ path: AbsolutePath) throws {
    guard try exists(path) else { return }
    try unsafe path.withCString { try unsafe removeTree($0, in: AT_FDCWD, at: path) }
  }

  /// - Parameter path: For messages.
  private static func removeTree(
    _ name: UnsafePointer<CChar>, in parent: Int32, at path: AbsolutePath
  ) throws {
    if unsafe unlinkat(parent, name, 0) == 0 { return }
    let refusal = FileSystemError(.remove, path)
    if refusal.code == ENOENT { return }
    do {
      try removeEntries(of: unsafe openFolder(name, in: parent, at: path))
    } catch let error as FileSystemError where error.operation == .open && error.isNotFound {
      if error.code == ENOENT { return }
      // What is no folder is what the system does not want to remove.
      throw refusal
    }
    guard unsafe unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
      throw FileSystemError(.remove, path)
    }
  }

  private static func removeEntries(of folder: borrowing OpenFile) throws {
    var names: [[UInt8]] = []
    try DirectoryReader.forEachEntry(of: folder) { names.append($0.name) }
    let (descriptor, path) = (folder.descriptor, folder.path)
    names.sort { $0.lexicographicallyPrecedes($1) }
    for name in names {
      try unsafe name.withNullTerminated { start in
        try unsafe removeTree(start, in: descriptor, at: path.appending(name))
      }
    }
  }

  /// A folder whose entries can be removed from now on.
  private static func openFolder(
    _ name: UnsafePointer<CChar>, in parent: Int32, at path: AbsolutePath
  ) throws -> OpenFile {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
    var descriptor = unsafe dver_openat(parent, name, flags, 0)
    if descriptor < 0, errno == EACCES {
      let result = unsafe fchmodat(parent, name, 0o700, AT_SYMLINK_NOFOLLOW)
      guard result == 0 else { throw FileSystemError(.change, path) }
      descriptor = unsafe dver_openat(parent, name, flags, 0)
    }
    guard descriptor >= 0 else { throw FileSystemError(.open, path) }
    let folder = OpenFile(adopting: descriptor, path: path)
    let mode = try folder.status().mode
    if mode & 0o700 != 0o700 { try folder.setMode(mode | 0o700) }
    return folder
  }
}
