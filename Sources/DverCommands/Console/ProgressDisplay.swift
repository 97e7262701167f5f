import DverCore
import DverParallel
import DverWorkspace
import Glibc
import Synchronization

/// Shows the progress of a task that takes longer than a second: a line in place on a terminal,
/// else a line every ten seconds.
final class ProgressDisplay: Sendable {
  private let isStopped = Atomic(false)
  private let thread: Mutex<WorkerThread?>
  private let console: Console

  init(_ progress: Progress, console: Console) {
    self.console = console
    thread = Mutex(nil)
    guard !console.isQuiet, !console.printsJSON else { return }
    let stopped = isStoppedReader
    let isTerminal = console.isTerminal
    let worker = WorkerThread {
      var nextLine = ContinuousClock.now + .seconds(10)
      while !stopped() {
        usleep(Self.tickMicroseconds)
        let now = progress.snapshot
        guard !now.label.isEmpty, now.elapsed >= .seconds(1) else { continue }
        if isTerminal {
          console.show(progress: Self.line(now))
        } else if ContinuousClock.now >= nextLine {
          console.tell(Self.line(now))
          nextLine = ContinuousClock.now + .seconds(10)
        }
      }
    }
    thread.withLock { $0 = worker }
  }

  private var isStoppedReader: @Sendable () -> Bool {
    { [self] in isStopped.load(ordering: .relaxed) }
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    thread.withLock { worker in
      worker?.join()
      worker = nil
    }
    console.show(progress: nil)
  }

  private static let tickMicroseconds: UInt32 = 100_000

  /// Such as `Hashing: 12.3 GiB of 40.0 GiB, 31%, 512 MiB/s, 55 s left`.
  private static func line(_ now: Progress.Snapshot) -> String {
    let seconds = max(0.001, Double(now.elapsed.components.seconds)
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
