import DverCore
import DverFileSystem
import DverHashing

/// A hidden folder on the file system of the workspace, where files wait until they are complete.
///
/// Its holder keeps a lock on a file beside it, so that the next command can tell what a dead one
/// left.
struct StagingFolder: ~Copyable {
  let path: AbsolutePath
  private let lock: OpenFile
  private let counter = SharedCounter()

  /// Makes a folder below `parent`, after removing what dead processes left there.
  init(in parent: AbsolutePath) throws {
    try FileSystem.makeDirectories(parent)
    try FileSystem.spreadFolders(of: parent)
    try Self.removeAbandoned(in: parent)
    var generator = SystemRandomNumberGenerator()
    let name = String(generator.next(), radix: 16)
    let lockPath = parent.appending("\(name).lock")
    let lock = try OpenFile(lockPath, .createNew(permissions: 0o600))
    guard try lock.tryLock() else { throw FileSystemError(.lock, lockPath) }
    let path = parent.appending(name)
    try FileSystem.makeDirectory(path)
    try FileSystem.spreadFolders(of: path)
    self.path = path
    self.lock = lock
  }

  deinit {
    try? FileSystem.removeTree(path)
    _ = try? FileSystem.removeFile(lock.path)
  }

  /// Hands out names to other threads.
  var names: @Sendable () -> AbsolutePath {
    let (path, counter) = (path, counter)
    return { path.appending("\(counter.next())") }
  }

  private static func removeAbandoned(in parent: AbsolutePath) throws {
    for name in try FileSystem.names(in: parent) ?? [] {
      guard name.suffix(5).elementsEqual(".lock".utf8) else { continue }
      let lockPath = parent.appending(name)
      guard let lock = try OpenFile.ifPresent(lockPath, .update), try lock.tryLock() else {
        continue
      }
      try FileSystem.removeTree(parent.appending(name.dropLast(5)))
      try FileSystem.removeFile(lockPath)
    }
  }
}
