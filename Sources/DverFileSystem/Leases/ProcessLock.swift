package import DverCore
import Glibc

/// A lock that a process holds as long as it lives; killed processes leave none behind.
///
/// An open file description lock on a file that also says who holds it. The file stays; only the
/// lock on it means anything.
final class ProcessLock: Sendable {
  private let file: OpenFile

  private init(_ file: consuming OpenFile) { self.file = file }

  /// Takes the lock at `path`; `nil` if somebody else has it.
  ///
  /// - Parameter purpose: What the holder does, such as `dver add`, for others to read.
  static func take(_ path: AbsolutePath, purpose: String) throws -> ProcessLock? {
    let file = try OpenFile(path, .createIfMissing(permissions: 0o666))
    guard try file.tryLock() else { return nil }
    try file.truncate()
    do {
      try file.write(Array("\(purpose), process \(getpid())\n".utf8))
    } catch let error as FileSystemError where error.isFullDisk {
      // Nobody can read who holds it, but it is held.
    }
    return ProcessLock(file)
  }

  /// Whether somebody holds the lock at `path`, as far as that can be seen.
  static func isHeld(_ path: AbsolutePath) throws -> Bool {
    do {
      guard let file = try OpenFile.ifPresent(path, .update) else { return false }
      return try !file.tryLock()
    } catch is FileSystemError {
      return false
    }
  }

  /// Who holds the lock at `path`, or was the last one to do so.
  static func holder(at path: AbsolutePath) -> String? {
    let text = (try? FileSystem.contents(of: path, limit: 512)) ?? nil
    let line = text?.prefix { $0 != UInt8(ascii: "\n") } ?? []
    return line.isEmpty ? nil : PathQuoting.quoted(line)
  }
}

/// A lock that another process held for too long.
package struct LockError: DverError {
  package let path: AbsolutePath
  package let holder: String

  package init(path: AbsolutePath, holder: String) {
    self.path = path
    self.holder = holder
  }

  package var message: String { "\(path) is locked by \(holder)" }
  package var hint: String? {
    "wait for it to end, or wait longer with 'dver config core.lock_timeout SECONDS'"
  }
  package var exitStatus: ExitStatus { .locked }
}
