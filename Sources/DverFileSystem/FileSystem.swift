import CSystem
import DverCore
import Glibc

/// The POSIX calls on paths, with errors that name the path.
package enum FileSystem {
  /// What is at `path`, without following a link at its end; `nil` where there is nothing.
  package static func status(of path: AbsolutePath) throws -> FileStatus? {
    try status(of: path, flags: AT_SYMLINK_NOFOLLOW)
  }

  /// What is at `path`, following links; `nil` where there is nothing.
  package static func statusFollowingLinks(of path: AbsolutePath) throws -> FileStatus? {
    try status(of: path, flags: 0)
  }

  private static func status(of path: AbsolutePath, flags: Int32) throws -> FileStatus? {
    var status = stat()
    let result = unsafe path.withCString { unsafe fstatat(AT_FDCWD, $0, &status, flags) }
    if result == 0 { return FileStatus(status) }
    let error = FileSystemError(.stat, path)
    if error.isNotFound { return nil }
    throw error
  }

  package static func exists(_ path: AbsolutePath) throws -> Bool {
    try status(of: path) != nil
  }

  /// The bytes of a small file; `nil` where there is none. A pipe or a device is an error: it may
  /// never end.
  package static func contents(of path: AbsolutePath, limit: Int = .max) throws -> [UInt8]? {
    guard let file = try OpenFile.ifPresent(path, .read) else { return nil }
    guard try file.status().kind != .special else {
      throw FileSystemError(.read, path, code: EINVAL)
    }
    return try file.readToEnd(limit: limit)
  }

  /// Makes a directory; `false` if one is there already.
  @discardableResult
  package static func makeDirectory(_ path: AbsolutePath, permissions: UInt32 = 0o777) throws
    -> Bool
  {
    if unsafe path.withCString({ unsafe mkdir($0, permissions) }) == 0 { return true }
    let error = FileSystemError(.create, path)
    if error.code == EEXIST, try statusFollowingLinks(of: path)?.isDirectory == true {
      return false
    }
    throw error
  }

  /// Asks the file system to put each subfolder of a directory into a region of its own, where it
  /// knows how.
  ///
  /// ext4 otherwise puts them beside their parent, where it looks for a free inode past all those
  /// that were freed in the last minutes: replacing 30,000 files took four times as long.
  package static func spreadFolders(of path: AbsolutePath) throws {
    _ = dver_spread_folders(try OpenFile(path, .directory).descriptor)
  }

  /// Makes a directory and the folders around it, as far as they are missing.
  ///
  /// - Parameter synced: Whether a new one is on stable storage when this returns; what is synced
  ///   inside of a folder is lost with the folder's own name.
  package static func makeDirectories(_ path: AbsolutePath, synced: Bool = false) throws {
    let isNew: Bool
    do {
      isNew = try makeDirectory(path)
    } catch let error as FileSystemError where error.code == ENOENT {
      try makeDirectories(path.parent, synced: synced)
      isNew = try makeDirectory(path)
    }
    if isNew, synced { try syncDirectory(path.parent) }
  }

  /// As ``makeDirectories(_:)``, and lets a folder's group write to what is made in it, where the
  /// group may write to the folder and its files inherit the group.
  package static func makeSharedDirectories(_ path: AbsolutePath, synced: Bool = false) throws {
    do {
      guard try makeDirectory(path) else { return }
    } catch let error as FileSystemError where error.code == ENOENT {
      try makeSharedDirectories(path.parent, synced: synced)
      guard try makeDirectory(path) else { return }
    }
    if synced { try syncDirectory(path.parent) }
    guard let status = try status(of: path.parent), status.isSharedFolder else { return }
    try setMode(status.mode, of: path)
  }

  /// Moves `source` to `target`, replacing a file that is there.
  package static func rename(_ source: AbsolutePath, to target: AbsolutePath) throws {
    let result = unsafe source.withCString { from in
      unsafe target.withCString { to in unsafe Glibc.rename(from, to) }
    }
    guard result == 0 else { throw FileSystemError(.rename, "\(source) to \(target)") }
  }

  /// Moves `source` to `target`; `false`, with nothing done, if something is there.
  package static func renameWithoutReplacing(
    _ source: AbsolutePath, to target: AbsolutePath
  ) throws -> Bool {
    let result = unsafe source.withCString { from in
      unsafe target.withCString { to in
        unsafe dver_renameat2(AT_FDCWD, from, AT_FDCWD, to, renameNoReplace)
      }
    }
    if result == 0 { return true }
    switch errno {
    case EEXIST, ENOTEMPTY:
      return false
    case EINVAL, ENOSYS:
      // A file system without the flag: look first, which leaves a moment for somebody else.
      if try exists(target) { return false }
      try rename(source, to: target)
      return true
    default:
      throw FileSystemError(.rename, "\(source) to \(target)")
    }
  }

  /// Lets two paths change places in one step; `false` where the file system cannot.
  package static func exchange(_ one: AbsolutePath, _ other: AbsolutePath) throws -> Bool {
    let result = unsafe one.withCString { from in
      unsafe other.withCString { to in
        unsafe dver_renameat2(AT_FDCWD, from, AT_FDCWD, to, renameExchange)
      }
    }
    if result == 0 { return true }
    guard errno == EINVAL || errno == ENOSYS else {
      throw FileSystemError(.rename, "\(one) to \(other)")
    }
    return false
  }

  /// `RENAME_EXCHANGE` of `renameat2(2)`.
  private static let renameExchange: UInt32 = 2
  /// `RENAME_NOREPLACE` of `renameat2(2)`.
  private static let renameNoReplace: UInt32 = 1

  /// Gives the file at `source` a second name.
  package static func link(_ source: AbsolutePath, at target: AbsolutePath) throws {
    let result = unsafe source.withCString { from in
      unsafe target.withCString { to in unsafe linkat(AT_FDCWD, from, AT_FDCWD, to, 0) }
    }
    guard result == 0 else { throw FileSystemError(.link, "\(source) to \(target)") }
  }

  package static func makeSymbolicLink(to destination: [UInt8], at path: AbsolutePath) throws {
    let result = unsafe destination.withNullTerminated { to in
      unsafe path.withCString { at in unsafe symlink(to, at) }
    }
    guard result == 0 else { throw FileSystemError(.create, path) }
  }

  /// The target of a symbolic link.
  package static func destination(ofLink path: AbsolutePath) throws -> [UInt8] {
    let bytes = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) {
      buffer -> [UInt8]? in
      guard let start = buffer.baseAddress else { return nil }
      let count = unsafe path.withCString { unsafe readlink($0, start, buffer.count) }
      guard count >= 0 else { return nil }
      return unsafe buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }
    guard let bytes else { throw FileSystemError(.read, path) }
    return bytes
  }

  /// Removes a file or a link; `false` where there is none.
  @discardableResult
  package static func removeFile(_ path: AbsolutePath) throws -> Bool {
    if unsafe path.withCString({ unsafe unlink($0) }) == 0 { return true }
    let error = FileSystemError(.remove, path)
    if error.code == ENOENT { return false }
    throw error
  }

  /// Removes a directory that is empty; `false` if it is not, or not there.
  @discardableResult
  package static func removeEmptyDirectory(_ path: AbsolutePath) throws -> Bool {
    if unsafe path.withCString({ unsafe rmdir($0) }) == 0 { return true }
    switch errno {
    case ENOTEMPTY, EEXIST, ENOENT, ENOTDIR, EBUSY: return false
    default: throw FileSystemError(.remove, path)
    }
  }

  /// Makes a file as young as one that is written now; that of somebody else may stay as it is.
  ///
  /// - Returns: `false` where there is none.
  package static func touch(_ path: AbsolutePath) throws -> Bool {
    if unsafe path.withCString({ unsafe utimensat(AT_FDCWD, $0, nil, 0) }) == 0 { return true }
    let error = FileSystemError(.write, path)
    switch error.code {
    case ENOENT: return false
    case EACCES, EPERM: return true
    default: throw error
    }
  }

  package static func setMode(_ mode: UInt32, of path: AbsolutePath) throws {
    guard unsafe path.withCString({ unsafe chmod($0, mode) }) == 0 else {
      throw FileSystemError(.change, path)
    }
  }

  /// Waits until the names in a directory are on stable storage.
  package static func syncDirectory(_ path: AbsolutePath) throws {
    try OpenFile(path, .directory).sync()
  }

  /// The names in a directory, sorted by bytes, without `.` and `..`; `nil` where there is none.
  package static func names(in path: AbsolutePath) throws -> [[UInt8]]? {
    guard let directory = try OpenFile.ifPresent(path, .directory) else { return nil }
    var names: [[UInt8]] = []
    try DirectoryReader.forEachEntry(of: directory) { entry in
      names.append(entry.name)
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

/// An entry as its directory lists it.
package struct DirectoryEntry: Sendable {
  package let name: [UInt8]
  package let isDirectory: Bool
}

extension FileSystem {
  /// The entries of a directory, sorted by bytes, without `.` and `..`; `nil` where there is none.
  ///
  /// Cheaper than a walk where the status of files does not matter.
  ///
  /// - Parameter isWanted: Which names of files are wanted; directories always are.
  package static func entries(
    in path: AbsolutePath, where isWanted: ([UInt8]) -> Bool = { _ in true }
  ) throws -> [DirectoryEntry]? {
    guard let directory = try OpenFile.ifPresent(path, .directory) else { return nil }
    var entries: [DirectoryEntry] = []
    try DirectoryReader.forEachEntry(of: directory) { entry in
      let name = entry.name
      let isDirectory =
        try entry.isDirectory ?? status(of: path.appending(name))?.isDirectory ?? false
      guard isDirectory || isWanted(name) else { return }
      entries.append(DirectoryEntry(name: name, isDirectory: isDirectory))
    }
    return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }
}
