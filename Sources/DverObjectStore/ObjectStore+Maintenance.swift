package import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import Glibc

extension ObjectStore {
  /// Moves the damaged copies of an object out of the way, never to be believed and never deleted.
  ///
  /// A loose object goes as it is, unless it turns out to be sound: whoever read it may have erred. Of a
  /// pack the other objects stay.
  package func quarantine(_ digest: Digest) throws {
    let loose = path(of: digest)
    if try FileSystem.exists(loose), (try? isLooseIntact(digest)) != true {
      try quarantineLoose(digest)
    }
    let packs = try packedCopies(of: digest)
    for (pack, object) in packs where try !pack.isSound(object) { try mend(pack) }
  }

  /// Moves a loose object that is known to be damaged to quarantine.
  func quarantineLoose(_ digest: Digest) throws {
    onDamage?(self, digest)
    try moveToQuarantine(path(of: digest), as: digest.hex)
  }

  /// Gives a file a name in quarantine that nobody has; does nothing where it is gone.
  func moveToQuarantine(_ source: AbsolutePath, as name: String) throws {
    let folder = folder.appending("quarantine")
    try FileSystem.makeSharedDirectories(folder, synced: true)
    var number = 0
    while true {
      let name = number == 0 ? name : "\(name)-\(number)"
      do {
        if try FileSystem.renameWithoutReplacing(source, to: folder.appending(name)) { return }
      } catch let error as FileSystemError where error.isNotFound {
        // Somebody else was faster.
        return
      }
      number += 1
    }
  }

  /// Makes what transactions published durable, if there are any that did not wait for that.
  ///
  /// Must run before data elsewhere is dropped on the strength of an object here. That may be one
  /// of a transaction that is under way, which makes it durable only at its end.
  package func settle() throws {
    try settle(isOldEnough: nil)
  }

  /// As ``settle()``, for finished or dead transactions that began more than a minute ago; also
  /// removes what dead ones left.
  package func settleOld() throws {
    // Debris harms nobody, and may belong to another user of a shared cache.
    try? removeAbandonedFiles()
    var limit: Int64?
    try settle { status in
      let known = try limit ?? self.aMinuteAgo()
      limit = known
      return status.modified <= known
    }
  }

  private func aMinuteAgo() throws -> Int64 { try clock() - 60_000_000_000 }

  private func settle(isOldEnough: ((FileStatus) throws -> Bool)?) throws {
    let pending = folder.appending("pending")
    let names = try ownNames(in: pending)
    guard !names.isEmpty else { return }
    var (finished, hasOthers): ([AbsolutePath], Bool) = ([], false)
    for name in names {
      let path = pending.appending(name)
      do {
        switch try LifeSign.verdict(on: path, scratch: scratchFolder) {
        case .gone: continue
        case .alive:
          // Its holder goes on, and takes it back.
          hasOthers = true
        case .dead:
          // Nothing is added any more to what has no living holder.
          guard let status = try FileSystem.status(of: path), try isOldEnough?(status) ?? true
          else { continue }
          finished.append(path)
        }
      } catch let error as FileSystemError where [EACCES, EPERM].contains(error.code) {
        // Another user's, who has to take it back.
        hasOthers = true
      }
    }
    guard !finished.isEmpty || hasOthers && isOldEnough == nil else { return }
    if let since = distrustedSince { try quarantineDamaged(changedSince: since) }
    try OpenFile(folder, .directory).syncFileSystem()
    for path in finished { try FileSystem.removeFile(path) }
  }

  /// Hashes what a power cut may have left half-written.
  private func quarantineDamaged(changedSince limit: Int64) throws {
    for digest in try looseObjects() {
      let path = path(of: digest)
      guard let status = try FileSystem.status(of: path), status.changed >= limit,
        try !isLooseIntact(digest)
      else { continue }
      try quarantineLoose(digest)
    }
    try mendPacks()
  }

  /// Removes what transactions that died left in `tmp/`.
  package func removeAbandonedFiles() throws {
    let (pending, staging) = (folder.appending("pending"), scratchFolder)
    for name in try ownNames(in: staging) {
      // A transaction that begins has its entry in the folder itself, and then moves it.
      let places = [pending.appending(name), staging.appending(name).appending("pending")]
      if try places.contains(where: isHeld) || isHeld(places[0]) { continue }
      // A descriptor that was not finished: its lock tells.
      if try FileSystem.status(of: staging.appending(name))?.isFile == true {
        if (try? isHeld(staging.appending(name))) == false {
          try FileSystem.removeFile(staging.appending(name))
          continue
        }
      }
      // Before it has an entry, its age alone tells whether it may live.
      if try !FileSystem.exists(places[0]),
        let status = try FileSystem.status(of: staging.appending(name)),
        try status.modified >= aMinuteAgo()
      {
        continue
      }
      try FileSystem.removeTree(staging.appending(name))
    }
  }

  /// What transactions may have put into one of the store's folders, by its name; never what is
  /// behind a link.
  private func ownNames(in folder: AbsolutePath) throws -> [[UInt8]] {
    guard try FileSystem.status(of: folder)?.isDirectory == true else { return [] }
    return try (FileSystem.names(in: folder) ?? []).filter { name in
      name.starts(with: FileSystem.temporaryPrefix.utf8)
        || name.count == 16
          && name.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
  }

  /// Whether a living transaction holds the entry.
  private func isHeld(_ entry: AbsolutePath) throws -> Bool {
    try LifeSign.verdict(on: entry, scratch: scratchFolder).isAlive
  }
}
