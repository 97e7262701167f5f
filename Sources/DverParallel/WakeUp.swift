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
    // Neither a clock that is set nor one that is pretended may make a wait longer or shorter.
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
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

  /// As ``wait(after:)``, but for no longer than some time; returns whether the signal came.
  package func wait(after ticket: Int, atMost limit: Duration) -> Bool {
    var end = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &end)
    let (seconds, attoseconds) = limit.components
    let nanoseconds = Int64(end.tv_nsec) + attoseconds / 1_000_000_000
    end.tv_sec += Int(seconds + nanoseconds / 1_000_000_000)
    end.tv_nsec = Int(nanoseconds % 1_000_000_000)
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while generation == ticket {
      if unsafe pthread_cond_timedwait(condition, mutex, &end) == ETIMEDOUT { break }
    }
    return generation != ticket
  }

  /// Wakes all that wait.
  package func signal() {
    unsafe pthread_mutex_lock(mutex)
    generation += 1
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }
}
