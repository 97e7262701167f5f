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
}
