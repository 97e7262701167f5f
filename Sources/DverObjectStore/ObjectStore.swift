package import DverCore
package import DverFileSystem
package import DverHashing
import DverParallel
import Glibc

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
  /// What needs no hashing on its way to the user; `nil` to hash everything.
  let soundObjects: SoundObjects?

  private init(
    folder: AbsolutePath, descriptor: StoreDescriptor, soundObjects: SoundObjects?
  ) throws {
    self.soundObjects = soundObjects
    self.folder = folder
    self.descriptor = descriptor
    distrustedSince = try PendingEntry.oldestOfEarlierBoot(in: folder.appending("pending"))
  }

  /// Opens the store at `folder`; `nil` where there is none.
  package static func open(
    at folder: AbsolutePath, soundObjects: SoundObjects? = nil
  ) throws -> ObjectStore? {
    guard let descriptor = try StoreDescriptor.read(at: folder) else { return nil }
    return try ObjectStore(folder: folder, descriptor: descriptor, soundObjects: soundObjects)
  }

  /// Opens the store at `folder`, and makes it if there is none.
  package static func openOrCreate(
    at folder: AbsolutePath, soundObjects: SoundObjects? = nil
  ) throws -> ObjectStore {
    if let store = try open(at: folder, soundObjects: soundObjects) { return store }
    return try ObjectStore(
      folder: folder, descriptor: StoreDescriptor.create(at: folder), soundObjects: soundObjects)
  }

  // MARK: Where things are

  package var objectsFolder: AbsolutePath { folder.appending("objects") }

  /// Where the loose object of `digest` is, or would be.
  package func path(of digest: Digest) -> AbsolutePath {
    let hex = Array(digest.hex.utf8)
    return objectsFolder.appending(hex[..<2]).appending(hex[2...])
  }

  // MARK: Reading

  /// The status of the object's file; `nil` where the object is missing or not to be trusted.
  package func status(of digest: Digest) throws -> FileStatus? {
    let path = path(of: digest)
    guard let status = try FileSystem.status(of: path), status.isFile else { return nil }
    guard let since = distrustedSince, status.changed >= since else { return status }
    return try isIntact(digest) ? status : nil
  }

  package func contains(_ digest: Digest) throws -> Bool {
    try status(of: digest) != nil
  }

  /// Whether the object is there and its content is right; reads all of it.
  package func isIntact(_ digest: Digest) throws -> Bool {
    guard let file = try OpenFile.ifPresent(path(of: digest), .read, followsLinks: false) else {
      return false
    }
    guard try file.status().isFile else { return false }
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
    let path = path(of: digest)
    guard let bytes = try FileSystem.contents(of: path) else { return nil }
    guard SHA256.digest(of: bytes.span) == digest else {
      throw StoreError.damaged(digest, path: path.description)
    }
    return bytes
  }

  /// The object's file, for reading; `nil` where it is missing, or something else has its name.
  package func openIfPresent(_ digest: Digest) throws -> OpenFile? {
    let file = try OpenFile.ifPresent(path(of: digest), .read, followsLinks: false)
    guard let file, try file.status().isFile else { return nil }
    return file
  }

  /// Whether a large object was hashed when its file was as it is now.
  func isKnownSound(_ digest: Digest, _ status: FileStatus) -> Bool {
    if let since = distrustedSince, status.changed >= since { return false }
    return soundObjects?.vouches(for: digest, status) ?? false
  }

  // MARK: Many at once

  /// What is wrong with one of many objects.
  package enum Defect: Sendable {
    case missing
    case wrongSize
    /// Changed after the time that was asked for.
    case suspect
  }

  /// The objects that are not there, or not as they should be: their positions in `digests`.
  ///
  /// Cost: a look at each, from an open descriptor of its folder, on all processors.
  ///
  /// - Parameters:
  ///   - sizes: The bytes of each object; a negative number where unknown.
  ///   - knownGood: Objects whose status changed at or after this time are suspect; `nil` to leave
  ///     that out.
  package func defects(
    among digests: [Digest], sizes: [Int64], changedSince knownGood: FileClock? = nil
  ) throws -> [(index: Int, defect: Defect)] {
    precondition(digests.count == sizes.count)
    let order = digests.indices.sorted { digests[$0] < digests[$1] }
    // One chunk a folder: `starts[h]` is where the digests that begin with byte h begin.
    var starts = Array(repeating: 0, count: 257)
    for digest in digests { starts[Int(digest[0]) + 1] += 1 }
    for byte in 0..<256 { starts[byte + 1] += starts[byte] }
    let limit = min(knownGood?.nanoseconds ?? .max, distrustedSince ?? .max)
    let occupied = (0..<256).filter { starts[$0] < starts[$0 + 1] }
    let (folder, ranges) = (objectsFolder, starts)
    let found = try parallelMap(occupied) { byte -> [(index: Int, defect: Defect)] in
      let name = Digest.hexByte(UInt8(byte))
      let members = order[ranges[byte]..<ranges[byte + 1]]
      guard let directory = try OpenFile.ifPresent(folder.appending(name), .directory) else {
        return members.map { ($0, .missing) }
      }
      var defects: [(index: Int, defect: Defect)] = []
      for index in members {
        let status = try directory.status(ofObject: digests[index])
        guard let status, status.isFile else {
          defects.append((index, .missing))
          continue
        }
        if sizes[index] >= 0, status.size != sizes[index] {
          defects.append((index, .wrongSize))
        } else if status.changed >= limit {
          defects.append((index, .suspect))
        }
      }
      return defects
    }
    return found.flatMap { $0 }.sorted { $0.index < $1.index }
  }

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

extension OpenFile {
  /// The status of an object in an open folder of objects.
  fileprivate borrowing func status(ofObject digest: Digest) throws -> FileStatus? {
    try unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Digest.hexCount) { name in
      unsafe digest.writeHex(from: 1, to: name)
      guard let start = name.baseAddress else { return nil }
      return try unsafe status(ofName: UnsafePointer(start))
    }
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
  fileprivate func writeHex(from first: Int, to name: UnsafeMutableBufferPointer<CChar>) {
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
