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
    let groups = Self.groups(of: found, in: index, isPacking: transaction.isPacking)
    // One search for all.
    let candidates = groups.filter(\.isWhole).flatMap(\.range)
    let lacking = try transaction.lacking(candidates.map { found[$0].object.digest })
    var isNew = Array(repeating: false, count: found.count)
    for (position, isLacking) in zip(candidates, lacking) { isNew[position] = isLacking }
    for group in groups {
      let isWhole = group.isWhole && isNew[group.range].allSatisfy { $0 }
      let step = isWhole ? group.range.count : Self.portionCount
      for from in stride(from: group.range.lowerBound, to: group.range.upperBound, by: step) {
        let part = found[from..<min(from + step, group.range.upperBound)]
        portions.append(
          Portion(
            pack: group.pack, objects: part.map(\.object), positions: part.map(\.position),
            isWholePack: isWhole))
      }
    }
  }

  /// Objects of one pack among those that were found.
  private struct Group {
    let pack: Pack
    let range: Range<Int>
    /// Whether these are all objects of the pack, and enough for one.
    let isWhole: Bool
  }

  private static func groups(
    of found: [(object: PackedObject, position: Int)], in index: PackIndex, isPacking: Bool
  ) -> [Group] {
    let counts = index.objectCounts
    var groups: [Group] = []
    var start = 0
    while start < found.count {
      let number = found[start].object.packNumber
      var end = start
      while end < found.count, found[end].object.packNumber == number { end += 1 }
      let isWhole =
        isPacking && end - start == counts[number] && index.damages[number] == nil
        && end - start >= SmallObjects.packingCount
      groups.append(
        Group(pack: index.pack(of: found[start].object), range: start..<end, isWhole: isWhole))
      start = end
    }
    return groups
  }
}

extension StoreTransaction {
  /// For each object whether neither the store nor this transaction has it.
  fileprivate func lacking(_ digests: [Digest]) throws -> [Bool] {
    var isLacking = Array(repeating: false, count: digests.count)
    for (index, _) in try store.defects(among: digests, sizes: digests.map { _ in -1 }) {
      isLacking[index] = !small.seen.contains(digests[index])
    }
    return isLacking
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
      where error.isReadFailure && error.subject == pack.path.description
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
