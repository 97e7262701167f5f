import DverCore
import Glibc

/// The right to something that one process at a time has, as long as it lives.
///
/// A lock on a file where the file system's locks can be relied on, else a ``LeaseFolder`` beside
/// it. Each kind respects the other one, for the two ends of a network file system may differ.
package final class Lease: Sendable {
  /// What holds the lease, until it goes.
  private enum Means {
    case lock(ProcessLock)
    case folder(LeaseFolder)
  }

  private let means: Means

  /// Takes the lease at `path`, waiting up to `timeout`; the folder around it must be there.
  ///
  /// - Parameters:
  ///   - purpose: What the holder does, such as `dver add`, for others to read.
  ///   - scratch: A folder on the same file system, for files that nobody is to see.
  ///   - check: Called before each wait, of which there may be many; throws to stop waiting.
  ///   - waiting: Called once, with the holder, before the first wait.
  /// - Throws: ``LockError`` where the wait was in vain, and what `check` throws.
  package init(
    _ path: AbsolutePath, purpose: String, settings: LeaseSettings, scratch: AbsolutePath,
    timeout: Duration, check: () throws -> Void = {}, waiting: (String) -> Void = { _ in }
  ) throws {
    let interval = try settings.interval(in: path.parent)
    let deadline = ContinuousClock.now + timeout
    var hasTold = false
    while true {
      var holder = "another process"
      switch try Self.attempt(path, purpose, interval, scratch) {
      case .taken(let means):
        self.means = means
        return
      case .refused(let other): holder = other ?? holder
      }
      guard ContinuousClock.now < deadline else { throw LockError(path: path, holder: holder) }
      if !hasTold {
        waiting(holder)
        hasTold = true
      }
      try check()
      usleep(Self.pollMicroseconds(interval))
    }
  }

  private enum Attempt {
    case taken(Means)
    case refused(String?)
  }

  private static func attempt(
    _ path: AbsolutePath, _ purpose: String, _ interval: Int?, _ scratch: AbsolutePath
  ) throws -> Attempt {
    guard let interval else {
      guard let lock = try ProcessLock.take(path, purpose: purpose) else {
        return .refused(ProcessLock.holder(at: path))
      }
      if let holder = try LeaseFolder.livingHolder(of: folder(of: path), scratch: scratch) {
        return .refused(holder)
      }
      return .taken(.lock(lock))
    }
    switch try LeaseFolder.take(
      folder(of: path), purpose: purpose, interval: interval, scratch: scratch)
    {
    case .refused(let holder): return .refused(holder)
    case .taken(let lease):
      // Somebody may rely on locks, where they are seen.
      if try ProcessLock.isHeld(path) { return .refused(ProcessLock.holder(at: path)) }
      return .taken(.folder(lease))
    }
  }

  /// Makes sure that nobody else gets the lease before this process had time to do a little work.
  ///
  /// To be asked before each step that destroys something; costs nothing as a rule.
  ///
  /// - Throws: ``LeaseLostError`` where somebody has taken it over.
  package func check() throws {
    if case .folder(let lease) = means { try lease.check() }
  }

  /// Who has the lease at `path` by heartbeats; `nil` where nobody shows any.
  package static func holder(of path: AbsolutePath, scratch: AbsolutePath) throws -> String? {
    let folder = folder(of: path)
    for name in try FileSystem.names(in: folder) ?? [] {
      let file = folder.appending(name)
      guard try LifeSign.verdict(on: file, scratch: scratch).isAlive else { continue }
      return LifeSign.holder(at: file) ?? "another process"
    }
    return nil
  }

  private static func folder(of path: AbsolutePath) -> AbsolutePath {
    path.parent.appending(Array(path.lastComponent) + Array(".lease".utf8))
  }

  /// A look at a heartbeat makes a file on the server.
  private static func pollMicroseconds(_ interval: Int?) -> UInt32 {
    UInt32(clamping: max(min(interval ?? 0, 5000) * 100, 20_000))
  }
}
