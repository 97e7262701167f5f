package import DverCore
package import DverFileSystem
import Glibc

/// Hashes files, one after the other, through one buffer; a thread has one of its own.
@safe package struct FileHasher: ~Copyable {
  private var hash = SHA256()
  let buffer: UnsafeMutableRawBufferPointer

  /// Large enough to keep system calls rare, small enough for the second-level cache.
  package static let bufferByteCount = 256 * 1024

  /// - Parameter byteCount: How long the files are, as far as that is known: a large buffer costs more than
  ///   hashing a small file.
  package init(expecting byteCount: Int64 = .max) {
    let count = Int(min(max(byteCount, Self.leastByteCount), Int64(Self.bufferByteCount - 1)))
    // With room for a byte more, the end of the file shows without another read.
    unsafe buffer = .allocate(byteCount: count + 1, alignment: 16)
  }

  private static let leastByteCount: Int64 = 4095

  deinit { unsafe buffer.deallocate() }

  /// How much ``read(_:at:count:skipping:_:)`` can read.
  package var readLimit: Int { unsafe buffer.count }

  /// The digest of what `file` holds from its present position on.
  ///
  /// - Parameters:
  ///   - copying: Takes every block in order, before the next is read.
  ///   - progress: Told the bytes of every block.
  /// - Returns: The digest and the count of bytes.
  package mutating func digest(
    of file: borrowing OpenFile,
    progress: ((Int) throws -> Void)? = nil,
    copying: ((UnsafeRawBufferPointer) throws -> Void)? = nil
  ) throws -> (digest: Digest, byteCount: Int64) {
    hash.restart()
    var byteCount: Int64 = 0
    while true {
      let count = try unsafe file.read(into: buffer)
      if count > 0 {
        let block = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
        unsafe hash.update(block)
        if let copying = unsafe copying { try unsafe copying(block) }
        byteCount += Int64(count)
        try progress?(count)
      }
      if unsafe count < buffer.count { break }
    }
    return (hash.read(), byteCount)
  }

  /// The digest of bytes in memory.
  package mutating func digest(of bytes: Span<UInt8>) -> Digest { hash.digest(of: bytes) }

  /// Reads from an offset on into the buffer and hashes what it read.
  ///
  /// - Parameters:
  ///   - count: At most ``readLimit``.
  ///   - skipped: So many of the first bytes are not hashed.
  ///   - body: Takes the digest and all bytes, fewer than `count` where the file ends.
  package mutating func read<Result: ~Copyable>(
    _ file: borrowing OpenFile, at offset: Int64, count: Int, skipping skipped: Int = 0,
    _ body: (Digest, Span<UInt8>) throws -> Result
  ) throws -> Result {
    try withBytes(of: file, at: offset, count: count) { hash, bytes in
      let digest = hash.digest(of: bytes.extracting(droppingFirst: min(skipped, bytes.count)))
      return try body(digest, bytes)
    }
  }

  /// Reads from an offset on into the buffer.
  ///
  /// - Parameters:
  ///   - count: At most ``readLimit``.
  ///   - body: Takes something to hash with and all bytes, fewer than `count` where the file ends.
  package mutating func withBytes<Result: ~Copyable>(
    of file: borrowing OpenFile, at offset: Int64, count: Int,
    _ body: (inout SHA256, Span<UInt8>) throws -> Result
  ) throws -> Result {
    precondition(count <= readLimit)
    var filled = 0
    while filled < count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<count])
      let part = unsafe try file.read(at: offset + Int64(filled), into: rest, atMost: rest.count)
      if part == 0 { break }
      filled += part
    }
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    return try body(&hash, unsafe Span<UInt8>(_unsafeBytes: bytes))
  }

  mutating func restart() { hash.restart() }
  mutating func update(_ block: UnsafeRawBufferPointer) { unsafe hash.update(block) }
  func read() -> Digest { hash.read() }

  /// The digest of a regular file that nobody changes meanwhile.
  ///
  /// - Throws: ``ChangedFileError`` where the file's status before and after differs.
  package mutating func digest(
    ofFileAt path: AbsolutePath, progress: ((Int) throws -> Void)? = nil
  ) throws -> HashedFile {
    let file = try OpenFile(path, .read, followsLinks: false)
    let clock = FileClock.now()
    let before = try file.status()
    let result = unsafe try digest(of: file, progress: progress)
    let after = try file.status()
    guard before.hasSameContent(as: after), result.byteCount == after.size else {
      throw ChangedFileError(path: path)
    }
    return HashedFile(digest: result.digest, status: after, hashedAt: clock)
  }
}

/// A file's digest, with the status that it had before, while and after it was read.
package struct HashedFile: Sendable {
  package let digest: Digest
  package let status: FileStatus
  /// When reading began.
  package let hashedAt: FileClock
  /// Whether dver itself changed the file's status since, by a link or its mode: then a later
  /// change of content shows in the time of modification alone.
  package let isRelinked: Bool

  package init(
    digest: Digest, status: FileStatus, hashedAt: FileClock, isRelinked: Bool = false
  ) {
    self.digest = digest
    self.status = status
    self.hashedAt = hashedAt
    self.isRelinked = isRelinked
  }

  /// Whether the file cannot change without its stamp changing too; see ``FileClock``.
  package func isVouchedFor(on place: FileClock.Place) -> Bool {
    var stamp = FileStamp(status)
    if isRelinked { stamp.changed = stamp.modified }
    return hashedAt.delay(untilVouchedFor: stamp, on: place) == 0
  }
}

/// A file that somebody wrote to while it was read.
package struct ChangedFileError: DverError {
  package let path: AbsolutePath

  package init(path: AbsolutePath) { self.path = path }

  package var message: String { "\(path) changed while it was read" }
  package var hint: String? { "wait until nobody writes to it and run the command again" }
}
