import DverCore
import DverFileSystem
import DverPipeline
import Glibc

extension Workspace {
  /// Waits until no other process runs stages.
  ///
  /// - Throws: `LockError` where that took too long.
  func waitForRuns() throws {
    let layout = try sharedAsideLayout()
    _ = try wait(
      while: { try AsideRecovery.runner(layout) }, telling: { "Waiting for \($0)" },
      failingWith: { LockError(path: layout.aside, holder: $0) })
  }

  /// Waits while `find` finds somebody, up to `core.lock_timeout`.
  ///
  /// - Parameters:
  ///   - text: What the user is told once.
  ///   - failure: What is thrown when the time is up.
  /// - Returns: Whether there was somebody.
  private func wait<Holder>(
    while find: () throws -> Holder?, telling text: (Holder) -> String,
    failingWith failure: (Holder) -> any Error
  ) throws -> Bool {
    let deadline = try ContinuousClock.now + configuration().lockTimeout
    var hasWaited = false
    while let holder = try find() {
      guard ContinuousClock.now < deadline else { throw failure(holder) }
      if !hasWaited { notices.status(text(holder)) }
      hasWaited = true
      try requireNoInterruption()
      usleep(Self.pollMicroseconds)
    }
    return hasWaited
  }

  private static var pollMicroseconds: UInt32 { 20_000 }
}
