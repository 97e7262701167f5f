import DverCore
import Synchronization

/// What a command has done to data and not yet written down, in any number of threads.
final class DataNotes: Sendable {
  private struct State {
    var command = ""
    var changes: [RepositoryPath: DataChange] = [:]
  }

  private let state = Mutex(State())

  /// Takes note of a change; several of one path count as one.
  func add(_ change: DataChange, command: String) {
    state.withLock { state in
      if state.changes.isEmpty { state.command = command }
      let old = state.changes[change.path]?.old ?? change.old
      state.changes[change.path] = DataChange(path: change.path, old: old, new: change.new)
    }
  }

  /// Hands out what there is, sorted by path, and forgets it.
  func take() -> (command: String, changes: [DataChange]) {
    state.withLock { state in
      let changes = state.changes.values.filter { !$0.old.isSame(as: $0.new) }
      let taken = (state.command, changes.sorted { $0.path < $1.path })
      state = State()
      return taken
    }
  }
}
