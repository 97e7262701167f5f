package import DverCore
package import DverFileSystem
package import DverHashing
import Glibc
import Synchronization

/// Puts objects of a store into the workspace, each under a name that nobody sees until it is
/// complete.
///
/// Any number of threads may share one.
package final class Placement: Sendable {
  private let store: ObjectStore
  private let types: [LinkType]
  /// Link types that the file systems have refused so far.
  private let refused = Mutex<Set<LinkType>>([])
  private let fileMode: UInt32
  /// What makes files of packed objects that are to be linked to.
  private let unpacking: StoreTransaction

  /// A file that was placed.
  package struct Placed: Sendable {
    package let type: LinkType
    package let status: FileStatus
  }

  package init(from store: ObjectStore, types: [LinkType]) {
    self.store = store
    self.types = types
    let mask = umask(0)
    umask(mask)
    fileMode = 0o666 & ~mask
    unpacking = StoreTransaction(store, packing: false)
  }

  /// Makes `target`, which must not exist, hold the object.
  ///
  /// A copy is hashed on the way; a link is made only to an object that was found sound. A large
  /// object that was hashed before, and not touched since, is not hashed again.
  ///
  /// - Throws: ``StoreError/missing(_:store:)`` or ``StoreError/damaged(_:path:)``; then the object
  ///   is in quarantine and nothing is at `target`.
  package func place(
    _ digest: Digest, byteCount: Int64, isExecutable: Bool, at target: AbsolutePath,
    using hasher: inout FileHasher, progress: ((Int) throws -> Void)? = nil
  ) throws -> Placed {
    // A link would carry the mode to the object, and every empty file would share one inode.
    let mayBeLinked = !isExecutable && byteCount > 0
    let types = types.filter { type in
      (mayBeLinked || !type.isLink) && !refused.withLock { $0.contains(type) }
    }
    guard let object = try looseObject(digest, types, using: &hasher) else {
      let type = try placePacked(digest, isExecutable, target, &hasher, progress)
      return try placed(type, at: target)
    }
    for type in types {
      // Whoever made a linked file executable did so to the object.
      if type.isLink, try !isPlain(object) { continue }
      if try place(object, digest, type, isExecutable, target, &hasher, progress) {
        return try placed(type, at: target)
      }
      refused.withLock { _ = $0.insert(type) }
      // It may have been read to its end.
      try object.rewind()
    }
    _ = try place(object, digest, .copy, isExecutable, target, &hasher, progress)
    return try placed(.copy, at: target)
  }

  /// Whether the file of an object is not executable, or was made so.
  private func isPlain(_ object: borrowing OpenFile) throws -> Bool {
    let mode = try object.status().mode
    guard mode & 0o111 != 0 else { return true }
    do {
      try object.setMode(mode & StoreTransaction.objectMode)
      return true
    } catch let error as FileSystemError where [EPERM, EACCES, EROFS].contains(error.code) {
      return false
    }
  }

  private func placed(_ type: LinkType, at target: AbsolutePath) throws -> Placed {
    guard let status = try FileSystem.status(of: target) else {
      throw FileSystemError(.find, target, code: ENOENT)
    }
    return Placed(type: type, status: status)
  }

  /// The file of a loose object; a packed one gets one if it is to be linked to.
  private func looseObject(
    _ digest: Digest, _ types: [LinkType], using hasher: inout FileHasher
  ) throws -> OpenFile? {
    if let object = try store.openLoose(digest) { return object }
    guard types.first?.isLink == true else { return nil }
    try withPacked(digest, &hasher) { try unpacking.store($0, digest: digest) }
    return try store.openLoose(digest)
  }

  private func withPacked(
    _ digest: Digest, _ hasher: inout FileHasher, _ body: (Span<UInt8>) throws -> Void
  ) throws {
    do {
      guard try store.withPacked(digest, using: &hasher, body) != nil else {
        throw StoreError.missing(digest, store: "the cache")
      }
    } catch let error as StoreError {
      if case .damaged = error { try store.ifWritable { try store.quarantine(digest) } }
      throw error
    }
  }

  /// Writes a file of an object that has none of its own.
  private func placePacked(
    _ digest: Digest, _ isExecutable: Bool, _ target: AbsolutePath, _ hasher: inout FileHasher,
    _ progress: ((Int) throws -> Void)?
  ) throws -> LinkType {
    try withPacked(digest, &hasher) { content in
      let file = try newFile(at: target, isExecutable)
      do {
        try unsafe content.withUnsafeBytes { try unsafe file.write($0) }
        try file.finish()
      } catch {
        _ = try? FileSystem.removeFile(target)
        throw error
      }
      try progress?(content.count)
    }
    return .copy
  }

  private func newFile(at target: AbsolutePath, _ isExecutable: Bool) throws -> OpenFile {
    let mode = isExecutable ? fileMode | (fileMode & 0o444) >> 2 : fileMode
    return try OpenFile(target, .createNew(permissions: mode | 0o600))
  }

  /// - Returns: `false`, with nothing done, where the file system does not offer the type.
  private func place(
    _ object: borrowing OpenFile, _ digest: Digest, _ type: LinkType, _ isExecutable: Bool,
    _ target: AbsolutePath, _ hasher: inout FileHasher, _ progress: ((Int) throws -> Void)?
  ) throws -> Bool {
    switch type {
    case .hardlink:
      try checkContent(of: object, digest, &hasher, progress)
      return try isOffered { try FileSystem.link(store.path(of: digest), at: target) }
    case .symlink:
      try checkContent(of: object, digest, &hasher, progress)
      return try isOffered {
        try FileSystem.makeSymbolicLink(to: store.path(of: digest).bytes, at: target)
      }
    case .reflink, .copy:
      let file = try newFile(at: target, isExecutable)
      do {
        if type == .reflink {
          guard try file.clone(object) else {
            try FileSystem.removeFile(target)
            return false
          }
          try checkContent(of: object, digest, &hasher, progress)
        } else {
          try copy(object, digest, to: file, &hasher, progress)
        }
        try file.finish()
      } catch {
        _ = try? FileSystem.removeFile(target)
        throw error
      }
      return true
    }
  }

  private func isOffered(_ link: () throws -> Void) throws -> Bool {
    do {
      try link()
      return true
    } catch let error as FileSystemError
      where [EXDEV, EPERM, EMLINK, ENOTSUP].contains(error.code)
    {
      return false
    }
  }

  private func copy(
    _ object: borrowing OpenFile, _ digest: Digest, to file: borrowing OpenFile,
    _ hasher: inout FileHasher, _ progress: ((Int) throws -> Void)?
  ) throws {
    let (before, clock) = (try object.status(), FileClock.now())
    if store.isKnownSound(digest, before),
      try file.copyAll(of: object, byteCount: before.size, progress: progress)
    {
      if store.isKnownSound(digest, try object.status()) { return }
      try file.truncate()
    }
    let copied = try hasher.copy(
      object, to: file, expectedByteCount: before.size, progress: progress)
    guard copied.digest == digest else { throw try damage(digest) }
    try note(object, digest, before, clock)
  }

  private func checkContent(
    of object: borrowing OpenFile, _ digest: Digest, _ hasher: inout FileHasher,
    _ progress: ((Int) throws -> Void)?
  ) throws {
    let (before, clock) = (try object.status(), FileClock.now())
    if store.isKnownSound(digest, before) {
      try progress?(Int(before.size))
      return
    }
    guard unsafe try hasher.digest(of: object, progress: progress).digest == digest else {
      throw try damage(digest)
    }
    try note(object, digest, before, clock)
  }

  private func note(
    _ object: borrowing OpenFile, _ digest: Digest, _ before: FileStatus, _ clock: FileClock
  ) throws {
    let after = try object.status()
    guard before.hasSameContent(as: after) else { return }
    store.soundObjects?.note(digest, after, hashedAt: clock)
  }

  private func damage(_ digest: Digest) throws -> StoreError {
    let path = store.path(of: digest).description
    try store.ifWritable { try store.quarantine(digest) }
    return .damaged(digest, path: path)
  }
}
