package import DverCore
package import DverObjectStore
import DverFileSystem

/// A remote that is a folder on a file system: a disk, or a mounted share.
package final class DirectoryRemote: Remote {
  private let store: ObjectStore
  private let transaction: StoreTransaction

  package init(_ store: ObjectStore) {
    self.store = store
    transaction = StoreTransaction(store, isAwaited: true)
  }

  package var storeID: String { store.descriptor.id }
  package var place: String { store.folder.description }

  package func defects(
    among batch: ObjectBatch
  ) throws -> [(index: Int, defect: ObjectStore.Defect)] {
    try store.defects(among: batch.digests, sizes: batch.sizes)
  }

  package func send(
    _ batch: ObjectBatch, from cache: ObjectStore, settings: TransferSettings
  ) throws -> TransferOutcome {
    try ObjectTransfer.copy(batch, from: cache, into: transaction, settings: settings)
  }

  package func fetch(
    _ batch: ObjectBatch, into transaction: StoreTransaction, settings: TransferSettings
  ) throws -> TransferOutcome {
    try ObjectTransfer.copy(batch, from: store, into: transaction, settings: settings)
  }

  package func storing() -> StoreTransaction { transaction }

  package func read(_ digest: Digest) throws -> [UInt8]? { try store.readIfPresent(digest) }

  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> Bool {
    try transaction.write(bytes, to: name, refreshes: true)
  }

  package func files(below folder: String) throws -> [String] { try store.files(below: folder) }

  package func contents(of name: String) throws -> [UInt8]? { try store.contents(of: name) }

  package func barrier() throws { try transaction.barrier() }

  package func cleanUp() throws {
    try store.removeAbandonedFiles()
    try store.settle()
  }

  package func objects() throws -> [Digest] { try store.allObjects() }

  package func verify(
    _ digests: [Digest], settings: TransferSettings
  ) throws -> VerifiedObjects {
    try store.verify(digests, threads: settings.threads, progress: settings.onBytes)
  }
}
