package import DverCore
package import DverFileSystem
package import DverHashing
import Glibc

/// Objects that come from files.
extension StoreTransaction {
  /// Stores the bytes, unless they are there.
  @discardableResult
  package func store(_ bytes: [UInt8]) throws -> Digest {
    let digest = SHA256.digest(of: bytes.span)
    try store(bytes.span, digest: digest)
    return digest
  }

  /// Stores what the file holds now, by reflink or copy, and never touches the file.
  ///
  /// - Parameter isAlone: Whether a small one can be seen at once, because no others are to follow that would
  ///   share a pack with it.
  /// - Throws: ``ChangedFileError`` if somebody writes to the file meanwhile.
  package func store(
    fileAt path: AbsolutePath, reflink: Bool, isAlone: Bool = false,
    using hasher: inout FileHasher, progress: ((Int) throws -> Void)? = nil
  ) throws -> HashedFile {
    let source = try OpenFile(path, .read, followsLinks: false)
    let before = try source.status()
    let clock = FileClock.now()
    if before.size <= Int64(hasher.readLimit) {
      let digest = try hasher.read(source, at: 0, count: Int(before.size)) { digest, bytes in
        try check(source, unchangedSince: before, byteCount: Int64(bytes.count))
        try store(bytes, digest: digest, isAlone: isAlone)
        return digest
      }
      try progress?(Int(before.size))
      return HashedFile(digest: digest, status: before, hashedAt: clock)
    }
    let staged = try stagedPath()
    var digest: Digest
    do {
      let target = try newFile(at: staged)
      let copied: (digest: Digest, byteCount: Int64)
      if reflink, try target.clone(source) {
        copied = unsafe try hasher.digest(of: source, progress: progress)
      } else {
        copied = try hasher.copy(
          source, to: target, expectedByteCount: before.size, progress: progress)
      }
      digest = copied.digest
      try check(source, unchangedSince: before, byteCount: copied.byteCount)
      try target.finish()
      if try isPresent(digest, byteCount: before.size) {
        try FileSystem.removeFile(staged)
      } else {
        try publish(staged, as: digest, byteCount: before.size)
      }
    } catch {
      _ = try? FileSystem.removeFile(staged)
      throw error
    }
    return HashedFile(digest: digest, status: before, hashedAt: clock)
  }

  /// Makes the user's file itself the object, under a second name, and read-only.
  ///
  /// - Returns: `nil` where the file system refuses, or where the object was there already.
  package func adopt(
    fileAt path: AbsolutePath, using hasher: inout FileHasher,
    progress: ((Int) throws -> Void)? = nil
  ) throws -> HashedFile? {
    try adopt(OpenFile(path, .read, followsLinks: false), using: &hasher, progress: progress)
  }

  /// As ``adopt(fileAt:using:progress:)``, for a file that is open.
  ///
  /// - Throws: ``ChangedFileError`` if its path names another file by now.
  package func adopt(
    _ source: borrowing OpenFile, using hasher: inout FileHasher,
    progress: ((Int) throws -> Void)? = nil
  ) throws -> HashedFile? {
    let before = try source.status()
    let clock = FileClock.now()
    let staged = try stagedPath()
    do {
      try FileSystem.link(source.path, at: staged)
    } catch let error as FileSystemError
      where [EXDEV, EPERM, EMLINK, EACCES, ENOTSUP].contains(error.code)
    {
      return nil
    }
    do {
      // The link went by name, and somebody may have put another file there.
      try check(staged, isNameOf: source)
      // The second name and the mode change the status, so take it again.
      do {
        try source.setMode(Self.objectMode)
      } catch let error as FileSystemError where error.code == EPERM {
        // Somebody else's file, who could go on writing to it.
        try FileSystem.removeFile(staged)
        return nil
      }
      let linked = try source.status()
      let (digest, byteCount) = unsafe try hasher.digest(of: source, progress: progress)
      try check(source, unchangedSince: linked, byteCount: byteCount)
      guard try !isPresent(digest, byteCount: byteCount) else {
        try FileSystem.removeFile(staged)
        try source.setMode(before.mode)
        return nil
      }
      try check(staged, isNameOf: source)
      try publish(staged, as: digest, byteCount: byteCount, isOurs: false)
      return HashedFile(
        digest: digest, status: try source.status(), hashedAt: clock, isRelinked: true)
    } catch {
      _ = try? FileSystem.removeFile(staged)
      try? source.setMode(before.mode)
      throw error
    }
  }

