package import DverCore
package import DverObjectStore

/// Another object store, which several people and machines share.
///
/// Whoever implements it runs the conformance suite. Batches are the unit of work, so that a remote
/// behind a slow line can ask and copy many objects at once. Nothing is believed because it was so
/// earlier, because of a marker or because another object is there: every question is about single
/// objects as they are now, and content is hashed whenever it crosses from one store to another.
package protocol Remote: Sendable {
  /// The store's random identifier, which tells it from another one in the same place.
  var storeID: String { get }
  /// Where it is, for messages.
  var place: String { get }

  /// The objects that the remote lacks now or holds in another size; positions ascend.
  func defects(
    among batch: ObjectBatch
  ) throws -> [(index: Int, defect: ObjectStore.Defect)]

  /// Copies objects to the remote. An object that is there in another size is set aside and
  /// replaced; one whose bytes in `store` are wrong is not sent.
  func send(
    _ batch: ObjectBatch, from store: ObjectStore, settings: TransferSettings
  ) throws -> TransferOutcome

  /// Copies objects from the remote; none whose bytes are wrong gets into the transaction's store.
  func fetch(
    _ batch: ObjectBatch, into transaction: StoreTransaction, settings: TransferSettings
  ) throws -> TransferOutcome

  /// What puts objects into the remote that are in no other store.
  func storing() -> StoreTransaction

  /// The bytes of a small object, checked; `nil` where the remote lacks it.
  func read(_ digest: Digest) throws -> [UInt8]?

  /// Puts a small file beside the objects, such as `names/PROJECT/FILE`; one that is there stays, and
  /// is as young as a new one, so that a collection sees that it was needed.
  ///
  /// - Returns: Whether it was not there.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> Bool

  /// The names of the files below a folder beside the objects, such as `runs`, sorted.
  func files(below folder: String) throws -> [String]

  /// The bytes of a file beside the objects.
  func contents(of name: String) throws -> [UInt8]?

  /// Waits until everything sent is on stable storage.
  func barrier() throws

  /// Removes what interrupted commands left behind, and makes sure of what they sent.
  func cleanUp() throws

  /// All objects, sorted.
  func objects() throws -> [Digest]

  /// Hashes objects again; damaged ones are set aside, if the remote can be written to.
  func verify(
    _ digests: [Digest], settings: TransferSettings
  ) throws -> VerifiedObjects
}
