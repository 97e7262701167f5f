import DverCore
import DverParallel
import DverWorkspace
import Glibc

/// Shows the progress of a task that takes longer than a second, a line in place on a terminal and
/// otherwise one every ten seconds, and passes the user's wish to stop on to the task.
final class ProgressDisplay: Sendable {
  private let ended = Cancellation()
  /// None where the system allows no more threads.
  private let thread: WorkerThread?
  private let console: Console

  init(_ progress: Progress, cancellation: Cancellation, console: Console) {
    self.console = console
    let ended = ended
    thread = WorkerThread(ifPossible: {
      var nextLine = ContinuousClock.now + .seconds(10)
      while !Self.wait(for: ended, or: cancellation, progress) {
        let now = progress.snapshot
        guard !console.isQuiet, !console.printsJSON, !now.label.isEmpty,
          now.elapsed >= .seconds(1)
        else { continue }
        if console.isTerminal {
          console.show(progress: Self.line(now))
        } else if ContinuousClock.now >= nextLine {
          console.tell(Self.line(now))
          nextLine = ContinuousClock.now + .seconds(10)
        }
      }
    })
    if thread == nil { progress.watch(cancellation) }
  }

  /// Call once, at the end of the task.
  func stop() {
    ended.request()
    thread?.join()
    console.show(progress: nil)
  }

  /// Waits a moment.
  ///
  /// - Returns: Whether the task has ended.
  private static func wait(
    for ended: Cancellation, or cancellation: Cancellation, _ progress: Progress
  ) -> Bool {
    if cancellation.isRequested() { progress.cancel() }
    var entries = [
      pollfd(fd: ended.descriptor(for: .stop), events: Int16(POLLIN), revents: 0),
      pollfd(fd: cancellation.descriptor(for: .stop), events: Int16(POLLIN), revents: 0),
    ]
    // A wish to stop stays readable, so once it is passed on only the end counts.
    let count: nfds_t = cancellation.isRequested() ? 1 : 2
    _ = unsafe poll(&entries, count, Self.tickMilliseconds)
    return entries[0].revents != 0
  }

  private static let tickMilliseconds: Int32 = 100

  /// Such as `Hashing: 12.3 GiB of 40.0 GiB, 31%, 512 MiB/s, 55 s left`.
  private static func line(_ now: Progress.Snapshot) -> String {
    let seconds = max(
      0.001,
      Double(now.elapsed.components.seconds)
        + Double(now.elapsed.components.attoseconds) / 1e18)
    var parts: [String] = []
    var share: Double?
    if now.expectedByteCount > 0 {
      parts.append("\(ByteCount(now.byteCount)) of \(ByteCount(now.expectedByteCount))")
      share = Double(now.byteCount) / Double(now.expectedByteCount)
    } else if now.byteCount > 0 {
      parts.append("\(ByteCount(now.byteCount))")
    }
    if now.expectedItemCount > 1 {
      parts.append("\(now.itemCount) of \(now.expectedItemCount) files")
      share = share ?? Double(now.itemCount) / Double(now.expectedItemCount)
    }
    if let share { parts.append("\(Int(min(1, share) * 100))%") }
    if now.byteCount > 0 {
      parts.append("\(ByteCount(Int64(Double(now.byteCount) / seconds)))/s")
    }
    if let share, share > 0.01, share < 1 {
      parts.append("\(Int(seconds / share * (1 - share)) + 1) s left")
    }
    return "\(now.label): \(parts.joined(separator: ", "))"
  }
}
