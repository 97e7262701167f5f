import CSystem
import DverFileSystem
import Glibc

/// Copies a file, link or directory with modes and times, sharing blocks where the file system can.
enum TreeCopy {
  /// Nothing may be at `target`.
  ///
  /// - Parameter onSkipped: Told of pipes, sockets and devices, which are left out.
  static func copy(
    _ source: AbsolutePath, to target: AbsolutePath, onSkipped: (AbsolutePath) -> Void
  ) throws {
    guard let status = try FileSystem.status(of: source) else {
      throw FileSystemError(.copy, source, code: ENOENT)
    }
    switch status.kind {
    case .file: try copyFile(source, to: target, status)
    case .link:
      try FileSystem.makeSymbolicLink(
        to: FileSystem.destination(ofLink: source), at: target)
    case .directory:
      try FileSystem.makeDirectory(target, permissions: 0o700)
      try copyChildren(of: source, to: target, onSkipped: onSkipped)
      try FileSystem.setMode(status.mode, of: target)
    case .special: onSkipped(source)
    }
  }

  /// Copies what is in `source` into the directory `target`.
  static func copyChildren(
    of source: AbsolutePath, to target: AbsolutePath, onSkipped: (AbsolutePath) -> Void
  ) throws {
    for name in try FileSystem.names(in: source) ?? [] {
      try copy(source.appending(name), to: target.appending(name), onSkipped: onSkipped)
    }
  }

  private static func copyFile(
    _ source: AbsolutePath, to target: AbsolutePath, _ status: FileStatus
  ) throws {
    let from = try OpenFile(source, .read, followsLinks: false)
    let to = try OpenFile(target, .createNew(permissions: 0o600))
    if dver_clone_file(to.descriptor, from.descriptor) != 0 {
      try copyBytes(from: from, to: to)
    }
    var times = [
      timespec(tv_sec: 0, tv_nsec: Int(omittedTime)),
      timespec(
        tv_sec: Int(status.modified / 1_000_000_000), tv_nsec: Int(status.modified % 1_000_000_000)),
    ]
    _ = unsafe futimens(to.descriptor, &times)
    // An object of the store is read-only; a copy that a command is to change is not.
    try to.setMode(status.mode | 0o200)
    try to.finish()
  }

  /// `UTIME_OMIT`: leaves the time of last access alone.
  private static let omittedTime = (1 << 30) - 2

  private static func copyBytes(
    from source: borrowing OpenFile, to target: borrowing OpenFile
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { unsafe buffer.deallocate() }
    while true {
      let count = try unsafe source.read(into: buffer)
      if count == 0 { return }
      try unsafe target.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
