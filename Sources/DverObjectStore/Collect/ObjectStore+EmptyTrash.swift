package import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import Glibc

/// Deleting for good what was condemned.
extension ObjectStore {
  /// What came of emptying a part of the trash.
  package struct Emptying: Sendable {
    package var deletedCount = 0
    package var deletedByteCount: Int64 = 0
    /// The objects that are gone, sorted.
    package var deleted: [Digest] = []
    /// Objects that something names again, and that are back.
    package var restoredCount = 0

    package init() {}

    package mutating func add(_ other: Emptying) {
      deletedCount += other.deletedCount
      deletedByteCount += other.deletedByteCount
      deleted = (deleted + other.deleted).sorted()
      restoredCount += other.restoredCount
    }
  }

  /// Deletes what one collection condemned, but for what `kept` names now: that comes back.
  ///
  /// Whoever looked for an object before it was condemned must have written down by now that it is
  /// needed.
  ///
  /// - Parameter confirm: Asked before each step; throws where somebody else collects by now.
  package func empty(
    _ operation: TrashedOperation, keeping kept: KeptObjects,
    confirm: @escaping @Sendable () throws -> Void = {},
    onObject: @escaping @Sendable () throws -> Void
  ) throws -> Emptying {
    var result = Emptying()
    var (objects, packNames): ([Digest], [Digest]) = ([], [])
    for name in try FileSystem.names(in: operation.folder) ?? [] {
      switch TrashedFile(name: name) {
      case .object(let digest): objects.append(digest)
      case .pack(let digest): packNames.append(digest)
      case nil: continue
      }
    }
    // First what stays, so that nothing is deleted where that fails.
    var doomed: [Digest] = []
    for digest in objects {
      if try kept.contains(digest) && !isReplaced(digest) {
        // A damaged copy must not keep this one from its place.
        try quarantine(digest)
        if try bringBack(operation.folder.appending(digest.hex), to: path(of: digest)) {
          result.restoredCount += 1
        }
      } else {
        doomed.append(digest)
      }
    }
    let doomedPacks = try restorePacks(packNames, of: operation, keeping: kept, &result)
    for digest in doomed {
      try onObject()
      try confirm()
      let file = operation.folder.appending(digest.hex)
      let size = try FileSystem.status(of: file)?.size ?? 0
      guard try FileSystem.removeFile(file) else { continue }
      result.deletedCount += 1
      result.deletedByteCount += size
      result.deleted.append(digest)
    }
    try delete(doomedPacks, keeping: kept, confirm: confirm, &result)
    try removeIfEmpty(operation)
    result.deleted.sort()
    return result
  }

  /// Whether the store has a sound copy, so that the one in the trash is not needed.
  private func isReplaced(_ digest: Digest) throws -> Bool {
    guard try FileSystem.exists(path(of: digest)) || packs.current().contains(digest) else {
      return false
    }
    return try isIntact(digest)
  }

  /// Brings back the packs that hold what something names and of which there is no other sound copy.
  ///
  /// - Returns: The others, with their objects.
  private func restorePacks(
    _ names: [Digest], of operation: TrashedOperation, keeping kept: KeptObjects,
    _ result: inout Emptying
  ) throws -> [(pack: Pack, objects: [PackedObject])] {
    guard !names.isEmpty else { return [] }
    let index = try PackFolder(operation.folder, distrustedSince: distrustedSince).refreshed()
    _ = try packs.refreshed()
    let members = index.objectsByPack { _ in true }
    var doomed: [(pack: Pack, objects: [PackedObject])] = []
    for pack in index.allPacks {
      let objects = members[pack.number] ?? []
      let needed = try objects.filter { object in
        try kept.contains(object.digest) && !isReplaced(object.digest)
      }
      // One that cannot be read may hold anything.
      if needed.isEmpty, index.damages[pack.number] == nil {
        doomed.append((pack, objects))
      } else if try bringBack(pack.path, to: packs.path(of: pack.name)) {
        packs.expire()
        result.restoredCount += needed.count
      }
    }
    return doomed
  }

  private func delete(
    _ doomed: [(pack: Pack, objects: [PackedObject])], keeping kept: KeptObjects,
    confirm: () throws -> Void, _ result: inout Emptying
  ) throws {
    for (pack, objects) in doomed {
      try confirm()
      guard try FileSystem.removeFile(pack.path) else { continue }
      for object in objects where !kept.contains(object.digest) {
        result.deletedCount += 1
        result.deleted.append(object.digest)
      }
      result.deletedByteCount += pack.byteCount
    }
  }

  private func removeIfEmpty(_ operation: TrashedOperation) throws {
    for name in try FileSystem.names(in: operation.folder) ?? []
    where !name.elementsEqual(TrashNote.fileName.utf8) {
      // A note that a collection had begun to write when it died.
      guard name.starts(with: FileSystem.temporaryPrefix.utf8) else { return }
      try FileSystem.removeFile(operation.folder.appending(name))
    }
    try FileSystem.removeFile(operation.folder.appending(TrashNote.fileName))
    try FileSystem.removeEmptyDirectory(operation.folder)
  }
}
