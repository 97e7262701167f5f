import CSystem
import Glibc

extension OpenFile {
  /// The status of a name in this directory, without following a link; `nil` where there is none.
  package func status(ofName name: UnsafePointer<CChar>) throws -> FileStatus? {
    var status = stat()
    if unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
      return FileStatus(status)
    }
    guard errno == ENOENT else { throw FileSystemError(.stat, path) }
    return nil
  }

  /// Makes this empty file a reflink of `source`; `false` where the file system has none.
  package func clone(_ source: borrowing OpenFile) throws -> Bool {
    if dver_clone_file(descriptor, source.descriptor) == 0 { return true }
    switch errno {
    case EOPNOTSUPP, EXDEV, EINVAL, ENOTTY, ENOSYS, EPERM, EBADF, ETXTBSY: return false
    default: throw FileSystemError(.copy, "\(source.path) to \(path)")
    }
  }

  /// Copies up to `count` bytes of `source` to the same place of this file, inside the kernel.
  ///
  /// - Returns: The count of bytes copied, 0 at the end of the source; `nil` where the file systems
  ///   do not offer it.
  package func copyRange(
    of source: borrowing OpenFile, at offset: Int64, count: Int
  ) throws -> Int? {
    while true {
      let copied = dver_copy_file_range(source.descriptor, offset, descriptor, offset, count)
      if copied >= 0 { return Int(copied) }
      switch errno {
      case EINTR: continue
      case EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM, EBADF: return nil
      default: throw FileSystemError(.copy, "\(source.path) to \(path)")
      }
    }
  }

  /// Copies all of `source` into this empty file, inside the kernel.
  ///
  /// - Parameter progress: Told the bytes of every block; may throw to stop the copy.
  /// - Returns: Whether as many bytes as expected were copied; if not, this file is empty.
  package func copyAll(
    of source: borrowing OpenFile, byteCount: Int64, progress: ((Int) throws -> Void)? = nil
  ) throws -> Bool {
    var copied: Int64 = 0
    while let count = try copyRange(of: source, at: copied, count: Self.copiedBlockByteCount) {
      if count == 0 { break }
      copied += Int64(count)
      try progress?(count)
    }
    if copied == byteCount { return true }
    try truncate()
    return false
  }

  private static let copiedBlockByteCount = 16 << 20

  /// A second descriptor of the same open file, for another thread.
  package func duplicate() throws -> OpenFile {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw FileSystemError(.open, path) }
    return OpenFile(adopting: copy, path: path)
  }
}
