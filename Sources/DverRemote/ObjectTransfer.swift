import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import DverParallel

/// How a transfer goes about its work.
package struct TransferSettings: Sendable {
  /// How many objects are on their way at once.
  package var threads: Int
  /// Told the bytes of every block; may throw to stop the transfer.
  package var onBytes: @Sendable (Int) throws -> Void
  /// Told of every object that is done.
  package var onObject: @Sendable () throws -> Void

  package init(
    threads: Int = processorCount,
    onBytes: @escaping @Sendable (Int) throws -> Void = { _ in },
    onObject: @escaping @Sendable () throws -> Void = {}
  ) {
    self.threads = max(1, threads)
    self.onBytes = onBytes
    self.onObject = onObject
  }
}

/// What came of a transfer; positions count in its batch and ascend.
package struct TransferOutcome: Sendable {
  /// Objects that the receiving side did not have.
  package var objectCount = 0
  package var byteCount: Int64 = 0
  /// Objects that the sending side does not have.
  package var missing: [Int] = []
  /// Objects whose bytes on the sending side are not theirs; they were not taken over.
  package var damaged: [Int] = []

  package init() {}
}

/// Copies objects between two stores on file systems, hashing all that passes.
enum ObjectTransfer {
  static func copy(
    _ batch: ObjectBatch, from source: ObjectStore, into transaction: StoreTransaction,
    settings: TransferSettings
  ) throws -> TransferOutcome {
    let before = (transaction.newObjectCount.current, transaction.newByteCount.current)
    let plan = try PackTransferPlan(batch.digests, from: source, into: transaction)
    let packed = try parallelMap(
      count: plan.portions.count, threads: settings.threads, state: { FileHasher() }
    ) { hasher, number in
      try transaction.receive(
        plan.portions[number], using: &hasher, onBytes: settings.onBytes,
        onObject: settings.onObject)
    }
    // What is loose, and what went from its pack since.
    let rest = (plan.others + packed.flatMap { $0 }).sorted()
    let results = try parallelMap(
      count: rest.count, threads: settings.threads, state: { FileHasher() }
    ) { hasher, number in
      let digest = batch.digests[rest[number]]
      let result = try copy(digest, source, transaction, &hasher, settings)
      try settings.onObject()
      return result
    }
    try transaction.publish()
    var outcome = TransferOutcome()
    outcome.objectCount = transaction.newObjectCount.current - before.0
    outcome.byteCount = Int64(transaction.newByteCount.current - before.1)
    for (index, result) in zip(rest, results) {
      switch result {
      case .copied: break
      case .missing: outcome.missing.append(index)
      case .damaged: outcome.damaged.append(index)
      }
    }
    return outcome
  }

  private enum Result: Sendable {
    case copied
    case missing
    case damaged
  }

  /// Copies an object that is loose, or whose copy in a pack was not as it should be.
  private static func copy(
    _ digest: Digest, _ source: ObjectStore, _ transaction: StoreTransaction,
    _ hasher: inout FileHasher, _ settings: TransferSettings
  ) throws -> Result {
    do {
      if let file = try source.openLoose(digest) {
        do {
          try transaction.receive(digest, from: file, using: &hasher, progress: settings.onBytes)
          return .copied
        } catch StoreError.damaged {
          // A pack may have a sound copy.
        } catch let error as FileSystemError
          where error.isReadFailure && error.subject == file.path.description
        {
          return .damaged
        }
      }
      let bytes = try source.withPacked(digest, using: &hasher) { content in
        try settings.onBytes(content.count)
        return unsafe content.withUnsafeBufferPointer { unsafe Array($0) }
      }
      if let bytes {
        try transaction.store(bytes.span, digest: digest)
        return .copied
      }
      guard try source.contains(digest) else { return .missing }
    } catch StoreError.damaged {
      // Set aside below.
    }
    // What a disk or a network returned once may be right the next time.
    try source.setAsideIfDamaged(digest)
    return .damaged
  }
}
