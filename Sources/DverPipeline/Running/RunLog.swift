import CSystem
import DverFileSystem
import Glibc

/// The log of a run, made when there is something to write.
///
/// Of a very long one the middle becomes a hole in the file, so that it cannot fill the disk where
/// the file system knows holes.
final class RunLog {
  let path: AbsolutePath
  private let keptByteCount: Int64
  private var file: Int32 = -1
  private var size: Int64 = 0
  private var holeEnd: Int64

  /// - Parameter keptByteCount: How much is kept of the beginning, and at least of the end.
  init(_ path: AbsolutePath, keptByteCount: Int64 = 64 << 20) {
    self.path = path
    self.keptByteCount = keptByteCount
    holeEnd = keptByteCount
  }

  deinit { if file >= 0 { close(file) } }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if file < 0 { file = try open() }
    var written = 0
    while written < bytes.count {
      let count = unsafe Glibc.write(
        file, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw FileSystemError(.write, path)
      }
    }
    size += Int64(bytes.count)
    dropMiddle()
  }

  private func dropMiddle() {
    guard size - holeEnd > 2 * keptByteCount else { return }
    let end = size - keptByteCount
    _ = dver_punch_hole(file, holeEnd, end - holeEnd)
    holeEnd = end
  }

  private func open() throws -> Int32 {
    let mode = OpenFile.Mode.createIfMissing(permissions: 0o666)
    var log = try OpenFile.ifPresent(path, mode)
    if log == nil {
      try FileSystem.makeDirectories(path.parent)
      log = try OpenFile.ifPresent(path, mode)
    }
    guard let log = consume log else { throw FileSystemError(.open, path, code: ENOENT) }
    let descriptor = fcntl(log.descriptor, F_DUPFD_CLOEXEC, 0)
    size = descriptor < 0 ? -1 : Int64(lseek(descriptor, 0, SEEK_END))
    guard size >= 0 else { throw FileSystemError(.open, path) }
    return descriptor
  }
}
