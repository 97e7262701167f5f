import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import DverParallel
import Glibc

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
  private enum Result: Sendable {
    case copied
    case missing
    case damaged
  }

  static func copy(
    _ batch: ObjectBatch, from source: ObjectStore, into transaction: StoreTransaction,
    settings: TransferSettings
  ) throws -> TransferOutcome {
    let before = (transaction.newObjectCount.current, transaction.newByteCount.current)
    let results = try parallelMap(
      count: batch.count, threads: settings.threads, state: { FileHasher() }
    ) { hasher, index in
      let result = try copy(batch.digests[index], source, transaction, &hasher, settings)
      try settings.onObject()
      return result
    }
    var outcome = TransferOutcome()
    outcome.objectCount = transaction.newObjectCount.current - before.0
    outcome.byteCount = Int64(transaction.newByteCount.current - before.1)
    for (index, result) in results.enumerated() {
      switch result {
      case .copied: break
      case .missing: outcome.missing.append(index)
      case .damaged: outcome.damaged.append(index)
      }
    }
    return outcome
  }

  private static func copy(
    _ digest: Digest, _ source: ObjectStore, _ transaction: StoreTransaction,
    _ hasher: inout FileHasher, _ settings: TransferSettings
  ) throws -> Result {
    guard let file = try source.openIfPresent(digest) else { return .missing }
    do {
      try transaction.receive(digest, from: file, using: &hasher, progress: settings.onBytes)
      return .copied
    } catch StoreError.damaged {
      // What a disk or a network returned once may be right the next time.
      try source.setAsideIfDamaged(digest)
      return .damaged
    } catch let error as FileSystemError
      where error.operation == .read && error.code == EIO
      && error.subject == file.path.description
    {
      return .damaged
    }
  }
}
