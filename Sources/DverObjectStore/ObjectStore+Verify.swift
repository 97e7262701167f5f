package import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import Glibc
import Synchronization

extension ObjectStore {
  private enum Finding: Sendable {
    case sound(Int64)
    case damaged
    case missing
  }

  /// Hashes objects again, every copy of them; the damaged ones go into quarantine.
  ///
  /// Packs whose tables are damaged are written anew first.
  package func verify(
    _ digests: [Digest], threads: Int = processorCount,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> VerifiedObjects {
    var result = VerifiedObjects()
    result.packs = try mendPacksIfWritable()
    // Each pack from its beginning to its end.
    let places = try places(of: digests)
    let order = digests.indices.sorted { (places[$0] ?? 0, $0) < (places[$1] ?? 0, $1) }
    let findings = try parallelMap(
      count: order.count, threads: threads, state: { FileHasher() }
    ) { hasher, number in
      try self.look(at: digests[order[number]], using: &hasher, progress: progress)
    }
    for (index, finding) in zip(order, findings) {
      switch finding {
      case .sound(let byteCount): result.byteCount += byteCount
      case .damaged: result.damaged.append(digests[index])
      case .missing: result.missing.append(digests[index])
      }
    }
    result.damaged.sort()
    result.missing.sort()
    return result
  }

  /// Hashes all copies of an object; where one is right, the others are no loss.
  private func look(
    at digest: Digest, using hasher: inout FileHasher,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Finding {
    let loose = try lookAtLoose(digest, using: &hasher, progress: progress)
    var finding = loose
    if case .missing = loose, mended.withLock({ $0.contains(digest) }) { finding = .damaged }
    for (pack, object) in try packedCopies(of: digest) {
      switch try lookAt(object, in: pack, progress: progress) {
      case .sound(let byteCount): finding = .sound(byteCount)
      case .damaged: if case .missing = finding { finding = .damaged }
      case .missing: break
      }
    }
    return finding
  }

  private func lookAtLoose(
    _ digest: Digest, using hasher: inout FileHasher,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Finding {
    guard let file = try openLoose(digest) else { return .missing }
    do {
      let (found, byteCount) = unsafe try hasher.digest(of: file) { try progress($0) }
      if found == digest { return .sound(byteCount) }
      try ifWritable { try quarantineLoose(digest) }
      return .damaged
    } catch let error as FileSystemError where error.isReadFailure {
      return .damaged
    }
  }

  private func lookAt(
    _ object: PackedObject, in pack: Pack, progress: @Sendable (Int) throws -> Void
  ) throws -> Finding {
    do {
      let isSound = try pack.isSound(object)
      try progress(object.byteCount)
      if isSound { return .sound(Int64(object.byteCount)) }
      try ifWritable { try mend(pack) }
      return .damaged
    } catch let error as FileSystemError where error.isNotFound || error.code == ESTALE {
      // Another thread or process has written the pack anew.
      return try packedAgain(object.digest)
    } catch let error as FileSystemError where error.isReadFailure {
      return .damaged
    }
  }

  private func packedAgain(_ digest: Digest) throws -> Finding {
    _ = try packs.refreshed()
    return try isIntact(digest) ? .sound(0) : .damaged
  }
}
