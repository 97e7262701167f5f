import DverFileSystem
import Glibc

/// The log of a run, made when there is something to write.
final class RunLog {
  let path: AbsolutePath
  private var file: Int32 = -1

  init(_ path: AbsolutePath) { self.path = path }

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
    guard descriptor >= 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      throw FileSystemError(.open, path)
    }
    return descriptor
  }
}
