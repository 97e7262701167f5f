import CSystem
import Glibc

/// The only owner of a file descriptor; closes it when it goes.
@safe package struct OpenFile: ~Copyable {
  package private(set) var descriptor: Int32
  /// For messages.
  package let path: AbsolutePath

  /// How a file is opened.
  package enum Mode: Sendable {
    case read
    /// An existing file, for reading and writing.
    case update
    /// A new file; one that is there already is an error.
    case createNew(permissions: UInt32)
    /// A file to read and write, made if it is not there.
    case createIfMissing(permissions: UInt32)
    /// A directory.
    case directory

    var flags: Int32 {
      switch self {
      // Opening a pipe must not wait for whoever writes to it.
      case .read: O_RDONLY | O_NONBLOCK
      case .update: O_RDWR
      case .createNew: O_RDWR | O_CREAT | O_EXCL
      case .createIfMissing: O_RDWR | O_CREAT
      case .directory: O_RDONLY | O_DIRECTORY
      }
    }

    var permissions: UInt32 {
      switch self {
      case .createNew(let permissions), .createIfMissing(let permissions): permissions
      default: 0
      }
    }
  }

  /// Opens `path`; a symbolic link at its end is followed only if `followsLinks`.
  package init(_ path: AbsolutePath, _ mode: Mode, followsLinks: Bool = true) throws {
    let flags = mode.flags | (followsLinks ? 0 : O_NOFOLLOW)
    let descriptor = unsafe path.withCString {
      unsafe dver_openat(AT_FDCWD, $0, flags, mode.permissions)
    }
    guard descriptor >= 0 else {
      if case .createNew = mode { throw FileSystemError(.create, path) }
      throw FileSystemError(.open, path)
    }
    self.init(adopting: descriptor, path: path)
  }

  /// Opens `path`, or returns `nil` where there is nothing.
  package static func ifPresent(
    _ path: AbsolutePath, _ mode: Mode, followsLinks: Bool = true
  ) throws -> OpenFile? {
    do {
      return try OpenFile(path, mode, followsLinks: followsLinks)
    } catch let error as FileSystemError where error.isNotFound {
      return nil
    }
  }

  package init(adopting descriptor: Int32, path: AbsolutePath) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Closes the descriptor and says whether the system took everything that was written.
  package consuming func finish() throws {
    let result = close(descriptor)
    descriptor = -1
    guard result == 0 else { throw FileSystemError(.write, path) }
  }

  package func status() throws -> FileStatus {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileSystemError(.stat, path) }
    return FileStatus(status)
  }

  /// Fills `buffer` from the present position as far as the file goes; returns the count of bytes.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = unsafe Glibc.read(
        descriptor, buffer.baseAddress.map { unsafe $0 + filled }, buffer.count - filled)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw FileSystemError(.read, path)
      }
      filled += count
    }
    return filled
  }

  /// Reads up to `count` bytes at `offset` into the beginning of `buffer`; 0 at the end of the file.
  package func read(
    at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, atMost count: Int
  ) throws -> Int {
    precondition(count <= buffer.count)
    while true {
      let filled = unsafe pread(descriptor, buffer.baseAddress, count, Int(offset))
      if filled >= 0 { return filled }
      guard errno == EINTR else { throw FileSystemError(.read, path) }
    }
  }

  /// Reads `count` bytes at `offset`; fewer only at the end of the file.
  package func read(at offset: Int64, count: Int) throws -> [UInt8] {
    unsafe try Array(unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let part = unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled,
          Int(offset) + filled)
        if part == 0 { break }
        guard part > 0 else {
          if errno == EINTR { continue }
          throw FileSystemError(.read, path)
        }
        filled += part
      }
    }
  }

  /// Reads from the present position to the end, at most `limit` bytes.
  package func readToEnd(limit: Int = .max) throws -> [UInt8] {
    let expected = Int(clamping: try status().size)
    var bytes: [UInt8] = []
    var chunkSize = min(max(expected + 1, 512), limit)
    while bytes.count < limit {
      let chunk = unsafe try [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, filled in
        filled = try unsafe read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if bytes.isEmpty { bytes = chunk } else { bytes.append(contentsOf: chunk) }
      if chunk.count < chunkSize { break }
      chunkSize = min(1 << 20, limit - bytes.count)
    }
    return bytes
  }

  package func write(_ bytes: [UInt8]) throws {
    unsafe try bytes.withUnsafeBytes { try unsafe write($0) }
  }

  /// Writes all of `bytes` at the present position.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var written = 0
    while written < bytes.count {
      let count = unsafe Glibc.write(
        descriptor, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw FileSystemError(.write, path)
      }
      written += count
    }
  }

  /// Writes all of `bytes` at `offset`.
  package func write(_ bytes: [UInt8], at offset: Int64) throws {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        unsafe pwrite(
          descriptor, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written,
          Int(offset) + written)
      }
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw FileSystemError(.write, path)
      }
      written += count
    }
  }

  /// Sets the position back to the first byte.
  package func rewind() throws {
    guard lseek(descriptor, 0, SEEK_SET) >= 0 else { throw FileSystemError(.read, path) }
  }

  package func truncate(to size: Int64 = 0) throws {
    guard ftruncate(descriptor, Int(size)) == 0, lseek(descriptor, 0, SEEK_SET) >= 0 else {
      throw FileSystemError(.write, path)
    }
  }

  package func setMode(_ mode: UInt32) throws {
    guard fchmod(descriptor, mode) == 0 else { throw FileSystemError(.change, path) }
  }

  /// Waits until the file's content is on stable storage.
  package func sync() throws {
    guard fsync(descriptor) == 0 else { throw FileSystemError(.sync, path) }
  }

  /// Waits until everything written to the file system around the file is on stable storage.
  package func syncFileSystem() throws {
    guard dver_syncfs(descriptor) == 0 else { throw FileSystemError(.sync, path) }
  }

  /// Asks the system to begin writing the range out, without waiting.
  package func startWriteback(offset: Int64, count: Int64) {
    _ = dver_sync_file_range(descriptor, offset, count)
  }

  /// Takes an exclusive lock that ends with the descriptor; `false` if somebody else holds one.
  package func tryLock() throws -> Bool {
    if dver_lock_exclusive(descriptor) == 0 { return true }
    guard errno == EAGAIN || errno == EACCES else { throw FileSystemError(.lock, path) }
    return false
  }

  /// Takes a lock that others may share and that ends with the descriptor; `false` if somebody holds
  /// an exclusive one.
  package func tryLockShared() throws -> Bool {
    if dver_lock_shared(descriptor) == 0 { return true }
    guard errno == EAGAIN || errno == EACCES else { throw FileSystemError(.lock, path) }
    return false
  }
}
