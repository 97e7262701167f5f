import DverCore
import DverFileSystem
import DverGit
import Glibc

/// A note of the lock on git's index or configuration that a command takes, so that the next
/// command can tell a lock that a dead one left from one that git holds.
///
/// Only the holder of the workspace lock touches it:
///
///     PROCESS DEVICE INODE NANOSECONDS PATH
struct GitLockRecord: Sendable {
  let file: AbsolutePath

  /// Notes the lock that `body` takes, as long as `body` runs.
  func noting<Result>(
    _ body: (_ willLock: (GitLockFile) throws -> Void) throws -> Result
  ) throws -> Result {
    let result: Result
    do {
      result = try body(remember)
    } catch {
      // What cannot be cleaned up now is left to the next command.
      try? clear()
      throw error
    }
    try clear()
    return result
  }

  /// Notes the lock before it is put into place.
  private func remember(_ lock: GitLockFile) throws {
    let numbers = "\(getpid()) \(lock.device) \(lock.inode) \(lock.modified)"
    let text = "\(numbers) \(PathQuoting.quoted(lock.path))\n"
    // A lock that outlives its record would stop git until somebody removes it.
    try FileSystem.replaceContents(of: file, with: Array(text.utf8), synced: true)
  }

  /// Removes the lock if it is still there, and what was prepared beside it, and forgets it.
  func clear() throws {
    guard let bytes = try FileSystem.contents(of: file) else { return }
    if let (process, lock) = Self.parse(bytes) {
      let wasStale = try lock.removeStale()
      let folder = AbsolutePath(normalized: lock.path).parent
      for name in try FileSystem.names(in: folder) ?? []
      where lock.isWorkFile(name, of: process) {
        try FileSystem.removeFile(folder.appending(name))
      }
      if wasStale { try FileSystem.syncDirectory(folder) }
    }
    try FileSystem.removeFile(file)
  }

  private static func parse(_ bytes: [UInt8]) -> (process: Int32, lock: GitLockFile)? {
    let fields = bytes.dropLast().split(separator: UInt8(ascii: " "), maxSplits: 4)
    guard bytes.last == UInt8(ascii: "\n"), fields.count == 5 else { return nil }
    let numbers = fields.prefix(4).map { String(decoding: $0, as: UTF8.self) }
    guard let process = Int32(numbers[0]), let device = UInt64(numbers[1]),
      let inode = UInt64(numbers[2]), let modified = Int64(numbers[3]),
      let path = PathQuoting.unquote(Array(fields[4]).span), path.first == RepositoryPath.slash
    else { return nil }
    return (
      process, GitLockFile(path: path, device: device, inode: inode, modified: modified)
    )
  }
}
