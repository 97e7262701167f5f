package import DverCore
import DverFileSystem
import Glibc

/// What was condemned and is needed after all.
extension ObjectStore {
  /// Brings back from the trash what of these objects is there; of a pack all of it.
  ///
  /// Costs a look at a folder where the trash is empty. Does nothing in a store that may only be
  /// read.
  ///
  /// - Parameter digests: Objects that are neither loose nor in a pack, sorted.
  /// - Returns: Whether any came back; they are looked for like any others then.
  func rescue(_ digests: [Digest]) throws -> Bool {
    guard !digests.isEmpty else { return false }
    var hasRescued = false
    for (folder, content) in try trash.contents() {
      for digest in Self.common(digests, content.loose)
      where try bringBack(folder.appending(digest.hex), to: path(of: digest)) {
        hasRescued = true
      }
      guard content.hasPacks else { continue }
      let index = try content.packs.recent()
      var wanted: Set<Int> = []
      for digest in digests {
        if let object = index.object(digest) { wanted.insert(object.packNumber) }
      }
      for number in wanted.sorted() {
        guard let pack = index.pack(number: number),
          try bringBack(pack.path, to: packs.path(of: pack.name))
        else { continue }
        packs.expire()
        hasRescued = true
      }
    }
    return hasRescued
  }

  /// The objects that lie in the trash, in no particular order.
  package func trashedObjects() throws -> [Digest] {
    try trash.contents().flatMap { _, content in
      try content.hasPacks ? content.loose + content.packs.recent().digests : content.loose
    }
  }

  /// The digests that stand in both of two sorted lists; the second one may be long.
  private static func common(_ wanted: [Digest], _ present: [Digest]) -> [Digest] {
    guard !present.isEmpty else { return [] }
    return wanted.filter { digest in
      var (low, high) = (0, present.count)
      while low < high {
        let middle = (low + high) / 2
        if present[middle] < digest { low = middle + 1 } else { high = middle }
      }
      return low < present.count && present[low] == digest
    }
  }

  /// Moves a file of the trash to its place, unless something stands there.
  ///
  /// - Returns: Whether something stands there now.
  func bringBack(_ source: AbsolutePath, to target: AbsolutePath) throws -> Bool {
    do {
      do {
        _ = try FileSystem.renameWithoutReplacing(source, to: target)
      } catch let error as FileSystemError where error.code == ENOENT {
        // The folder may be missing, or somebody else was faster.
        try FileSystem.makeSharedDirectories(target.parent, synced: true)
        _ = try FileSystem.renameWithoutReplacing(source, to: target)
      }
      // The folder that it left may be deleted right afterwards.
      try FileSystem.syncDirectory(target.parent)
      return true
    } catch let error as FileSystemError where error.code == ENOENT {
      return try FileSystem.exists(target)
    } catch let error as FileSystemError where [EACCES, EPERM, EROFS].contains(error.code) {
      return false
    }
  }
}
