import DverCore
import DverFileSystem
import Glibc
import Synchronization

/// Who works with a store at the moment.
///
/// A command that relies on objects being there has not written down yet which. It holds a shared
/// lock from its first look on until it ends, so that whoever is about to delete what nothing names
/// can tell whether anybody may have looked before.
extension ObjectStore {
  private var usersFile: AbsolutePath { folder.appending("leases").appending("users") }

  /// Takes the lock for the rest of the store's life in this process, once.
  package func holdInUse() throws {
    try use.withLock { held in
      guard held == nil else { return }
      do {
        held = SharedFile(try lockedForUse())
      } catch let error as FileSystemError
        where [EACCES, EPERM, EROFS, ENOLCK, ENOTSUP].contains(error.code)
      {
        // Without the lock, the grace of a collection has to do.
        return
      }
    }
  }

  private func lockedForUse() throws -> OpenFile {
    try FileSystem.makeSharedDirectories(usersFile.parent)
    while true {
      let file = try OpenFile(usersFile, .createIfMissing(permissions: 0o666))
      // The first one decides; to the others the file does not belong.
      if isGroupShared { try? file.setMode(0o664) }
      if try file.tryLockShared() { return file }
      // Whoever looks for users does it in no time.
      usleep(1000)
    }
  }

  /// Whether no other process works with the store, by what its locks tell.
  package func isUnused() throws -> Bool {
    guard let file = try OpenFile.ifPresent(usersFile, .update) else { return true }
    return try file.tryLock()
  }
}
