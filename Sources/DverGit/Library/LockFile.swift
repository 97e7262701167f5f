import Glibc
import Synchronization

/// A lock file of git's that dver is about to take.
///
/// A record of it tells, after a crash, a lock that dver left from one that git holds.
package struct GitLockFile: Hashable, Sendable {
  /// `index.lock` or `config.lock`, absolute.
  package let path: [UInt8]
  package let device: UInt64
  package let inode: UInt64
  /// When it was made, in nanoseconds since 1970: inode numbers are used again soon.
  package let modified: Int64

  package init(path: [UInt8], device: UInt64, inode: UInt64, modified: Int64) {
    (self.path, self.device, self.inode, self.modified) = (path, device, inode, modified)
  }

  init(path: [UInt8], status: stat) {
    self.init(
      path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
      modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
  }

  /// Whether a file of this name beside the lock is one that the process uses while it writes.
  package func isWorkFile(_ name: [UInt8], of process: Int32) -> Bool {
    let lock = path[(path.lastIndex(of: slash).map { $0 + 1 } ?? 0)...]
    let mark = Array(".dver-\(process)-".utf8)
    return [lock.dropLast(".lock".utf8.count) + mark, lock + mark].contains {
      name.starts(with: $0)
    }
  }

  /// Removes the lock file if it is still this one; the caller knows that its maker is dead.
  ///
  /// - Returns: Whether it was there.
  package func removeStale() throws(GitError) -> Bool {
    var status = stat()
    guard unsafe withCString(path, { unsafe lstat($0, &status) }) == 0 else { return false }
    guard GitLockFile(path: path, status: status) == self else { return false }
    guard unsafe withCString(path, { unsafe unlink($0) }) == 0 else {
      throw .system(action: "remove", path: path, code: errno)
    }
    return true
  }
}

/// The lock on a file of git's, held as long as this lives.
struct HeldLockFile: ~Copyable {
  private let path: [UInt8]

  private static let counter = Atomic(0)

  /// A name beside `path` that no other process and no other thread uses.
  private static func uniqueName(beside path: [UInt8]) -> [UInt8] {
    let number = counter.add(1, ordering: .relaxed).newValue
    return path + Array(".dver-\(getpid())-\(number)".utf8)
  }

  /// Replaces the file at `file`, under the lock on it, by what `write` makes at another path; the
  /// mode of the file stays.
  static func replace(
    _ file: [UInt8], timeout: Duration, willWait: () -> Void = {},
    willLock: (GitLockFile) throws -> Void, write: (_ prepared: [UInt8]) throws -> Void
  ) throws {
    let lock = try take(file: file, timeout: timeout, willWait: willWait, willLock: willLock)
    let prepared = uniqueName(beside: file)
    defer { _ = unsafe withCString(prepared) { unsafe unlink($0) } }
    let mode = try? WorkFile.status(of: file).st_mode & 0o777
    try write(prepared)
    if let mode { _ = unsafe withCString(prepared) { unsafe chmod($0, mode) } }
    try WorkFile.sync(prepared)
    let status = unsafe withCString(prepared) { prepared in
      unsafe withCString(file) { unsafe rename(prepared, $0) }
    }
    guard status == 0 else { throw GitError.system(action: "write", path: file, code: errno) }
    _ = consume lock
    // Whoever noted the lock forgets it now: it must not come back.
    try WorkFile.sync(Array(file[..<(file.lastIndex(of: slash) ?? 0)]))
  }

  /// Takes the lock on the file at `file`, waiting for others up to `timeout`.
  ///
  /// The lock file is made under another name, shown to `willLock`, and only then linked into
  /// place, so that whoever recorded it knows it again.
  private static func take(
    file: [UInt8], timeout: Duration, willWait: () -> Void,
    willLock: (GitLockFile) throws -> Void
  ) throws -> HeldLockFile {
    let path = file + Array(".lock".utf8)
    let prepared = uniqueName(beside: path)
    let lock = try create(prepared, for: path)
    defer { _ = unsafe withCString(prepared) { unsafe unlink($0) } }
    try willLock(lock)
    let deadline = Deadline(timeout)
    var waits = false
    while true {
      let status = unsafe withCString(prepared) { prepared in
        unsafe withCString(path) { unsafe link(prepared, $0) }
      }
      if status == 0 { return HeldLockFile(path: path) }
      let code = errno
      if lacksHardLinks(code), let direct = try createIfAbsent(path) {
        let held = HeldLockFile(path: path)
        try willLock(direct)
        return held
      }
      guard code == EEXIST || lacksHardLinks(code) else {
        throw GitError.system(action: "create", path: path, code: code)
      }
      if !waits, deadline.isAhead { willWait() }
      waits = true
      guard deadline.waitBriefly() else { throw GitError.locked(path: path) }
    }
  }

  /// Makes the lock file itself, where hard links cannot be had; `nil` where somebody holds it.
  private static func createIfAbsent(_ path: [UInt8]) throws(GitError) -> GitLockFile? {
    do throws(GitError) {
      return try create(path, for: path)
    } catch .system(_, _, EEXIST) {
      return nil
    }
  }

  private static func create(
    _ prepared: [UInt8], for path: [UInt8]
  ) throws(GitError) -> GitLockFile {
    let descriptor = unsafe withCString(prepared) {
      unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .system(action: "create", path: prepared, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .system(action: "read", path: prepared, code: errno)
    }
    return GitLockFile(path: path, status: status)
  }

  deinit { _ = unsafe withCString(path) { unsafe unlink($0) } }
}

/// Whether link(2) failed because the file system has no hard links.
func lacksHardLinks(_ code: Int32) -> Bool {
  [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK].contains(code)
}

/// The end of a wait for somebody else's lock.
struct Deadline {
  private let end: ContinuousClock.Instant

  init(_ timeout: Duration) { end = .now + timeout }

  var isAhead: Bool { .now < end }

  /// Sleeps for a moment; `false`, at once, where the time is over.
  func waitBriefly() -> Bool {
    guard isAhead else { return false }
    usleep(20_000)
    return true
  }
}
