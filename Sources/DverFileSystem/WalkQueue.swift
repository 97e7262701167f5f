import DverParallel
import Synchronization

/// A directory to list, and where its own entry stands.
struct Folder: Sendable {
  let path: [UInt8]
  let parent: EntryReference?
}

/// An entry in the arena of one thread.
struct EntryReference: Sendable {
  let arena: Int
  let entry: Int
}

/// The directories that are still to be listed.
final class WalkQueue: Sendable {
  private struct State {
    var folders: [Folder]
    /// Directories that are waiting or being listed.
    var open: Int
    /// A thread has failed: nobody lists another directory.
    var isCancelled = false
  }

  private let state: Mutex<State>
  private let idle = WakeUp()

  init(_ root: Folder) { state = Mutex(State(folders: [root], open: 1)) }

  /// The next directory; `nil` when all are done. Waits while others may still find some.
  func next() -> Folder? {
    while true {
      let ticket = idle.ticket
      let (folder, isDone) = state.withLock {
        $0.isCancelled ? (nil, true) : ($0.folders.popLast(), $0.open == 0)
      }
      if folder != nil || isDone { return folder }
      idle.wait(after: ticket)
    }
  }

  func add(_ folders: [Folder]) {
    state.withLock {
      $0.folders.append(contentsOf: folders)
      $0.open += folders.count
    }
    idle.signal()
  }

  func finish() {
    let isDone = state.withLock {
      $0.open -= 1
      return $0.open == 0
    }
    if isDone { idle.signal() }
  }

  func cancel() {
    state.withLock { $0.isCancelled = true }
    idle.signal()
  }
}
