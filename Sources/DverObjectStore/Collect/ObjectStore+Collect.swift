import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import Glibc

/// Taking out of sight what nothing names.
///
/// No writer is excluded: one that looked before is helped by whoever empties the trash, who asks
/// again what is named; one that looks later finds the object in the trash. What a transaction that
/// is under way publishes is left alone.
extension ObjectStore {
  // MARK: Planning

  /// The time before which an object must have appeared to be judged: all that appears later may be
  /// named by somebody who has not written it down yet.
  ///
  /// Must be asked for before what is named is read.
  ///
  /// - Parameter isDry: Whether nothing will be collected, so that this machine's clock will do where the
  ///   store cannot be written to.
  package func judgementTime(isDry: Bool = false) throws -> Int64 {
    var limit: Int64
    do {
      limit = try clock()
    } catch let error as FileSystemError
      where isDry && [EACCES, EPERM, EROFS].contains(error.code)
    {
      limit = FileClock.now().nanoseconds
    }
    let pending = folder.appending("pending")
    for name in try FileSystem.names(in: pending) ?? [] {
      let path = pending.appending(name)
      guard let began = try began(path), try mayLive(path) else { continue }
      limit = min(limit, began)
    }
    return limit
  }

  /// When a pending entry was made, by the store's clock; its file is written to ever again.
  private func began(_ entry: AbsolutePath) throws -> Int64? {
    guard let status = try FileSystem.status(of: entry) else { return nil }
    let text = try FileSystem.contents(of: entry, limit: 4096) ?? []
    let time = PendingEntry(text: String(decoding: text, as: UTF8.self))?.time
    return min(time ?? status.modified, status.modified)
  }

  /// Whether a pending entry may belong to a transaction that goes on.
  private func mayLive(_ entry: AbsolutePath) throws -> Bool {
    do {
      switch try LifeSign.verdict(on: entry, scratch: scratchFolder) {
      case .gone: return false
      case .alive: return true
      case .dead(_, mayWake: true): return false
      case .dead(let holder, mayWake: false):
        // Locks of another host may not be seen here.
        return try holder?.isOfThisKernel != true && leases.choice != .lock
          && FileSystem.traits(of: folder).isNetwork
      }
    } catch let error as FileSystemError where [EACCES, EPERM, EROFS].contains(error.code) {
      return true
    }
  }

  /// What goes if only `kept` stays.
  package func collectionPlan(
    keeping kept: KeptObjects, judgedBefore limit: Int64
  ) throws -> CollectionPlan {
    var plan = CollectionPlan()
    let index = try packs.refreshed()
    try plan.addPacked(index, keeping: kept, judgedBefore: limit)
    let folders = try looseFolders(keeping: kept, judgedBefore: limit)
    for folder in folders {
      plan.loose += folder.unused
      plan.youngCount += folder.youngCount
      plan.keptCount += folder.keptCount
    }
    return plan
  }

  private struct LooseFolder: Sendable {
    var unused: [CollectionPlan.Object] = []
    var youngCount = 0
    var keptCount = 0
  }

  private func looseFolders(
    keeping kept: KeptObjects, judgedBefore limit: Int64
  ) throws -> [LooseFolder] {
    let folder = objectsFolder
    return try parallelMap(Array(0..<256)) { byte in
      let prefix = Digest.hexByte(UInt8(byte))
      var result = LooseFolder()
      guard let directory = try OpenFile.ifPresent(folder.appending(prefix), .directory) else {
        return result
      }
      let names = try FileSystem.names(in: folder.appending(prefix)) ?? []
      let digests = names.compactMap { Digest(hex: (Array(prefix.utf8) + $0).span) }
      for digest in digests {
        if kept.contains(digest) {
          result.keptCount += 1
          continue
        }
        guard let status = try directory.status(ofObject: digest), status.isFile else { continue }
        if status.changed >= limit {
          result.youngCount += 1
        } else {
          result.unused.append(.init(digest: digest, byteCount: status.size))
        }
      }
      return result
    }
  }

  // MARK: Condemning

  /// What came of a collection.
  package struct Condemnation: Sendable {
    /// The folder in the trash; `nil` where nothing went.
    package var operation: String?
    package var objectCount = 0
    package var byteCount: Int64 = 0
  }

