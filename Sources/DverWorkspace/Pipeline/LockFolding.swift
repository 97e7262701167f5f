import DverParallel
import Synchronization

/// Folds the log of finished stages now and then while others run: who looks at the workspace meanwhile finds
/// them in `dver.lock`.
///
/// On a thread of its own, because the next stage may take hours and should not begin late.
final class LockFolding: Sendable {
  private struct State {
    var thread: WorkerThread?
    var fold: (@Sendable () throws -> Void)?
    /// Whether a stage has finished since the last time.
    var hasNews = false
  }

  private let state = Mutex(State())
  private let ending = WakeUp()

  private static let leastPause = Duration.seconds(2)

  /// From now on ``note()`` has `fold` called soon; ``end()`` must follow.
  func begin(_ fold: @escaping @Sendable () throws -> Void) { state.withLock { $0.fold = fold } }

  /// Takes note that a stage has finished.
  func note() {
    state.withLock { state in
      guard state.fold != nil else { return }
      state.hasNews = true
      if state.thread == nil {
        state.thread = WorkerThread(ifPossible: { self.work() })
      }
    }
  }

  /// Ends the thread. What was not folded is left to the caller, who is told then of what does not work.
  func end() {
    let thread = state.withLock { state in
      state.fold = nil
      return state.thread.take()
    }
    ending.signal()
    thread?.join()
  }

  private func work() {
    var pause = Self.leastPause
    while true {
      let ticket = ending.ticket
      guard state.withLock({ $0.fold != nil }), !ending.wait(after: ticket, atMost: pause) else {
        return
      }
      let fold = state.withLock { state in
        defer { state.hasNews = false }
        return state.hasNews ? state.fold : nil
      }
      let start = ContinuousClock.now
      try? fold?()
      // Of many stages the file takes long to write: a fortieth of the time is for that.
      pause = max(Self.leastPause, (ContinuousClock.now - start) * 39)
    }
  }
}
