import DverCore
import DverFileSystem
import DverHashing
import Glibc
import Synchronization

/// How this process shows that it works with a store.
struct StoreUse: Sendable {
  /// Holds a lock that users share; `nil` where locks do not do.
  let lock: SharedFile?
  /// A file of its own otherwise.
  let sign: LifeSign?
}

/// Who works with a store at the moment.
///
/// A command that relies on objects being there has not written down yet which. It holds a shared
/// lock from its first look on until it ends, so that whoever is about to delete what nothing names
/// can tell whether anybody may have looked before. Where locks do not do, it has a file of its own
/// in a folder, and heartbeats keep that alive.
extension ObjectStore {
  private var usersFile: AbsolutePath { folder.appending("leases").appending("users") }
  private var usersFolder: AbsolutePath { folder.appending("leases").appending("users.lease") }

  /// Begins to work with the store for the rest of its life in this process, once.
  package func holdInUse() throws {
    try use.withLock { held in
      guard held == nil else { return }
      do {
        try FileSystem.makeSharedDirectories(usersFile.parent)
        held = try usesHeartbeats ? showUse() : StoreUse(lock: SharedFile(lockForUse()), sign: nil)
      } catch let error as FileSystemError
        where [EACCES, EPERM, EROFS, ENOLCK, ENOTSUP].contains(error.code)
      {
        // Without the lock, the grace of a collection has to do.
        return
      }
    }
  }

  /// Makes sure that nobody deletes what this process relies on, if it does.
  ///
  /// - Throws: ``LeaseLostError`` where it was taken for dead; objects that it saw may be gone.
  package func requireInUse() throws {
    try use.withLock { $0?.sign }?.check()
  }

  private var usesHeartbeats: Bool {
    get throws { try leases.usesHeartbeats(in: folder) }
  }

  private func showUse() throws -> StoreUse {
    try FileSystem.makeSharedDirectories(usersFolder)
    try FileSystem.makeSharedDirectories(scratchFolder)
    let name = FileSystem.randomWord()
    let sign = try LifeSign(
      usersFolder.appending(name), purpose: "dver", settings: leases,
      unseen: scratchFolder.appending(FileSystem.temporaryName()), isShared: isGroupShared,
      endsWithFile: true)
    return StoreUse(lock: nil, sign: sign)
  }

  private func lockForUse() throws -> OpenFile {
    while true {
      let file = try OpenFile(usersFile, .createIfMissing(permissions: 0o666))
      // The first one decides; to the others the file does not belong.
      if isGroupShared { try? file.setMode(0o664) }
      if try file.tryLockShared() { return file }
      // Whoever looks for users does it in no time.
      usleep(1000)
    }
  }

  /// Whether no other process works with the store, by what it shows.
  package func isUnused() throws -> Bool {
    let own = use.withLock { $0?.sign?.path }
    for path in try LifeSign.files(in: usersFolder) where path != own {
      guard try LifeSign.isDead(path, scratch: scratchFolder) else { return false }
      try LifeSign.forget(path)
    }
    guard let file = try OpenFile.ifPresent(usersFile, .update) else { return true }
    return try file.tryLock()
  }
}
