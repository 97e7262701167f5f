import CSystem
import Glibc

/// A wish to stop that threads notice, also those that wait in `poll(2)`.
///
/// Once made, a wish stays. The state is in two event descriptors alone, so that a signal handler
/// can express it.
package final class Cancellation: Sendable {
  package enum Urgency: Sendable {
    /// Finish soon: children are asked to end.
    case stop
    /// At once: children are killed. Implies ``stop``.
    case kill
  }

  private let stopEvent: Int32
  private let killEvent: Int32

  package init() {
    stopEvent = dver_event()
    killEvent = dver_event()
    precondition(stopEvent >= 0 && killEvent >= 0, "the system refuses another descriptor")
  }

  deinit {
    close(stopEvent)
    close(killEvent)
  }

  package func request(_ urgency: Urgency = .stop) {
    if urgency == .kill { Self.add(to: killEvent) }
    Self.add(to: stopEvent)
  }

  package func isRequested(_ urgency: Urgency = .stop) -> Bool {
    var entry = pollfd(fd: descriptor(for: urgency), events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, 0) == 1
  }

  /// Waits for a wish to stop.
  ///
  /// - Returns: Whether there is one; `false` once the time is over.
  package func wait(atMost duration: Duration) -> Bool {
    let end = ContinuousClock.now + duration
    while true {
      let (seconds, attoseconds) = max(.zero, end - ContinuousClock.now).components
      let milliseconds = Int32(
        clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
      var entry = pollfd(fd: stopEvent, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&entry, 1, milliseconds) == 1 { return true }
      if milliseconds == 0 || ContinuousClock.now >= end { return false }
    }
  }

  /// Readable once a wish of at least this urgency was made; owned by the cancellation.
  package func descriptor(for urgency: Urgency) -> Int32 {
    switch urgency {
    case .stop: stopEvent
    case .kill: killEvent
    }
  }

  private static func add(to event: Int32) {
    var one: UInt64 = 1
    // A counter that is full is readable all the same.
    _ = unsafe write(event, &one, MemoryLayout<UInt64>.size)
  }
}
