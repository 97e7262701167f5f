import DverCore
import DverFileSystem
import DverHashing
import Glibc
import Synchronization

/// Packs that are damaged, written anew.
extension ObjectStore {
  /// Writes the packs anew whose tables or objects are known to be damaged.
  package func mendPacks() throws {
    let index = try packs.refreshed()
    for pack in index.allPacks where index.damages[pack.number]?.isMendable == true {
      try mend(pack)
    }
  }

  /// As ``mendPacks()``, where the store may be written to.
  ///
  /// - Returns: All damaged packs that there were, by name.
  func mendPacksIfWritable() throws -> [VerifiedObjects.DamagedPack] {
    let index = try packs.refreshed()
    let damaged = index.allPacks.compactMap { pack in index.damages[pack.number].map { (pack, $0) }
    }
    guard !damaged.isEmpty else { return [] }
    try ifWritable { try mendPacks() }
    let later = try packs.refreshed()
    let left = Set(later.allPacks.filter { later.damages[$0.number] != nil }.map(\.name))
    return damaged.map { pack, damage in
      .init(name: pack.name, damage: damage.kind, isMended: !left.contains(pack.name))
    }.sorted { $0.name < $1.name }
  }

  /// Does something that whoever may only read can leave undone: others will find the damage too.
  package func ifWritable(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as FileSystemError where [EACCES, EPERM, EROFS].contains(error.code) {
      return
    }
  }

  /// Replaces a pack by one of its sound objects.
  ///
  /// The new one is on stable storage before the old one goes: to quarantine where its table is
  /// damaged or the disk does not give all of it back, else what is wrong in it goes there.
  func mend(_ pack: Pack) throws {
    try mended.withLock { mended in
      let index = try packs.refreshed()
      // Another thread was faster.
      guard index.pack(number: pack.number) != nil else { return }
      let transaction = StoreTransaction(self)
      let damage = index.damages[pack.number]
      var hasher = FileHasher()
      let isKept = damage == nil ? false : try keepInQuarantine(pack)
      let copy = try transaction.copy(index.objects(of: pack), of: pack, using: &hasher) { _ in }
      try transaction.barrier()
      mended.formUnion(copy.damaged.map(\.digest))
      guard copy.summary?.name != pack.name else { return }
      if isKept {
        try FileSystem.removeFile(pack.path)
      } else if damage == nil, copy.unreadable.isEmpty {
        for object in copy.damaged { try quarantine(object, of: pack) }
        try FileSystem.removeFile(pack.path)
      } else {
        try moveToQuarantine(pack.path, as: "\(pack.name.hex)\(PackFolder.suffix)")
      }
      _ = try packs.refreshed()
    }
  }

  /// Gives the file of a pack a second name in quarantine, so that one of the same name can take
  /// its place.
  ///
  /// - Returns: `false` where the file system has no second names.
  private func keepInQuarantine(_ pack: Pack) throws -> Bool {
    let folder = folder.appending("quarantine")
    try FileSystem.makeSharedDirectories(folder, synced: true)
    for number in 0... {
      let name = "\(pack.name.hex)\(number == 0 ? "" : "-\(number)")\(PackFolder.suffix)"
      do {
        try FileSystem.link(pack.path, at: folder.appending(name))
        return true
      } catch let error as FileSystemError where error.code == EEXIST {
        continue
      } catch let error as FileSystemError where [EPERM, ENOTSUP, EMLINK].contains(error.code) {
        break
      }
    }
    return false
  }

  /// Puts the bytes that stand for a damaged object into quarantine.
  private func quarantine(_ object: PackedObject, of pack: Pack) throws {
    let bytes = try pack.storedBytes(of: object)
    let folder = folder.appending("quarantine")
    try FileSystem.makeSharedDirectories(folder, synced: true)
    let staged = folder.appending(FileSystem.temporaryName())
    let file = try OpenFile(staged, .createNew(permissions: 0o444))
    try file.write(bytes)
    try file.sync()
    try file.finish()
    try moveToQuarantine(staged, as: object.digest.hex)
    try FileSystem.syncDirectory(folder)
  }
}

extension PackDamage {
  fileprivate var kind: VerifiedObjects.DamagedPack.Damage {
    switch self {
    case .table: .table
    case .records: .records
    case .unreadable: .unreadable
    }
  }

  /// Whether writing the pack anew would do any good.
  fileprivate var isMendable: Bool {
    switch self {
    case .table, .records: true
    case .unreadable: false
    }
  }
}
