package import DverCore
import DverFileSystem
package import DverHashing
import Glibc

/// Which of some wanted objects stand in which packs of another store, in the order in which they
/// are best read.
package struct PackTransferPlan: Sendable {
  /// Objects of one pack in the order of their records, copied by one thread.
  package struct Portion: Sendable {
    fileprivate let pack: Pack
    fileprivate let objects: [PackedObject]
    /// For each object its position among the wanted ones.
    fileprivate let positions: [Int]
    /// Whether these are all objects of the pack, none of which the receiver has.
    fileprivate let isWholePack: Bool
  }

  package private(set) var portions: [Portion] = []
  /// Positions of the wanted objects that no pack has.
  package private(set) var others: [Int] = []

  /// So many objects of a pack that is not wanted as a whole go to a thread at once.
  private static let portionCount = 512

  package init(
    _ wanted: [Digest], from source: ObjectStore, into transaction: StoreTransaction
  ) throws {
    let index = try source.packs.refreshed()
    guard !index.isEmpty else {
      others = Array(wanted.indices)
      return
    }
    var found: [(object: PackedObject, position: Int)] = []
    for (position, digest) in wanted.enumerated() {
      if let object = index.object(digest) {
        found.append((object, position))
      } else {
        others.append(position)
      }
    }
    found.sort { $0.object.order < $1.object.order }
    let counts = index.objectCounts
    var start = 0
    while start < found.count {
      let number = found[start].object.packNumber
      var end = start
      while end < found.count, found[end].object.packNumber == number { end += 1 }
      let pack = index.pack(of: found[start].object)
      let isWhole =
        transaction.isPacking && end - start == counts[number] && index.damages[number] == nil
        && end - start >= SmallObjects.packingCount
      let isNew = try isWhole && transaction.lacksAll(found[start..<end].map(\.object.digest))
      let step = isNew ? end - start : Self.portionCount
      for from in stride(from: start, to: end, by: step) {
        let part = found[from..<min(from + step, end)]
        portions.append(
          Portion(
            pack: pack, objects: part.map(\.object), positions: part.map(\.position),
            isWholePack: isNew))
      }
      start = end
    }
  }
}

extension StoreTransaction {
  /// Whether neither the store nor this transaction has any of the objects.
  fileprivate func lacksAll(_ digests: [Digest]) throws -> Bool {
    guard !digests.contains(where: { small.seen.contains($0) }) else { return false }
    return try store.defects(among: digests, sizes: digests.map { _ in -1 }).count == digests.count
  }

  /// Copies objects of a pack of another store, hashing what passes.
  ///
  /// A pack of which everything is wanted becomes the same pack here.
  ///
  /// - Returns: The positions of objects that the pack did not give back sound; they may be
  ///   elsewhere in the other store.
  package func receive(
    _ portion: PackTransferPlan.Portion, using hasher: inout FileHasher,
    onBytes: (Int) throws -> Void, onObject: () throws -> Void
  ) throws -> [Int] {
    do {
      if portion.isWholePack {
        return try receiveWhole(portion, using: &hasher, onBytes, onObject)
      }
      var elsewhere: [Int] = []
      for (object, position) in zip(portion.objects, portion.positions) {
        if try receive(object, from: portion.pack, using: &hasher) {
          try onBytes(object.byteCount)
          try onObject()
        } else {
          elsewhere.append(position)
        }
      }
      return elsewhere
    } catch let error as FileSystemError
      where error.subject == portion.pack.path.description
      && (error.isNotFound || error.code == ESTALE)
    {
      // The pack was replaced by another one.
      return portion.positions
    }
  }

  private func receive(
    _ object: PackedObject, from pack: Pack, using hasher: inout FileHasher
  ) throws -> Bool {
    do {
      try pack.withContent(of: object, using: &hasher) { content in
        try store(content, digest: object.digest)
      }
      return true
    } catch let error as PackError where error.isDamage {
      return false
    } catch let error as FileSystemError
      where error.operation == .read && error.code == EIO
      && error.subject == pack.path.description
    {
      return false
    }
  }

  private func receiveWhole(
    _ portion: PackTransferPlan.Portion, using hasher: inout FileHasher,
    _ onBytes: (Int) throws -> Void, _ onObject: () throws -> Void
  ) throws -> [Int] {
    let copy = try copy(portion.objects, of: portion.pack, using: &hasher) { object in
      try onBytes(object.byteCount)
      try onObject()
    }
    let bad = Set((copy.damaged + copy.unreadable).map(\.digest))
    var elsewhere: [Int] = []
    for (object, position) in zip(portion.objects, portion.positions) {
      if bad.contains(object.digest) {
        elsewhere.append(position)
      } else {
        count(byteCount: Int64(object.byteCount))
      }
    }
    return elsewhere
  }
}