  /// Moves what a plan says to the trash.
  ///
  /// Objects that stay are on stable storage in another pack before their own one goes.
  ///
  /// - Parameter confirm: Asked before each step; throws where somebody else collects by now.
  package func condemn(
    _ plan: CollectionPlan, note: TrashNote,
    confirm: @escaping @Sendable () throws -> Void = {},
    onObject: @escaping @Sendable () throws -> Void
  ) throws -> Condemnation {
    guard !plan.isEmpty else { return Condemnation() }
    var generator = SystemRandomNumberGenerator()
    let seconds = String(note.time)
    let name =
      String(repeating: "0", count: max(0, 12 - seconds.count)) + seconds + "-"
      + Digest.hexWord(generator.next())
    let target = trashFolder.appending(name)
    try FileSystem.makeSharedDirectories(target, synced: true)
    let about = target.appending(TrashNote.fileName)
    try write(note, to: about)
    try FileSystem.syncDirectory(trashFolder)
    var result = Condemnation(operation: name)
    try retire(plan, to: target, confirm: confirm, onObject)
    result.objectCount = plan.packed.count
    result.byteCount = plan.packed.reduce(0) { $0 + $1.byteCount }
    let moved = try parallelMap(count: plan.loose.count, state: { 0 }) { _, number in
      try onObject()
      try confirm()
      return try self.condemn(plan.loose[number].digest, to: target)
    }
    for (object, isMoved) in zip(plan.loose, moved) where isMoved {
      result.objectCount += 1
      result.byteCount += object.byteCount
    }
    var note = note
    note.isComplete = true
    try write(note, to: about)
    return result
  }

  private func write(_ note: TrashNote, to file: AbsolutePath) throws {
    try FileSystem.replaceContents(of: file, with: Array(note.text.utf8), synced: true)
    if isGroupShared { try FileSystem.setMode(0o644, of: file) }
  }

  private func condemn(_ digest: Digest, to folder: AbsolutePath) throws -> Bool {
    do {
      try FileSystem.rename(path(of: digest), to: folder.appending(digest.hex))
      return true
    } catch let error as FileSystemError where error.code == ENOENT {
      // Somebody else took it.
      return false
    }
  }

  /// Writes packs anew without what goes, and moves the old ones away.
  private func retire(
    _ plan: CollectionPlan, to target: AbsolutePath, confirm: () throws -> Void,
    _ onObject: () throws -> Void
  ) throws {
    guard !plan.packs.isEmpty else { return }
    let going = KeptObjects(plan.packed.map(\.digest))
    let transaction = StoreTransaction(self)
    var hasher = FileHasher()
    var gone: [Digest] = []
    let index = try packs.refreshed()
    let names = Set(plan.packs)
    let retiring = index.allPacks.filter { names.contains($0.name) }
    let numbers = Set(retiring.map(\.number))
    let staying = index.objectsByPack {
      numbers.contains($0.packNumber) && !going.contains($0.digest)
    }
    for pack in retiring {
      if let survivors = staying[pack.number] {
        let copy = try transaction.copy(survivors, of: pack, using: &hasher) { _ in
          try onObject()
        }
        // What is damaged is for whoever looks after the store, not to be swept away.
        guard copy.damaged.isEmpty, copy.unreadable.isEmpty else { continue }
      }
      gone.append(pack.name)
    }
    try transaction.barrier()
    for name in gone {
      try confirm()
      try retire(pack: name, to: target)
    }
  }
}

extension CollectionPlan {
  /// Finds the packs that hold enough of what nobody names.
  mutating func addPacked(
    _ index: PackIndex, keeping kept: KeptObjects, judgedBefore limit: Int64
  ) throws {
    var unusedByteCounts: [Int: Int64] = [:]
    var isKept = [Bool](repeating: false, count: index.objects.count)
    kept.walk(index.objects.lazy.map(\.digest)) { position, isNamed in
      isKept[position] = isNamed
      if isNamed { return }
      let object = index.objects[position]
      unusedByteCounts[object.packNumber, default: 0] += Int64(object.storedByteCount)
    }
    var going: Set<Int> = []
    var young: Set<Int> = []
    for pack in index.allPacks {
      guard let unused = unusedByteCounts[pack.number] else { continue }
      if pack.stamp.changed >= limit {
        young.insert(pack.number)
      } else if index.damages[pack.number] == nil,
        unused * Self.unusedShare >= pack.byteCount
          || pack.byteCount <= Self.smallByteCount
      {
        going.insert(pack.number)
        packs.append(pack.name)
      }
    }
    for (position, object) in index.objects.enumerated() {
      let isFirst = position == 0 || index.objects[position - 1].digest != object.digest
      if isKept[position] {
        if isFirst { keptCount += 1 }
      } else if going.contains(object.packNumber) {
        if packed.last?.digest != object.digest {
          packed.append(Object(digest: object.digest, byteCount: Int64(object.byteCount)))
        }
      } else if young.contains(object.packNumber) {
        youngCount += 1
      } else {
        leftCount += 1
        leftByteCount += Int64(object.byteCount)
      }
    }
  }

  /// A pack of which one part in so many is unused is written anew.
  private static let unusedShare: Int64 = 4
  /// Writing so little anew costs nothing.
  private static let smallByteCount: Int64 = 16 << 20
}
