import Glibc

/// The few calls on plain files that git needs: stat data and whole small files.
enum WorkFile {
  /// The stat data of a regular file, or of whatever else stands at `path`.
  static func status(of path: [UInt8]) throws(GitError) -> stat {
    var status = stat()
    guard unsafe withCString(path, { unsafe lstat($0, &status) }) == 0 else {
      throw .system(action: "read", path: path, code: errno)
    }
    return status
  }

  /// The bytes of the regular file at `path` and its stat data, which is `nil` where the file
  /// changed while it was read.
  static func read(
    _ path: [UInt8], followingLinks: Bool = false
  ) throws(GitError) -> (bytes: [UInt8], status: stat?) {
    let linkFlag = followingLinks ? 0 : O_NOFOLLOW
    let descriptor = unsafe withCString(path) {
      unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | linkFlag)
    }
    guard descriptor >= 0 else {
      if errno == ELOOP, !followingLinks { throw .notAFile(path: path) }
      throw .system(action: "read", path: path, code: errno)
    }
    defer { close(descriptor) }
    var before = stat()
    var after = stat()
    guard unsafe fstat(descriptor, &before) == 0 else {
      throw .system(action: "read", path: path, code: errno)
    }
    guard before.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    let bytes = try contents(of: descriptor, expecting: Int(before.st_size), path: path)
    guard unsafe fstat(descriptor, &after) == 0 else {
      throw .system(action: "read", path: path, code: errno)
    }
    let isSame = StatData(before) == StatData(after) && bytes.count == Int(after.st_size)
    return (bytes, isSame ? after : nil)
  }

  /// All bytes from `descriptor`'s position to the end of its file.
  static func contents(
    of descriptor: Int32, expecting count: Int, path: [UInt8]
  ) throws(GitError) -> [UInt8] {
    var bytes: [UInt8] = []
    var failure: Int32 = 0
    // One more than expected, so that the end is met without a second array.
    var room = count + 1
    repeat {
      let start = bytes.count
      let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
        guard let base = buffer.baseAddress else { return }
        while used < buffer.count {
          let got = unsafe Glibc.read(descriptor, base + used, buffer.count - used)
          if got < 0, errno == EINTR { continue }
          if got < 0 { failure = errno }
          guard got > 0 else { return }
          used += got
        }
      }
      if start == 0 { bytes = piece } else { bytes.append(contentsOf: piece) }
      if piece.count < room { break }
      room = max(room, 1 << 16)
    } while failure == 0
    guard failure == 0 else { throw .system(action: "read", path: path, code: failure) }
    return bytes
  }
}

extension WorkFile {
  /// Writes all of `bytes` to `descriptor`; `path` is for the error.
  static func write(
    _ bytes: [UInt8], to descriptor: Int32, path: [UInt8]
  ) throws(GitError) {
    var start = 0
    while start < bytes.count {
      let written = unsafe bytes[start...].withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .system(action: "write", path: path, code: errno) }
      start += written
    }
  }
}

extension WorkFile {
  /// Waits until a file's content, or a directory's names, are on stable storage.
  static func sync(_ path: [UInt8]) throws(GitError) {
    let descriptor = unsafe withCString(path) { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .system(action: "read", path: path, code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .system(action: "write", path: path, code: errno)
    }
  }

  /// Makes a file that was not there, with this time of modification.
  static func create(
    _ path: [UInt8], _ bytes: [UInt8], modified: timespec?
  ) throws(GitError) {
    let descriptor = unsafe withCString(path) {
      unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .system(action: "create", path: path, code: errno) }
    defer { close(descriptor) }
    try write(bytes, to: descriptor, path: path)
    guard let modified else { return }
    guard unsafe futimens(descriptor, [modified, modified]) == 0 else {
      throw .system(action: "write", path: path, code: errno)
    }
  }
}

/// The stat data by which git tells that a file is unchanged.
struct StatData: Equatable {
  var changeSeconds: Int32 = 0
  var changeNanoseconds: UInt32 = 0
  var modificationSeconds: Int32 = 0
  var modificationNanoseconds: UInt32 = 0
  var device: UInt32 = 0
  var inode: UInt32 = 0
  var user: UInt32 = 0
  var group: UInt32 = 0
  var byteCount: UInt32 = 0

  /// What is never equal to a file's data, so that git compares contents.
  init() {}

  init(_ status: stat) {
    changeSeconds = Int32(truncatingIfNeeded: status.st_ctim.tv_sec)
    changeNanoseconds = UInt32(truncatingIfNeeded: status.st_ctim.tv_nsec)
    modificationSeconds = Int32(truncatingIfNeeded: status.st_mtim.tv_sec)
    modificationNanoseconds = UInt32(truncatingIfNeeded: status.st_mtim.tv_nsec)
    device = UInt32(truncatingIfNeeded: status.st_dev)
    inode = UInt32(truncatingIfNeeded: status.st_ino)
    user = status.st_uid
    group = status.st_gid
    byteCount = UInt32(truncatingIfNeeded: status.st_size)
  }
}
