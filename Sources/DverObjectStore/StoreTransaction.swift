package import DverCore
package import DverFileSystem
package import DverHashing
import Glibc
import Synchronization

/// Puts objects into a store; any number of threads may share one.
///
/// Objects appear one by one, each complete. They are on stable storage after ``barrier()``, or
/// after a later one; until then the transaction's pending entry says so.
package final class StoreTransaction: Sendable {
  package let store: ObjectStore
  private let started: FileClock
  private let state = Mutex<State?>(nil)
  private let counter = SharedCounter()
  /// Bytes that were not in the store before.
  package let newByteCount = SharedCounter()
  /// Objects that were not in the store before.
  package let newObjectCount = SharedCounter()

  /// What exists once the first object is on its way.
  private struct State: ~Copyable {
    let entry: OpenFile
    let entryPath: AbsolutePath
    let staging: AbsolutePath
    /// Opened before anything was written, so that a sync through it reports what went wrong.
    let folder: OpenFile
    /// Files published since the last barrier; `nil` once they are too many to sync one by one.
    var published: [AbsolutePath]? = []

    init(
      entry: consuming OpenFile, entryPath: AbsolutePath, staging: AbsolutePath,
      folder: consuming OpenFile
    ) {
      self.entry = entry
      self.entryPath = entryPath
      self.staging = staging
      self.folder = folder
    }
  }

  package init(_ store: ObjectStore) {
    self.store = store
    started = FileClock.now()
  }

  // MARK: Putting objects

  /// Stores the bytes, unless they are there.
  @discardableResult
  package func store(_ bytes: [UInt8]) throws -> Digest {
    let digest = SHA256.digest(of: bytes.span)
    if try isPresent(digest, byteCount: Int64(bytes.count)) { return digest }
    let staged = try stagedPath()
    let file = try OpenFile(staged, .createNew(permissions: Self.objectMode))
    try file.write(bytes)
    try file.finish()
    try publish(staged, as: digest, byteCount: Int64(bytes.count))
    return digest
  }

  /// Stores what the file holds now, by reflink or copy, and never touches the file.
  ///
  /// - Throws: ``ChangedFileError`` if somebody writes to the file meanwhile.
  package func store(
    fileAt path: AbsolutePath, reflink: Bool, using hasher: inout FileHasher,
    progress: ((Int) throws -> Void)? = nil
  ) throws -> HashedFile {
    let source = try OpenFile(path, .read, followsLinks: false)
    let before = try source.status()
    let clock = FileClock.now()
    if before.size <= Int64(FileHasher.bufferByteCount) {
      return try store(small: source, status: before, clock: clock, progress: progress)
    }
    let staged = try stagedPath()
    var digest: Digest
    do {
      let target = try OpenFile(staged, .createNew(permissions: Self.objectMode))
      let copied: (digest: Digest, byteCount: Int64)
      if reflink, try target.clone(source) {
        copied = unsafe try hasher.digest(of: source, progress: progress)
      } else {
        copied = try hasher.copy(
          source, to: target, expectedByteCount: before.size, progress: progress)
      }
      digest = copied.digest
      try check(source, unchangedSince: before, byteCount: copied.byteCount)
      try target.finish()
      if try isPresent(digest, byteCount: before.size) {
        try FileSystem.removeFile(staged)
      } else {
        try publish(staged, as: digest, byteCount: before.size)
      }
    } catch {
      _ = try? FileSystem.removeFile(staged)
      throw error
    }
    return HashedFile(digest: digest, status: before, hashedAt: clock)
  }

  private func store(
    small source: borrowing OpenFile, status: FileStatus, clock: FileClock,
    progress: ((Int) throws -> Void)?
  ) throws -> HashedFile {
    let bytes = try source.readToEnd(limit: FileHasher.bufferByteCount + 1)
    try check(source, unchangedSince: status, byteCount: Int64(bytes.count))
    let digest = try store(bytes)
    try progress?(bytes.count)
    return HashedFile(digest: digest, status: status, hashedAt: clock)
  }

  /// Makes the user's file itself the object, under a second name, and read-only.
  ///
  /// - Returns: `nil` where the file system refuses, or where the object was there already.
  package func adopt(
    fileAt path: AbsolutePath, using hasher: inout FileHasher,
    progress: ((Int) throws -> Void)? = nil
  ) throws -> HashedFile? {
    let source = try OpenFile(path, .read, followsLinks: false)
    let before = try source.status()
    let clock = FileClock.now()
    let staged = try stagedPath()
    do {
      try FileSystem.link(path, at: staged)
    } catch let error as FileSystemError
      where [EXDEV, EPERM, EMLINK, EACCES, ENOTSUP].contains(error.code)
    {
      return nil
    }
    do {
      // The second name and the mode change the status, so take it again.
      try source.setMode(Self.objectMode)
      let linked = try source.status()
      guard linked.inode == before.inode else { throw ChangedFileError(path: path) }
      let (digest, byteCount) = unsafe try hasher.digest(of: source, progress: progress)
      try check(source, unchangedSince: linked, byteCount: byteCount)
      guard try !isPresent(digest, byteCount: byteCount) else {
        try FileSystem.removeFile(staged)
        try source.setMode(before.mode)
        return nil
      }
      try publish(staged, as: digest, byteCount: byteCount, isOurs: false)
      return HashedFile(
        digest: digest, status: try source.status(), hashedAt: clock, isRelinked: true)
    } catch {
      _ = try? FileSystem.removeFile(staged)
      try? source.setMode(before.mode)
      throw error
    }
  }

  /// Copies an object out of another store, hashing what arrives.
  ///
  /// - Returns: The count of bytes copied; 0 if the object was there already.
  /// - Throws: ``StoreError/damaged(_:path:)`` if the other store's bytes are not the object's.
  @discardableResult
  package func receive(
    _ digest: Digest, from source: borrowing OpenFile, using hasher: inout FileHasher,
    progress: ((Int) throws -> Void)? = nil
  ) throws -> Int64 {
    let expected = try source.status().size
    if try isPresent(digest, byteCount: expected) { return 0 }
    let staged = try stagedPath()
    do {
      let target = try OpenFile(staged, .createNew(permissions: Self.objectMode))
      let copied = try hasher.copy(
        source, to: target, expectedByteCount: expected, progress: progress)
      try target.finish()
      guard copied.digest == digest else {
        throw StoreError.damaged(digest, path: source.path.description)
      }
      try publish(staged, as: digest, byteCount: copied.byteCount)
      return copied.byteCount
    } catch {
      _ = try? FileSystem.removeFile(staged)
      throw error
    }
  }

  /// Puts a small file beside the objects, unless one of this name is there.
  ///
  /// - Returns: Whether it was not there.
  package func write(_ bytes: [UInt8], to name: String) throws -> Bool {
    let target = store.folder.appending(name)
    if try FileSystem.exists(target) { return false }
    let staged = try stagedPath()
    let file = try OpenFile(staged, .createNew(permissions: Self.objectMode))
    try file.write(bytes)
    try file.finish()
    try FileSystem.makeDirectories(target.parent)
    try FileSystem.rename(staged, to: target)
    state.withLock { $0?.published?.append(target) }
    return true
  }

  private func check(
    _ source: borrowing OpenFile, unchangedSince before: FileStatus, byteCount: Int64
  ) throws {
    let after = try source.status()
    guard before.hasSameContent(as: after), byteCount == after.size else {
      throw ChangedFileError(path: source.path)
    }
  }

  // MARK: Publishing

  /// Whether the object is there already, and sound. A damaged one is put into quarantine, so that
  /// a good one can take its place.
  private func isPresent(_ digest: Digest, byteCount: Int64) throws -> Bool {
    guard let status = try FileSystem.status(of: store.path(of: digest)) else { return false }
    // What appeared since this transaction began was hashed by whoever put it there.
    if status.isFile, status.size == byteCount {
      if status.changed > started.nanoseconds + FileClock.fineTick { return true }
      if store.isKnownSound(digest, status) { return true }
      if try store.isIntact(digest) { return true }
    }
    try store.quarantine(digest)
    return false
  }

  /// - Parameter isOurs: Whether nobody else can have written to the file since it was hashed.
  private func publish(
    _ staged: AbsolutePath, as digest: Digest, byteCount: Int64, isOurs: Bool = true
  ) throws {
    let target = store.path(of: digest)
    do {
      try FileSystem.rename(staged, to: target)
    } catch let error as FileSystemError where error.code == ENOENT {
      try FileSystem.makeDirectories(target.parent)
      try FileSystem.rename(staged, to: target)
    }
    if isOurs, byteCount >= SoundObjects.leastByteCount, let sound = store.soundObjects,
      let status = try FileSystem.status(of: target)
    {
      sound.note(digest, status, hashedAt: nil)
    }
    newByteCount.add(Int(byteCount))
    newObjectCount.add(1)
    state.withLock { state in
      guard state?.published != nil else { return }
      state?.published?.append(target)
      if let count = state?.published?.count, count > Self.singleSyncLimit {
        state?.published = nil
      }
    }
  }

  /// A name for a file on its way into the store.
  private func stagedPath() throws -> AbsolutePath {
    let staging = try state.withLock { state -> AbsolutePath in
      if let staging = state?.staging { return staging }
      let begun = try beginSafely()
      let staging = begun.staging
      state = consume begun
      return staging
    }
    return staging.appending("\(counter.next())")
  }

  /// Begins again where another process took the new folder for an abandoned one.
  private func beginSafely() throws -> State {
    for _ in 0..<Self.beginLimit {
      do {
        return try begin()
      } catch let error as FileSystemError where error.code == ENOENT {
        continue
      }
    }
    return try begin()
  }

  private static let beginLimit = 8

  /// Announces the transaction before its first object.
  private func begin() throws -> State {
    let folder = try OpenFile(store.folder, .directory)
    let pending = store.folder.appending("pending")
    try FileSystem.makeDirectories(pending)
    var generator = SystemRandomNumberGenerator()
    let name = Digest.hexWord(generator.next())
    let staging = store.folder.appending("tmp").appending(name)
    try FileSystem.makeDirectories(staging)
    // Locked before it can be seen: an entry that can be locked counts as finished.
    let unseen = staging.appending("pending")
    let entry = try OpenFile(unseen, .createNew(permissions: 0o644))
    guard try entry.tryLock() else { throw FileSystemError(.lock, unseen) }
    try entry.write(Array(try PendingEntry.current().text.utf8))
    try entry.sync()
    let entryPath = pending.appending(name)
    try FileSystem.rename(unseen, to: entryPath)
    try FileSystem.syncDirectory(pending)
    return State(entry: entry, entryPath: entryPath, staging: staging, folder: folder)
  }

  // MARK: Ending

  /// Waits until everything published is on stable storage, and takes the pending entry back.
  package func barrier() throws {
    try state.withLock { state in
      guard let published = state?.published, state != nil else {
        try state?.folder.syncFileSystem()
        try Self.close(&state, removesEntry: true)
        return
      }
      var folders: Set<AbsolutePath> = []
      for path in published {
        try OpenFile(path, .read).sync()
        var folder = path.parent
        while folder != store.folder, folders.insert(folder).inserted { folder = folder.parent }
        folders.insert(store.folder)
      }
      for folder in folders.sorted() { try FileSystem.syncDirectory(folder) }
      try Self.close(&state, removesEntry: true)
    }
  }

  /// Ends the transaction without waiting for the disk: its pending entry stays for a later barrier.
  package func finish() throws {
    try state.withLock { try Self.close(&$0, removesEntry: false) }
  }

  private static func close(_ state: inout State?, removesEntry: Bool) throws {
    guard let staging = state?.staging, let entry = state?.entryPath else { return }
    if removesEntry { try FileSystem.removeFile(entry) }
    try FileSystem.removeTree(staging)
    state = nil
  }

  deinit {
    // After an error: leave no files of ours behind, but the entry, for objects may be there.
    try? finish()
  }

  private static let objectMode: UInt32 = 0o444
  /// Up to here syncing each file is cheaper than syncing the file system.
  private static let singleSyncLimit = 256
}
