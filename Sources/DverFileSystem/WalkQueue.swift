import DverParallel
import Synchronization

/// What the threads of a walk have still to look at.
final class WalkQueue<Item: Sendable>: Sendable {
  private struct State {
    var items: [Item]
    /// Items that are waiting or being looked at.
    var open: Int
    /// A thread has failed or given up: nobody takes another item.
    var isCancelled = false
  }

  private let state: Mutex<State>
  private let idle = WakeUp()

  init(_ root: Item) { state = Mutex(State(items: [root], open: 1)) }

  /// The next item; `nil` when all are done. Waits while others may still find some.
  func next() -> Item? {
    while true {
      let ticket = idle.ticket
      let (item, isDone) = state.withLock {
        $0.isCancelled ? (nil, true) : ($0.items.popLast(), $0.open == 0)
      }
      if item != nil || isDone { return item }
      idle.wait(after: ticket)
    }
  }

  func add(_ items: [Item]) {
    state.withLock {
      $0.items.append(contentsOf: items)
      $0.open += items.count
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

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Looks at every item on several threads, each with a state of its own.
  ///
  /// - Parameter visit: Looks at an item and adds what it finds to the queue; `false` ends the walk.
  /// - Returns: The states of all threads, in the order of their numbers.
  func run<Part: Sendable>(
    threads: Int, part: @Sendable (Int) -> Part,
    visit: @Sendable (inout Part, Item) throws -> Bool
  ) throws -> [Part] {
    let workers = max(1, threads)
    let parts = Mutex([Part?](repeating: nil, count: workers))
    try parallelFor(chunks: workers, threads: workers) { worker in
      var own = part(worker)
      do {
        while let item = next() {
          if try visit(&own, item) { finish() } else { cancel() }
        }
      } catch {
        cancel()
        throw error
      }
      let finished = own
      parts.withLock { $0[worker] = finished }
    }
    return parts.withLock { $0.compactMap { $0 } }
  }
}
