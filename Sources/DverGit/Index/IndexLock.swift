import Glibc
import Synchronization

/// A lock file of git's that dver is about to take.
///
/// A record of it tells, after a crash, a lock that dver left from one that git holds.
package struct GitIndexLock: Hashable, Sendable {
  /// `index.lock`, absolute.
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
  package static func isWorkFile(_ name: [UInt8], of process: Int32) -> Bool {
    ["index.dver-\(process)-", "index.lock.dver-\(process)-"].contains {
      name.starts(with: $0.utf8)
    }
  }

  /// Removes the lock file if it is still this one; the caller knows that its maker is dead.
  ///
  /// - Returns: Whether it was there.
  package func removeStale() throws(GitError) -> Bool {
    var status = stat()
    guard unsafe withCString(path, { unsafe lstat($0, &status) }) == 0 else { return false }
    guard GitIndexLock(path: path, status: status) == self else { return false }
    guard unsafe withCString(path, { unsafe unlink($0) }) == 0 else {
      throw .system(action: "remove", path: path, code: errno)
    }
    return true
  }
}

/// The lock on a git index, held until `release`.
struct HeldIndexLock: ~Copyable {
  private let path: [UInt8]

  private static let counter = Atomic(0)

  /// A name beside `path` that no other process and no other thread uses.
  static func uniqueName(beside path: [UInt8]) -> [UInt8] {
    let number = counter.add(1, ordering: .relaxed).newValue
    return path + Array(".dver-\(getpid())-\(number)".utf8)
  }

  /// Takes the lock on the index file `index`, waiting for others up to `timeout`.
  ///
  /// The lock file is made under another name, shown to `willLock`, and only then linked into
  /// place, so that whoever recorded it knows it again.
  static func take(
    index: [UInt8], timeout: Duration, willLock: (GitIndexLock) throws -> Void
  ) throws -> HeldIndexLock {
    let path = index + Array(".lock".utf8)
    let prepared = uniqueName(beside: path)
    let lock = try create(prepared, for: path)
    defer { _ = unsafe withCString(prepared) { unsafe unlink($0) } }
    try willLock(lock)
    let deadline = Deadline(timeout)
    while true {
      let status = unsafe withCString(prepared) { prepared in
        unsafe withCString(path) { unsafe link(prepared, $0) }
      }
      if status == 0 { return HeldIndexLock(path: path) }
      let code = errno
      if lacksHardLinks(code), let direct = try createIfAbsent(path) {
        let held = HeldIndexLock(path: path)
        try willLock(direct)
        return held
      }
      guard code == EEXIST || lacksHardLinks(code) else {
        throw GitError.system(action: "create", path: path, code: code)
      }
      guard deadline.waitBriefly() else { throw GitError.locked(path: path) }
    }
  }

  /// Makes the lock file itself, where hard links cannot be had; `nil` where somebody holds it.
  private static func createIfAbsent(_ path: [UInt8]) throws(GitError) -> GitIndexLock? {
    do throws(GitError) {
      return try create(path, for: path)
    } catch .system(_, _, EEXIST) {
      return nil
    }
  }

  private static func create(
    _ prepared: [UInt8], for path: [UInt8]
  ) throws(GitError) -> GitIndexLock {
    let descriptor = unsafe withCString(prepared) {
      unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .system(action: "create", path: prepared, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .system(action: "read", path: prepared, code: errno)
    }
    return GitIndexLock(path: path, status: status)
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

  /// Sleeps for a moment; `false`, at once, where the time is over.
  func waitBriefly() -> Bool {
    guard .now < end else { return false }
    usleep(20_000)
    return true
  }
}
