import Synchronization

/// A counter that threads share.
package final class SharedCounter: Sendable {
  private let value: Atomic<Int>

  package init(_ value: Int = 0) { self.value = Atomic(value) }

  /// Adds one and returns the value before.
  package func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
  package func add(_ amount: Int) { value.add(amount, ordering: .relaxed) }
  package var current: Int { value.load(ordering: .relaxed) }
}
