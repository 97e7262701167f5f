package import DverCore
import DverFileSystem
package import DverParallel
import Synchronization

/// How far a long task is; written by many threads, read by whoever shows it.
package final class Progress: Sendable {
  private struct Phase {
    var label = ""
    var expectedByteCount: Int64 = 0
    var expectedItemCount: Int64 = 0
    var began = ContinuousClock.now
  }

  /// A look at the numbers.
  package struct Snapshot: Sendable {
    /// What is being done, such as `Hashing`; empty while nothing is.
    package let label: String
    package let elapsed: Duration
    package let byteCount: Int64
    /// 0 where unknown.
    package let expectedByteCount: Int64
    package let itemCount: Int64
    /// 0 where unknown.
    package let expectedItemCount: Int64
  }

  private let phase = Mutex(Phase())
  private let bytes = Atomic<Int64>(0)
  private let items = Atomic<Int64>(0)
  private let cancelled = Atomic(false)
  /// What ``check()`` asks itself, since nobody passes a wish to stop on.
  private let watched = Mutex<Cancellation?>(nil)
  private let isWatching = Atomic(false)

  package init() {}

  /// Starts a phase of the task; counts begin anew.
  package func begin(_ label: String, byteCount: Int64 = 0, itemCount: Int64 = 0) {
    phase.withLock {
      $0 = Phase(
        label: label, expectedByteCount: byteCount, expectedItemCount: itemCount,
        began: ContinuousClock.now)
    }
    bytes.store(0, ordering: .relaxed)
    items.store(0, ordering: .relaxed)
  }

  package func end() { begin("") }

  /// - Throws: ``Interrupted`` once the user wants the task to stop.
  package func advance(bytes count: Int) throws {
    bytes.add(Int64(count), ordering: .relaxed)
    try check()
  }

  /// - Throws: ``Interrupted`` once the user wants the task to stop.
  package func advance(items count: Int = 1) throws {
    items.add(Int64(count), ordering: .relaxed)
    try check()
  }

  package func check() throws {
    if isWatching.load(ordering: .relaxed), watched.withLock({ $0?.isRequested() ?? false }) {
      cancel()
    }
    if cancelled.load(ordering: .relaxed) { throw Interrupted() }
  }

  /// Makes the task stop at the next file or block.
  package func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// Makes the task look for a wish to stop at every file and block, which costs a system call each,
  /// in place of a thread that would ``cancel()`` it.
  package func watch(_ cancellation: Cancellation) {
    watched.withLock { $0 = cancellation }
    isWatching.store(true, ordering: .relaxed)
  }

  package var snapshot: Snapshot {
    let phase = phase.withLock { $0 }
    return Snapshot(
      label: phase.label, elapsed: ContinuousClock.now - phase.began,
      byteCount: bytes.load(ordering: .relaxed), expectedByteCount: phase.expectedByteCount,
      itemCount: items.load(ordering: .relaxed), expectedItemCount: phase.expectedItemCount)
  }
}

/// The user pressed Ctrl-C, or the system asked the process to end.
package struct Interrupted: DverError {
  package init() {}
  package var message: String { "interrupted" }
  package var hint: String? { "run the same command again to finish" }
  package var exitStatus: ExitStatus { .interrupted }
}
