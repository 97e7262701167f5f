package import DverCore
package import DverFileSystem
import DverHashing
import DverParallel
import Glibc
import Synchronization

/// A content-addressed store in a folder: the cache of a workspace, or a remote.
///
/// An object is found under its digest alone. It appears there by rename after it was hashed while
/// it was written; see ``StoreTransaction``.
package final class ObjectStore: Sendable {
  package let folder: AbsolutePath
  package let descriptor: StoreDescriptor
  /// Objects that changed since then may be what a power cut left, and are hashed before they are
  /// believed; `nil` where no transaction of an earlier boot of this host is open.
  let distrustedSince: Int64?
  let packs: PackFolder
  /// Damaged objects that this process took out of packs; locked while it writes a pack anew.
  let mended = Mutex<Set<Digest>>([])
  /// What needs no hashing on its way to the user; `nil` to hash everything.
  let soundObjects: SoundObjects?
  let trash: TrashIndex
  /// Whether the members of a group share the store: its folder says so.
  let isGroupShared: Bool
  /// How processes that work with the store tell that they live.
  package let leases: LeaseSettings
  /// What says that this process works with the store, once it does.
  let use = Mutex<StoreUse?>(nil)
  let onDamage: DamageHandler?

  /// Told of a damaged loose object before it goes to quarantine, on whichever thread met it.
  package typealias DamageHandler = @Sendable (ObjectStore, Digest) -> Void

  private init(
    folder: AbsolutePath, descriptor: StoreDescriptor, soundObjects: SoundObjects?,
    leases: LeaseSettings, onDamage: DamageHandler?
  ) throws {
    self.leases = leases
    self.onDamage = onDamage
    self.soundObjects = soundObjects
    self.folder = folder
    self.descriptor = descriptor
    distrustedSince = try PendingEntry.oldestOfEarlierBoot(in: folder.appending("pending"))
    packs = PackFolder(folder.appending("packs"), distrustedSince: distrustedSince)
    isGroupShared = try FileSystem.statusFollowingLinks(of: folder)?.isSharedFolder == true
    trash = TrashIndex(folder.appending("trash"), distrustedSince: distrustedSince)
  }

  /// Opens the store at `folder`; `nil` where there is none.
  package static func open(
    at folder: AbsolutePath, soundObjects: SoundObjects? = nil,
    leases: LeaseSettings = LeaseSettings(), onDamage: DamageHandler? = nil
  ) throws -> ObjectStore? {
    guard let descriptor = try StoreDescriptor.read(at: folder) else {
      if try StoreDescriptor.isLost(at: folder) {
        throw StoreError.lostDescriptor(folder.description)
      }
      return nil
    }
    return try ObjectStore(
      folder: folder, descriptor: descriptor, soundObjects: soundObjects, leases: leases,
      onDamage: onDamage)
  }

  /// Opens the store at `folder`, and makes it if there is none.
  package static func openOrCreate(
    at folder: AbsolutePath, soundObjects: SoundObjects? = nil,
    leases: LeaseSettings = LeaseSettings(), onDamage: DamageHandler? = nil
  ) throws -> ObjectStore {
    let present = try open(
      at: folder, soundObjects: soundObjects, leases: leases, onDamage: onDamage)
    if let present { return present }
    return try ObjectStore(
      folder: folder, descriptor: StoreDescriptor.create(at: folder), soundObjects: soundObjects,
      leases: leases, onDamage: onDamage)
  }

  // MARK: Where things are

  /// For files that nobody is to see; what is forgotten there goes.
  package var scratchFolder: AbsolutePath { folder.appending("tmp") }

  package var objectsFolder: AbsolutePath { folder.appending("objects") }

  /// Where the loose object of `digest` is, or would be.
  package func path(of digest: Digest) -> AbsolutePath {
    var hex: [UInt8] = []
    digest.appendHex(to: &hex)
    hex.insert(RepositoryPath.slash, at: 2)
    return objectsFolder.appending(hex)
  }

  // MARK: Reading

  /// Whether the object is there, loose or in a pack; one in the trash is brought back.
  package func contains(_ digest: Digest) throws -> Bool {
    if try isInSight(digest) { return true }
    return try rescue([digest]) && isInSight(digest)
  }

  /// As ``contains(_:)``. A loose object that is not of its length was written to, through a link: then
  /// there must be a good one.
  package func contains(_ digest: Digest, byteCount: Int64) throws -> Bool {
    guard let status = try FileSystem.status(of: path(of: digest)) else {
      return try contains(digest)
    }
    guard status.size == byteCount else { return try isIntact(digest) }
    return try isTrusted(status, digest) || contains(digest)
  }

  /// The length of an object, as its file or its pack has it; `nil` where it is not there.
  package func byteCount(of digest: Digest) throws -> Int64? {
    guard try contains(digest) else { return nil }
    let status = try FileSystem.status(of: path(of: digest))
    if let status, status.isFile { return status.size }
    return try packedCopies(of: digest).first.map { Int64($0.object.byteCount) }
  }

  private func isInSight(_ digest: Digest) throws -> Bool {
    if try hasTrustedLoose(digest) { return true }
    return try !packedCopies(of: digest).isEmpty
  }

  /// Whether there is a loose object that is to be trusted.
  private func hasTrustedLoose(_ digest: Digest) throws -> Bool {
    guard let status = try FileSystem.status(of: path(of: digest)) else { return false }
    return try isTrusted(status, digest)
  }

  private func isTrusted(_ status: FileStatus, _ digest: Digest) throws -> Bool {
    guard status.isFile else { return false }
    guard let since = distrustedSince, status.changed >= since else { return true }
    return try isLooseIntact(digest)
  }

  /// Whether the object is there and its content is right; reads all of it.
  package func isIntact(_ digest: Digest) throws -> Bool {
    if try isLooseIntact(digest) { return true }
    return try hasSoundPacked(digest)
  }

  /// Whether there is a loose object whose content is right; reads all of it.
  func isLooseIntact(_ digest: Digest) throws -> Bool {
    guard let file = try openLoose(digest) else { return false }
    var hasher = FileHasher()
    return unsafe try hasher.digest(of: file).digest == digest
  }

  /// The bytes of a small object, checked.
  ///
  /// - Throws: ``StoreError/missing(_:store:)`` or ``StoreError/damaged(_:path:)``.
  package func read(_ digest: Digest) throws -> [UInt8] {
    guard let bytes = try readIfPresent(digest) else {
      throw StoreError.missing(digest, store: "the cache")
    }
    return bytes
  }

  /// The bytes of a small object, checked; `nil` where it is missing.
  package func readIfPresent(_ digest: Digest) throws -> [UInt8]? {
    if let bytes = try readInSight(digest) { return bytes }
    // Once: what keeps it from its place may stay there, such as a link that leads nowhere.
    return try rescue([digest]) ? readInSight(digest) : nil
  }

  /// The bytes of a small object that is loose; `nil` where it is not, or damaged. Other than for packs, no
  /// table is read for it.
  package func readLoose(_ digest: Digest) throws -> [UInt8]? {
    guard let bytes = try FileSystem.contents(of: path(of: digest)),
      SHA256.digest(of: bytes.span) == digest
    else { return nil }
    return bytes
  }

  private func readInSight(_ digest: Digest) throws -> [UInt8]? {
    let path = path(of: digest)
    let loose = try FileSystem.contents(of: path)
    if let loose, SHA256.digest(of: loose.span) == digest { return loose }
    var hasher = FileHasher()
    if let bytes = try withPacked(digest, using: &hasher, { $0.array }) { return bytes }
    if loose != nil { throw StoreError.damaged(digest, path: path.description) }
    return nil
  }

  /// The file of a loose object, for reading; `nil` where there is none, or something else has its
  /// name. An object that is nowhere else is brought back from the trash, loose or in its pack.
  package func openLoose(_ digest: Digest) throws -> OpenFile? {
    if let file = try openPresent(digest) { return file }
    guard try !packs.current().contains(digest), try rescue([digest]) else { return nil }
    return try openPresent(digest)
  }

  private func openPresent(_ digest: Digest) throws -> OpenFile? {
    let file = try OpenFile.ifPresent(path(of: digest), .read, followsLinks: false)
    guard let file, try file.status().isFile else { return nil }
    return file
  }

  /// Whether a large object was hashed when its file was as it is now.
  func isKnownSound(_ digest: Digest, _ status: FileStatus) -> Bool {
    if let since = distrustedSince, status.changed >= since { return false }
    return soundObjects?.vouches(for: digest, status) ?? false
  }

  // MARK: Listing

  /// The digests of all loose objects, sorted.
  package func looseObjects() throws -> [Digest] {
    let folder = objectsFolder
    let found = try parallelMap(Array(0..<256)) { byte -> [Digest] in
      let prefix = Digest.hexByte(UInt8(byte))
      return (try FileSystem.names(in: folder.appending(prefix)) ?? []).compactMap { name in
        Digest(hex: (Array(prefix.utf8) + name).span)
      }
    }
    return found.flatMap { $0 }
  }
}

extension Digest {
  /// Two hexadecimal digits.
  static func hexByte(_ byte: UInt8) -> String {
    let digits = Array("0123456789abcdef")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }

  /// Sixteen hexadecimal digits.
  static func hexWord(_ word: UInt64) -> String {
    (0..<8).map { hexByte(UInt8(truncatingIfNeeded: word >> (56 - UInt64($0) * 8))) }.joined()
  }

  /// Writes the hexadecimal digits of the bytes from `first` on, and a NUL.
  func writeHex(from first: Int, to name: UnsafeMutableBufferPointer<CChar>) {
    func digit(_ value: UInt8) -> CChar { CChar(value < 10 ? 0x30 + value : 0x57 + value) }
    var position = 0
    for index in first..<Self.byteCount {
      let byte = self[index]
      unsafe name[position] = digit(byte >> 4)
      unsafe name[position + 1] = digit(byte & 15)
      position += 2
    }
    unsafe name[position] = 0
  }
}
