import Glibc

/// Lets threads wait for news without holding a lock over their work.
///
/// Take a ticket, look whether there is work, and if not wait for the ticket to be outdated.
@safe package final class WakeUp: @unchecked Sendable {
  // Sendable because every access to `generation` happens under `mutex`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var generation = 0

  package init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe pthread_cond_destroy(condition)
    unsafe mutex.deallocate()
    unsafe condition.deallocate()
  }

  /// What ``wait(after:)`` compares with.
  package var ticket: Int {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return generation
  }

  /// Returns once ``signal()`` was called after the ticket was taken.
  package func wait(after ticket: Int) {
    unsafe pthread_mutex_lock(mutex)
    while generation == ticket { unsafe pthread_cond_wait(condition, mutex) }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Wakes all that wait.
  package func signal() {
    unsafe pthread_mutex_lock(mutex)
    generation += 1
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }
}
