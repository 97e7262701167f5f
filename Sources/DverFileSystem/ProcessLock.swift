package import DverCore
import Glibc

/// A lock that a process holds as long as it lives; killed processes leave none behind.
///
/// An open file description lock on a file that also says who holds it. The file stays; only the
/// lock on it means anything.
package struct ProcessLock: ~Copyable {
  private let file: OpenFile

  /// Takes the lock at `path`, waiting up to `timeout`.
  ///
  /// - Parameters:
  ///   - purpose: What the holder does, such as `dver add`, for others to read.
  ///   - waiting: Called once, with the holder's line, before the first wait.
  package init(
    _ path: AbsolutePath, purpose: String, timeout: Duration,
    waiting: (String) -> Void = { _ in }
  ) throws {
    let file = try OpenFile(path, .createIfMissing(permissions: 0o666))
    let deadline = ContinuousClock.now + timeout
    var hasTold = false
    while try !file.tryLock() {
      let holder = (try? Self.holder(at: path)) ?? "another process"
      guard ContinuousClock.now < deadline else { throw LockError(path: path, holder: holder) }
      if !hasTold {
        waiting(holder)
        hasTold = true
      }
      usleep(Self.pollMicroseconds)
    }
    try file.truncate()
    try file.write(Array("\(purpose), process \(getpid())\n".utf8))
    self.file = file
  }

  private static func holder(at path: AbsolutePath) throws -> String {
    let text = try FileSystem.contents(of: path, limit: 512) ?? []
    let line = text.prefix { $0 != UInt8(ascii: "\n") }
    return line.isEmpty ? "another process" : PathQuoting.quoted(line)
  }

  private static let pollMicroseconds: UInt32 = 20_000
}

/// A lock that another process held for too long.
package struct LockError: DverError {
  package let path: AbsolutePath
  package let holder: String

  package var message: String { "\(path) is locked by \(holder)" }
  package var hint: String? {
    "wait for it to end, or wait longer with 'dver config core.lock_timeout SECONDS'"
  }
  package var exitStatus: ExitStatus { .locked }
}