  /// Copies a loose object out of another store, hashing what arrives.
  ///
  /// - Throws: ``StoreError/damaged(_:path:)`` if the other store's bytes are not the object's.
  package func receive(
    _ digest: Digest, from source: borrowing OpenFile, using hasher: inout FileHasher,
    progress: ((Int) throws -> Void)? = nil
  ) throws {
    let expected = try source.status().size
    if expected <= Int64(Self.packedByteLimit) {
      try hasher.read(source, at: 0, count: Int(expected)) { found, bytes in
        guard found == digest else {
          throw StoreError.damaged(digest, path: source.path.description)
        }
        try store(bytes, digest: digest)
      }
      try progress?(Int(expected))
      return
    }
    if try isPresent(digest, byteCount: expected) { return }
    let staged = try stagedPath()
    do {
      let target = try newFile(at: staged)
      let copied = try hasher.copy(
        source, to: target, expectedByteCount: expected, startsWriteback: isAwaited,
        progress: progress)
      try target.finish()
      guard copied.digest == digest else {
        throw StoreError.damaged(digest, path: source.path.description)
      }
      try publish(staged, as: digest, byteCount: copied.byteCount)
    } catch {
      _ = try? FileSystem.removeFile(staged)
      throw error
    }
  }

  private func check(_ name: AbsolutePath, isNameOf source: borrowing OpenFile) throws {
    let (named, open) = (try FileSystem.status(of: name), try source.status())
    guard named?.inode == open.inode, named?.device == open.device else {
      throw ChangedFileError(path: source.path)
    }
  }

  private func check(
    _ source: borrowing OpenFile, unchangedSince before: FileStatus, byteCount: Int64
  ) throws {
    let after = try source.status()
    guard before.hasSameContent(as: after), byteCount == after.size else {
      throw ChangedFileError(path: source.path)
    }
  }

  /// Whether the object is there already, and sound. A damaged one is put into quarantine, so that
  /// a good one can take its place.
  func isPresent(_ digest: Digest, byteCount: Int64) throws -> Bool {
    try store.holdInUse()
    if isPacking, try isPacked(digest) { return true }
    guard let status = try small.folders.status(of: digest, in: store) else {
      return false
    }
    if status.isFile, status.size == byteCount {
      // Copies of a file are many in some data.
      if hasPublished(digest) { return true }
      if store.isKnownSound(digest, status) { return true }
      if try store.isLooseIntact(digest) { return true }
    }
    try store.quarantine(digest)
    return false
  }

  /// Writes a loose object.
  func storeLoose(_ bytes: Span<UInt8>, digest: Digest) throws {
    let staged = try stagedPath()
    let file = try newFile(at: staged)
    try unsafe bytes.withUnsafeBytes { try unsafe file.write($0) }
    try file.finish()
    try publish(staged, at: store.path(of: digest))
    notePublished(digest)
  }

  /// - Parameter isOurs: Whether nobody else can have written to the file since it was hashed.
  private func publish(
    _ staged: AbsolutePath, as digest: Digest, byteCount: Int64, isOurs: Bool = true
  ) throws {
    let target = store.path(of: digest)
    try publish(staged, at: target)
    if isOurs { notePublished(digest) }
    if isOurs, byteCount >= SoundObjects.leastByteCount, let sound = store.soundObjects,
      let status = try FileSystem.status(of: target)
    {
      sound.note(digest, status, hashedAt: nil)
    }
    count(byteCount: byteCount)
  }
}
