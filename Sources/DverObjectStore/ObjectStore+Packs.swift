package import DverCore
package import DverFileSystem
package import DverHashing
import Glibc

/// Objects that stand in packs.
extension ObjectStore {
  package var packsFolder: AbsolutePath { packs.folder }

  /// The places of an object in packs; looks at the folder again where there are none.
  ///
  /// - Parameter isReading: Whether a pack will do that is open but has no name any more.
  func packedCopies(
    of digest: Digest, isReading: Bool = false
  ) throws -> [(pack: Pack, object: PackedObject)] {
    var index = try isReading ? packs.current() : packs.recent()
    var positions = index.positions(of: digest)
    if positions.isEmpty {
      index = try packs.refreshed()
      positions = index.positions(of: digest)
    }
    return positions.map { (index.pack(of: index.objects[$0]), index.objects[$0]) }
  }

  /// Hands over the bytes of an object that stands in a pack, after hashing them; `nil` where no
  /// pack has it.
  ///
  /// - Throws: ``StoreError/damaged(_:path:)`` where no copy of it is right.
  package func withPacked<Result>(
    _ digest: Digest, using hasher: inout FileHasher, _ body: (Span<UInt8>) throws -> Result
  ) throws -> Result? {
    var damage: StoreError?
    for _ in 0..<Self.attemptLimit {
      var hasVanished = false
      for (pack, object) in try packedCopies(of: digest, isReading: true) {
        var isSound = false
        do {
          return try pack.withContent(of: object, using: &hasher) { content in
            isSound = true
            return try body(content)
          }
        } catch let error as PackError where !isSound && error.isDamage {
          damage = .damaged(digest, path: pack.path.description)
        } catch let error as FileSystemError
          where !isSound && error.subject == pack.path.description
          && (error.isNotFound || error.code == ESTALE)
        {
          hasVanished = true
        }
      }
      guard hasVanished else { break }
      // Somebody replaced the pack by another one since it was listed.
      _ = try packs.refreshed()
    }
    if let damage { throw damage }
    return nil
  }

  private static let attemptLimit = 3

  /// Whether a pack has the object, and its content is right; reads all of it.
  func hasSoundPacked(_ digest: Digest) throws -> Bool {
    for _ in 0..<Self.attemptLimit {
      do {
        return try packedCopies(of: digest).contains { pack, object in try pack.isSound(object) }
      } catch let error as FileSystemError where error.isNotFound || error.code == ESTALE {
        _ = try packs.refreshed()
      }
    }
    return false
  }

  /// Where each of some objects stands, as a number that ascends with the place: whoever reads in
  /// that order reads each pack from its beginning to its end. `nil` for loose and missing objects.
  package func places(of digests: [Digest]) throws -> [UInt64?] {
    let index = try packs.current()
    return digests.map { index.object($0)?.order }
  }

  /// The digests of all objects, loose and packed, sorted, each once.
  package func allObjects() throws -> [Digest] {
    // Loose ones first: those that go into a pack meanwhile are then found there.
    let loose = try looseObjects()
    let packed = try packs.refreshed().digests
    guard !packed.isEmpty else { return loose }
    guard !loose.isEmpty else { return packed }
    var merged: [Digest] = []
    merged.reserveCapacity(loose.count + packed.count)
    var (left, right) = (0, 0)
    while left < loose.count || right < packed.count {
      if right == packed.count || left < loose.count && loose[left] < packed[right] {
        merged.append(loose[left])
        left += 1
      } else {
        if left < loose.count, loose[left] == packed[right] { left += 1 }
        merged.append(packed[right])
        right += 1
      }
    }
    return merged
  }

  // MARK: Single packs

  /// A pack as a listing showed it.
  package struct PackSummary: Hashable, Sendable {
    package let name: Digest
    package let objectCount: Int
    /// The length of the file.
    package let byteCount: Int64
    /// Whether its table or objects are known to be damaged.
    package let isDamaged: Bool
  }

  /// All packs there are now, sorted by name.
  package func packSummaries() throws -> [PackSummary] {
    let index = try packs.refreshed()
    let counts = index.objectCounts
    return index.allPacks.map { pack in
      PackSummary(
        name: pack.name, objectCount: counts[pack.number] ?? 0, byteCount: pack.byteCount,
        isDamaged: index.damages[pack.number] != nil)
    }
  }

  /// The objects of a pack in the order of their records; `nil` where there is no such pack.
  package func objects(ofPack name: Digest) throws -> [PackedObject]? {
    let index = try packs.refreshed()
    return index.allPacks.first { $0.name == name }.map { index.objects(of: $0) }
  }

  /// Moves a pack out of the store's sight.
  ///
  /// What was in it must be elsewhere, and there to stay, or be unwanted.
  ///
  /// - Parameter folder: Where it goes under its name; on the store's file system.
  /// - Returns: `false` where the pack was gone.
  @discardableResult
  package func retire(pack name: Digest, to folder: AbsolutePath) throws -> Bool {
    try FileSystem.makeSharedDirectories(folder, synced: true)
    let source = packs.path(of: name)
    do {
      try FileSystem.rename(source, to: folder.appending(source.lastComponent))
    } catch let error as FileSystemError where error.code == ENOENT {
      return false
    }
    _ = try packs.refreshed()
    return true
  }
}

extension PackError {
  /// Whether bytes are wrong, rather than of a kind that this version cannot read.
  var isDamage: Bool {
    switch self {
    case .damaged, .mismatch: true
    default: false
    }
  }
}
