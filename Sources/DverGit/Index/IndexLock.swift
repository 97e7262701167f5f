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

  package init(path: [UInt8], device: UInt64, inode: UInt64) {
    (self.path, self.device, self.inode) = (path, device, inode)
  }

  /// Removes the lock file if it is still this one; the caller knows that its maker is dead.
  ///
  /// - Returns: Whether it was there.
  package func removeStale() throws(GitError) -> Bool {
    var status = stat()
    guard unsafe withCString(path, { unsafe lstat($0, &status) }) == 0 else { return false }
    guard UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode else { return false }
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
      guard errno == EEXIST else {
        throw GitError.system(action: "create", path: path, code: errno)
      }
      guard deadline.waitBriefly() else { throw GitError.locked(path: path) }
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
    return GitIndexLock(path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  deinit { _ = unsafe withCString(path) { unsafe unlink($0) } }
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
