/// What a thread has left to do for the stage that it has just done, while it waits for the command of
/// its next one: whatever nobody else waits for.
///
/// Of one thread.
package final class Backlog {
  private var work: (() -> Void)?

  package init() {}

  /// Takes work for later; what is there already is done first.
  package func add(_ work: @escaping () -> Void) {
    flush()
    self.work = work
  }

  /// Does what is left.
  package func flush() { work.take()?() }
}
