import DverCore
import DverFileSystem
import DverGit

/// Which lock on git's index a command is about to take, so that after its death the next command
/// can tell that lock from one that git holds.
///
/// A file of one line, `DEVICE INODE PATH`, that is there only while the index is written; only the
/// holder of the workspace lock touches it.
struct IndexLockRecord: Sendable {
  let file: AbsolutePath

  func note(_ lock: GitIndexLock) throws {
    let text = "\(lock.device) \(lock.inode) \(PathQuoting.quoted(lock.path))\n"
    try FileSystem.replaceContents(of: file, with: Array(text.utf8))
  }

  func clear() throws {
    try FileSystem.removeFile(file)
  }

  /// Takes away the lock that a dead command left.
  func removeStale() throws {
    guard let bytes = try FileSystem.contents(of: file) else { return }
    let fields = bytes.dropLast().split(separator: UInt8(ascii: " "), maxSplits: 2)
    if fields.count == 3, let device = UInt64(String(decoding: fields[0], as: UTF8.self)),
      let inode = UInt64(String(decoding: fields[1], as: UTF8.self)),
      let path = PathQuoting.unquote(Array(fields[2]).span)
    {
      _ = try GitIndexLock(path: path, device: device, inode: inode).removeStale()
    }
    try clear()
  }
}
