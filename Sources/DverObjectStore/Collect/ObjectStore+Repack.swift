import DverCore
import DverFileSystem
import DverHashing
import DverParallel

/// Bringing small objects together: fewer files, and shorter where zlib helps.
extension ObjectStore {
  /// What came of repacking.
  package struct Repacking: Sendable {
    /// Files that went: packs and loose objects.
    package var packCount = 0
    package var looseCount = 0
    package var objectCount = 0
    package var newPackCount = 0
    package var oldByteCount: Int64 = 0
    package var newByteCount: Int64 = 0
  }

  /// Puts small loose objects into packs and joins small packs; compresses what goes along, and
  /// packs that look as if that were worth it.
  ///
  /// Every object is on stable storage in its new place before the old one goes.
  ///
  /// - Parameters:
  ///   - includesLoose: Whether loose objects may go: not where files are linked to them.
  ///   - linked: Loose objects that stay in any case.
  ///   - confirm: Asked before each file that goes; throws where somebody else collects by now.
  package func repack(
    includesLoose: Bool, except linked: KeptObjects = KeptObjects([]), isDry: Bool = false,
    judgedBefore limit: Int64,
    confirm: @escaping @Sendable () throws -> Void = {},
    onObject: @escaping @Sendable () throws -> Void
  ) throws -> Repacking {
    var result = Repacking()
    let index = try packs.refreshed()
    let old = try packsToJoin(index, judgedBefore: limit)
    let loose = includesLoose ? try looseToPack(except: linked, judgedBefore: limit) : []
    let joins = old.count > 1 || !loose.isEmpty
    let members = index.objectsByPack { _ in true }
    func isWorthIt(_ pack: Pack) throws -> Bool {
      try isWorthCompressing(pack, members[pack.number] ?? [])
    }
    let chosen = joins ? old : try old.filter(isWorthIt)
    let large = try index.allPacks.filter { pack in
      try !old.contains { $0.name == pack.name } && index.damages[pack.number] == nil
        && pack.stamp.changed < limit && isWorthIt(pack)
    }
    let sources = chosen + large
    result.packCount = sources.count
    result.looseCount = loose.count
    result.oldByteCount =
      sources.reduce(0) { $0 + $1.byteCount } + loose.reduce(0) { $0 + $1.byteCount }
    guard !isDry, !sources.isEmpty || !loose.isEmpty else { return result }
    var items = sources.flatMap { pack in
      (members[pack.number] ?? []).map { RepackedObject(digest: $0.digest, place: (pack, $0)) }
    }
    items += loose.map { RepackedObject(digest: $0.digest, place: nil) }
    let transaction = StoreTransaction(self)
    let written = try transaction.repack(items, onObject)
    try transaction.barrier()
    result.objectCount = written.good.count
    result.newPackCount = written.packNames.count
    result.newByteCount = written.byteCount
    for pack in sources
    where !written.bad.contains(where: { $0.pack?.name == pack.name })
      && !written.packNames.contains(pack.name)
    {
      try confirm()
      try FileSystem.removeFile(pack.path)
    }
    let bad = Set(written.bad.filter { $0.pack == nil }.map(\.digest))
    try parallelFor(chunks: loose.count) { number in
      guard !bad.contains(loose[number].digest) else { return }
      try confirm()
      try FileSystem.removeFile(self.path(of: loose[number].digest))
    }
    packs.expire()
    return result
  }

  private func packsToJoin(_ index: PackIndex, judgedBefore limit: Int64) throws -> [Pack] {
    index.allPacks.filter { pack in
      pack.byteCount < PackFormat.closingByteCount / 2 && pack.stamp.changed < limit
        && index.damages[pack.number] == nil
    }
  }

  /// Small loose objects, where they are many; those that a workspace file is linked to stay.
  private func looseToPack(
    except linked: KeptObjects, judgedBefore limit: Int64
  ) throws -> [CollectionPlan.Object] {
    let folder = objectsFolder
    let found = try parallelMap(Array(0..<256)) { byte -> [CollectionPlan.Object] in
      let prefix = Digest.hexByte(UInt8(byte))
      guard let directory = try OpenFile.ifPresent(folder.appending(prefix), .directory) else {
        return []
      }
      let names = try FileSystem.names(in: folder.appending(prefix)) ?? []
      return try names.compactMap { Digest(hex: (Array(prefix.utf8) + $0).span) }.compactMap {
        guard !linked.contains($0),
          let status = try directory.status(ofObject: $0), status.isFile,
          status.size <= Int64(StoreTransaction.packedByteLimit), status.linkCount == 1,
          status.changed < limit
        else { return nil }
        return CollectionPlan.Object(digest: $0, byteCount: status.size)
      }
    }.flatMap { $0 }
    return found.count >= SmallObjects.packingCount ? found : []
  }

