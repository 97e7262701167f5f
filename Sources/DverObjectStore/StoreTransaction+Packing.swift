package import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import Glibc
import Synchronization

/// Objects that go into packs where they are many.
extension StoreTransaction {
  /// Longer objects are always loose.
  package static var packedByteLimit: Int { 64 << 10 }

  /// Stores an object, unless it is there.
  ///
  /// - Parameters:
  ///   - digest: That of `bytes`; the caller has just hashed them.
  ///   - isAlone: Whether it can be seen at once, and shares no pack with others.
  package func store(_ bytes: Span<UInt8>, digest: Digest, isAlone: Bool = false) throws {
    guard isPacking, !isAlone, bytes.count <= Self.packedByteLimit else {
      if try isPresent(digest, byteCount: Int64(bytes.count)) { return }
      try storeLoose(bytes, digest: digest)
      return count(byteCount: Int64(bytes.count))
    }
    if try small.seen.contains(digest) || isPresent(digest, byteCount: Int64(bytes.count)) {
      return
    }
    do {
      if small.isCollecting.load(ordering: .relaxed), try collect(bytes, digest) { return }
      try pack(bytes, digest)
    } catch {
      small.fail(error)
      throw error
    }
  }

  /// Holds an object in memory, or, once they are many, puts all of them into a pack.
  ///
  /// - Returns: `false`, with nothing done, where objects go into packs already.
  private func collect(_ bytes: Span<UInt8>, _ digest: Digest) throws -> Bool {
    try small.waiting.withLock { waiting in
      guard small.isCollecting.load(ordering: .relaxed) else { return false }
      guard small.seen.insert(digest) else { return true }
      waiting.append(SmallObjects.Waiting(digest: digest, bytes: bytes.array))
      count(byteCount: Int64(bytes.count))
      guard waiting.count >= SmallObjects.packingCount else { return true }
      let batch = waiting
      waiting = []
      try small.writers[0].pack.withLock { pack in
        for object in batch { try append(object.bytes.span, object.digest, to: &pack) }
      }
      small.isCollecting.store(false, ordering: .relaxed)
      return true
    }
  }

  /// Adds an object to a pack that no other thread is writing to, if there is one.
  private func pack(_ bytes: Span<UInt8>, _ digest: Digest) throws {
    let limit = small.writerLimit
    func add(_ pack: inout OpenPack?) throws {
      guard small.seen.insert(digest) else { return }
      count(byteCount: Int64(bytes.count))
      try append(bytes, digest, to: &pack)
    }
    for number in 0..<limit {
      let isDone = try small.writers[number].pack.withLockIfAvailable { pack in
        try add(&pack)
        return true
      }
      if isDone != nil { return }
    }
    try small.writers[Int(digest[30]) % limit].pack.withLock { try add(&$0) }
  }

  private func append(
    _ bytes: Span<UInt8>, _ digest: Digest, to pack: inout OpenPack?
  ) throws {
    if pack == nil { pack = try OpenPack(newFile(at: stagedPath())) }
    try pack?.writer.append(bytes, digest: digest)
    small.packedCount.add(1)
    if pack?.writer.isFull == true { try close(&pack) }
  }

  /// Ends a pack and puts it among those of the store.
  private func close(_ pack: inout OpenPack?) throws {
    guard let open = pack.take() else { return }
    _ = try place(open)
    small.hasNewPacks.store(true, ordering: .relaxed)
  }

  func publish(_ open: consuming OpenPack) throws -> PackWriter.Summary {
    let summary = try place(open)
    store.packs.expire()
    return summary
  }

  /// Puts a pack among those of the store, of which only this transaction knows so far.
  private func place(_ open: consuming OpenPack) throws -> PackWriter.Summary {
    let (path, summary) = try open.finish()
    if isAwaited { try OpenFile(path, .read).startWriteback(offset: 0, count: summary.byteCount) }
    // One of the same name has the same objects in the same places; this one is whole.
    try publish(path, at: store.packs.path(of: summary.name))
    notePublished(summary.name)
    return summary
  }

  /// Makes the small objects that were stored so far visible.
  func publishSmall() throws {
    try small.check()
    do {
      try small.waiting.withLock { waiting in
        let batch = waiting
        waiting = []
        try parallelFor(chunks: batch.count, threads: min(processorCount, 1 + batch.count / 16)) {
          let object = batch[$0]
          try self.storeLoose(object.bytes.span, digest: object.digest)
        }
        if small.packedCount.current > 0 {
          for slot in small.writers { try slot.pack.withLock { try close(&$0) } }
        }
        // Until here ``SmallObjects/seen`` has told of what they hold.
        if small.hasNewPacks.exchange(false, ordering: .relaxed) { store.packs.expire() }
        small.isCollecting.store(true, ordering: .relaxed)
        small.seen.removeAll()
        small.folders.close()
      }
    } catch {
      store.packs.expire()
      small.fail(error)
      throw error
    }
  }

  // MARK: Presence

  /// Whether a pack of the store has the object, and sound.
  func isPacked(_ digest: Digest) throws -> Bool {
    let index = try store.packs.current()
    let positions = index.positions(of: digest)
    guard !positions.isEmpty else { return false }
    for position in positions {
      let pack = index.pack(of: index.objects[position])
      if hasPublished(pack.name) { return true }
      do {
        if try pack.isSound(index.objects[position]) { return true }
      } catch let error as FileSystemError where error.isNotFound || error.code == ESTALE {
        // Somebody has replaced the pack: storing the object once more does no harm.
        return false
      }
    }
    try store.quarantine(digest)
    return false
  }

  // MARK: Whole packs

  /// What came of copying a pack.
  struct PackCopy: Sendable {
    /// `nil` where no object was sound.
    var summary: PackWriter.Summary?
    /// Objects whose bytes are wrong, or do not come from the disk; they were left out.
    var damaged: [PackedObject] = []
    var unreadable: [PackedObject] = []
  }

  /// Writes a pack of objects of another one, stored as they are there, each hashed on the way.
  ///
  /// - Parameter objects: In the order of their records; a copy of all of them is the same pack.
  func copy(
    _ objects: [PackedObject], of pack: Pack, using hasher: inout FileHasher,
    onObject: (PackedObject) throws -> Void
  ) throws -> PackCopy {
    var copy = PackCopy()
    let staged = try stagedPath()
    var open = try OpenPack(newFile(at: staged))
    open.writer.reserve(objectCount: objects.count)
    for run in Pack.runs(of: objects) {
      var isCopied = false
      _ = try pack.withRecords(of: objects[run], using: &hasher) { entries, records in
        isCopied = try open.writer.append(records: records, of: entries)
      }
      for object in objects[run] {
        if !isCopied { try add(object, of: pack, to: &open.writer, using: &hasher, noting: &copy) }
        try onObject(object)
      }
    }
    guard open.writer.objectCount > 0 else {
      try FileSystem.removeFile(staged)
      return copy
    }
    copy.summary = try publish(open)
    return copy
  }

  /// Copies an object by itself, or notes why it cannot be.
  private func add(
    _ object: PackedObject, of pack: Pack, to writer: inout PackWriter,
    using hasher: inout FileHasher, noting copy: inout PackCopy
  ) throws {
    do {
      try pack.withRecord(of: object, using: &hasher) { entry, _, stored in
        try writer.append(stored: stored, as: entry)
      }
    } catch let error as PackError where error.isDamage {
      copy.damaged.append(object)
    } catch let error as FileSystemError
      where error.isReadFailure && error.subject == pack.path.description
    {
      copy.unreadable.append(object)
    }
  }
}
