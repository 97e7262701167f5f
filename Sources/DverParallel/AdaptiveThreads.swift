import CSystem
import Glibc

/// How many threads to use for work that may have to wait for a disk or a network: as many as there are
/// processors, and more as long as that makes it faster.
///
/// Reading small files one after the other takes mostly the time of an answer each, and disks and servers
/// answer many questions at once. Threads that only get in each other's way are given up again.
///
/// Threads beyond the processors get no arenas of the allocator for themselves, each of which would keep
/// what was freed in it.
package struct AdaptiveThreads {
  /// For the next portion of the work.
  package private(set) var count: Int
  private let least: Int
  private let most: Int
  /// The count that an attempt started from, and how fast the work was with it.
  private var before: (count: Int, rate: Double)?
  /// Portions to pass over before the next attempt.
  private var rest = 0

  package init(processors: Int = processorCount) {
    least = processors
    most = max(processors, min(processors * 8, 64))
    count = least
    dver_limit_arenas(CInt(processorCount))
  }

  /// Does a portion of the work with ``count`` threads, and learns from the time that it takes.
  ///
  /// - Parameter size: How much work it is, in units that take equally long.
  package mutating func portion<Result>(
    size: Double, _ body: (Int) throws -> Result
  ) rethrows -> Result {
    let (start, used) = (ContinuousClock.now, Self.processorTime())
    let result = try body(count)
    note(size: size, elapsed: ContinuousClock.now - start, used: Self.processorTime() - used)
    return result
  }

  /// - Parameters:
  ///   - elapsed: How long a portion took.
  ///   - used: The time of all processors together.
  mutating func note(size: Double, elapsed: Duration, used: Duration) {
    // What is over so soon says nothing.
    guard elapsed >= .milliseconds(1) else { return }
    let rate = size / (elapsed / .seconds(1))
    if let before {
      self.before = nil
      // More threads have to pay, fewer only must not cost.
      let worth = before.count < count ? Self.leastGain : 1 / Self.leastGain
      if rate < before.rate * worth {
        count = before.count
        rest = Self.restCount
        return
      }
    }
    guard rest == 0 else { return rest -= 1 }
    let load = used / (elapsed * least)
    let next = load < Self.lowLoad ? min(count * 2, most) : max(count / 2, least)
    guard next != count else { return }
    before = (count, rate)
    count = next
  }

  private static let leastGain = 1.1
  private static let restCount = 8
  /// Below that, processors have nothing to do for a good part of the time.
  private static let lowLoad = 0.8

  private static func processorTime() -> Duration {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return .zero }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