  /// Whether nothing in a pack is compressed yet, and a sample becomes clearly shorter.
  private func isWorthCompressing(_ pack: Pack, _ objects: [PackedObject]) throws -> Bool {
    guard objects.allSatisfy({ $0.storedByteCount == $0.byteCount }) else { return false }
    let step = max(1, objects.count / Self.sampleCount)
    var (before, after) = (0, 0)
    var hasher = FileHasher()
    for position in stride(from: 0, to: objects.count, by: step) {
      do {
        try pack.withContent(of: objects[position], using: &hasher) { content in
          before += content.count
          after += PackCompression.compress(content)?.count ?? content.count
        }
      } catch let error as PackError where error.isDamage {
        return false
      }
    }
    return after * 10 < before * 9
  }

  private static let sampleCount = 64
}

/// An object on its way from one place in a store to a pack.
struct RepackedObject: Sendable {
  let digest: Digest
  /// Where it stands; `nil` for a loose one.
  let place: (pack: Pack, object: PackedObject)?

  var pack: Pack? { place?.pack }
}

extension StoreTransaction {
  struct RepackOutcome {
    var good: Set<Digest> = []
    /// Objects that could not be read right; they stay where they are.
    var bad: [RepackedObject] = []
    var packNames: Set<Digest> = []
    var byteCount: Int64 = 0
  }

  /// Writes objects into new packs, compressed where that is shorter, each hashed on the way.
  func repack(
    _ items: [RepackedObject], _ onObject: @escaping @Sendable () throws -> Void
  ) throws -> RepackOutcome {
    var outcome = RepackOutcome()
    var open: OpenPack?
    for start in stride(from: 0, to: items.count, by: Self.repackPortion) {
      let portion = Array(items[start..<min(start + Self.repackPortion, items.count)])
      let read = try parallelMap(count: portion.count, state: { FileHasher() }) { hasher, number in
        try onObject()
        return try self.record(of: portion[number], using: &hasher)
      }
      for (item, record) in zip(portion, read) {
        guard let record else {
          outcome.bad.append(item)
          continue
        }
        guard outcome.good.insert(item.digest).inserted else { continue }
        if open == nil { open = try OpenPack(newFile(at: stagedPath())) }
        try open?.writer.append(stored: record.stored.span, as: record.entry)
        if open?.writer.isFull == true { try end(&open, &outcome) }
      }
    }
    try end(&open, &outcome)
    return outcome
  }

  private func end(_ open: inout OpenPack?, _ outcome: inout RepackOutcome) throws {
    guard let pack = open.take() else { return }
    let summary = try publish(pack)
    outcome.packNames.insert(summary.name)
    outcome.byteCount += summary.byteCount
  }

  /// What a pack is to hold for an object; `nil` where its bytes are wrong.
  private func record(
    of item: RepackedObject, using hasher: inout FileHasher
  ) throws -> (entry: PackEntry, stored: [UInt8])? {
    do {
      guard let (pack, object) = item.place else {
        guard let bytes = try FileSystem.contents(of: store.path(of: item.digest)),
          hasher.digest(of: bytes.span) == item.digest
        else { return nil }
        return Self.shortest(item.digest, bytes.span, .content)
      }
      return try pack.withRecord(of: object, using: &hasher) { entry, content, stored in
        guard entry.flags.encoding == .raw, let kind = entry.flags.kind else {
          return (entry, stored.array)
        }
        return Self.shortest(item.digest, content, kind)
      }
    } catch let error as PackError where error.isDamage {
      return nil
    } catch let error as FileSystemError where error.operation == .read {
      return nil
    }
  }

  private static func shortest(
    _ digest: Digest, _ content: Span<UInt8>, _ kind: PackFlags.Kind
  ) -> (entry: PackEntry, stored: [UInt8]) {
    let stream = PackCompression.compress(content)
    let stored = stream ?? content.array
    let entry = PackEntry(
      digest: digest, offset: 0, storedByteCount: stored.count, byteCount: content.count,
      flags: PackFlags(stream == nil ? .raw : .zlib, kind))
    return (entry, stored)
  }

  /// Some 16 MiB at most.
  private static let repackPortion = 256
}
