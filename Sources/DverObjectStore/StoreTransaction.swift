import DverCore
package import DverFileSystem
import DverHashing
import DverParallel
import Glibc
import Synchronization

/// Puts objects into a store; any number of threads may share one.
///
/// Large objects appear one by one, each complete. Small ones are collected, and appear at the
/// latest with ``publish()``: in packs where they are many, else loose. They are on stable storage
/// after ``barrier()``, or after a later one; until then the transaction's pending entry says so.
package final class StoreTransaction: Sendable {
  package let store: ObjectStore
  /// Whether many small objects go to packs, or stay files that can be linked to.
  let isPacking: Bool
  /// Whether somebody will wait for the barrier.
  let isAwaited: Bool
  let small = SmallObjects()
  private let state = Mutex<State?>(nil)
  /// What is to be done once objects can be seen.
  private let notes = Mutex<[@Sendable () throws -> Void]>([])
  private let counter = SharedCounter()
  /// The loose objects, and the packs by their names, that this transaction hashed and put in place.
  private let published = Mutex<Set<Digest>>([])
  /// Bytes that were not in the store before.
  package let newByteCount = SharedCounter()
  /// Objects that were not in the store before.
  package let newObjectCount = SharedCounter()

  /// What exists once the first object is on its way.
  private struct State: ~Copyable {
    let entry: LifeSign
    let staging: AbsolutePath
    /// Opened before anything was written, so that a sync through it reports what went wrong.
    let folder: OpenFile
    /// Files published since the last barrier; `nil` once they are too many to sync one by one.
    var published: [AbsolutePath]? = []

    init(entry: LifeSign, staging: AbsolutePath, folder: consuming OpenFile) {
      self.entry = entry
      self.staging = staging
      self.folder = folder
    }
  }

  package init(_ store: ObjectStore, packing: Bool = true, isAwaited: Bool = false) {
    self.store = store
    self.isAwaited = isAwaited
    isPacking = packing
  }

  // MARK: Publishing

  /// Makes all objects that were stored so far visible.
  ///
  /// Whatever names them may be written only afterwards.
  package func publish() throws { try publishSmall() }

  /// Has something done at the end, or at the next ``runNotes()``: what says when all objects were
  /// known to be there had better be some time younger than the last pack.
  package func afterwards(_ note: @escaping @Sendable () throws -> Void) {
    notes.withLock { $0.append(note) }
  }

  /// Does what waits for the objects to be visible.
  package func runNotes() throws {
    let due = notes.withLock { notes in
      defer { notes = [] }
      return notes
    }
    for note in due { try note() }
  }

  /// Moves a complete file to its place in the store.
  func publish(_ staged: AbsolutePath, at target: AbsolutePath, synced: Bool = true) throws {
    do {
      try FileSystem.rename(staged, to: target)
    } catch let error as FileSystemError where error.code == ENOENT {
      try FileSystem.makeSharedDirectories(target.parent)
      try FileSystem.rename(staged, to: target)
    }
    guard synced else { return }
    state.withLock { state in
      guard state?.published != nil else { return }
      state?.published?.append(target)
      if let count = state?.published?.count, count > Self.singleSyncLimit {
        state?.published = nil
      }
    }
  }

  func notePublished(_ digest: Digest) { published.withLock { _ = $0.insert(digest) } }
  func hasPublished(_ digest: Digest) -> Bool { published.withLock { $0.contains(digest) } }

  /// Counts an object that the store did not have.
  func count(byteCount: Int64) {
    newByteCount.add(Int(byteCount))
    newObjectCount.add(1)
  }

  /// Puts a small file beside the objects, unless one of this name is there; what was stored before
  /// can be seen by then.
  ///
  /// - Parameters:
  ///   - synced: Whether a barrier waits for it; without, a power cut may take it.
  ///   - refreshes: Whether one that is there is to be as young as a new one.
  /// - Returns: Whether it was not there.
  package func write(
    _ bytes: [UInt8], to name: String, synced: Bool = true, refreshes: Bool = false
  ) throws -> Bool {
    let target = store.folder.appending(name)
    if try refreshes ? FileSystem.touch(target) : FileSystem.exists(target) { return false }
    try publish()
    let staged = try stagedPath()
    let file = try newFile(at: staged)
    try file.write(bytes)
    try file.finish()
    try publish(staged, at: target, synced: synced)
    return true
  }

  // MARK: Beginning

  /// A name for a file on its way into the store.
  func stagedPath() throws -> AbsolutePath {
    let staging = try state.withLock { state -> AbsolutePath in
      if let staging = state?.staging { return staging }
      let begun = try beginSafely()
      let staging = begun.staging
      state = consume begun
      return staging
    }
    return staging.appending("\(counter.next())")
  }

  /// Makes a file that will be an object or a pack; whoever shares the store may read it.
  func newFile(at staged: AbsolutePath) throws -> OpenFile {
    let file = try OpenFile(staged, .createNew(permissions: Self.objectMode))
    if store.isGroupShared { try file.setMode(Self.objectMode) }
    return file
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
    try store.holdInUse()
    let folder = try OpenFile(store.folder, .directory)
    let pending = store.folder.appending("pending")
    try FileSystem.makeSharedDirectories(pending, synced: true)
    var generator = SystemRandomNumberGenerator()
    let name = Digest.hexWord(generator.next())
    let staging = store.folder.appending("tmp").appending(name)
    try FileSystem.makeSharedDirectories(staging)
    // Others find out by it whether the transaction is finished.
    let entry = try LifeSign(
      pending.appending(name), purpose: "dver", extra: { "time: \($0)\n" },
      settings: store.leases, unseen: staging.appending("pending"),
      isShared: store.isGroupShared, synced: true)
    return State(entry: entry, staging: staging, folder: folder)
  }

  // MARK: Ending

  /// Waits until everything stored is on stable storage, and takes the pending entry back.
  package func barrier() throws {
    try publishSmall()
    try requireLife()
    try state.withLock { state in
      if let published = state?.published {
        try sync(published)
      } else {
        try state?.folder.syncFileSystem()
      }
      try Self.close(&state, removesEntry: true)
    }
    try runNotes()
  }

  private func sync(_ published: [AbsolutePath]) throws {
    try parallelFor(chunks: published.count, threads: Self.syncThreads(published.count)) {
      try OpenFile(published[$0], .read).sync()
    }
    var folders: Set<AbsolutePath> = []
    for path in published {
      var folder = path.parent
      while folder != store.folder, folders.insert(folder).inserted { folder = folder.parent }
      folders.insert(store.folder)
    }
    let sorted = folders.sorted()
    try parallelFor(chunks: sorted.count, threads: Self.syncThreads(sorted.count)) {
      try FileSystem.syncDirectory(sorted[$0])
    }
  }

  /// How many wait for the disk at once, which does the work of several in the time of one.
  private static func syncThreads(_ count: Int) -> Int { min(8, 1 + count / 8) }

  /// Ends the transaction without waiting for the disk: its pending entry stays for a later barrier.
  package func finish() throws {
    try publishSmall()
    try requireLife()
    try state.withLock { try Self.close(&$0, removesEntry: false) }
    try runNotes()
  }

  /// A collection judges what the dead have published.
  private func requireLife() throws {
    try state.withLock { $0?.entry }?.check()
    try store.requireInUse()
  }

  private static func close(_ state: inout State?, removesEntry: Bool) throws {
    guard let staging = state?.staging, let entry = state?.entry.path else { return }
    if removesEntry { try FileSystem.removeFile(entry) }
    try FileSystem.removeTree(staging)
    state = nil
  }

  deinit {
    // After an error: leave no files of ours behind, but the entry, for objects may be there.
    try? state.withLock { try Self.close(&$0, removesEntry: false) }
  }

  static let objectMode: UInt32 = 0o444
  /// Up to here syncing each file is cheaper than syncing the file system.
  private static let singleSyncLimit = 256
}
