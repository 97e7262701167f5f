import DverFileSystem
import DverCore
import DverParallel
import Glibc

/// One command from its start to its end: its output, and its interruption.
struct CommandWatch: ~Copyable {
  private var child: ChildProcess
  private var pump: OutputPump
  private let grace: Duration
  private var isPipeOpen = true
  private var hasEnded = false
  private var hasFailed = false
  private var escalation = Escalation.none
  /// When something happens without news from the descriptors.
  private var deadline: ContinuousClock.Instant?

  /// The signals that a group has got so far; each one follows after the grace.
  private enum Escalation: Int32, Comparable {
    case none, interrupted, terminated, killed

    static func < (left: Escalation, right: Escalation) -> Bool { left.rawValue < right.rawValue }

    var signal: Int32? {
      switch self {
      case .none: nil
      case .interrupted: SIGINT
      case .terminated: SIGTERM
      case .killed: SIGKILL
      }
    }
  }

  /// How long the output of processes that outlive their command is waited for.
  private static let drainTime = Duration.milliseconds(100)
  /// Between looks at a process on a system that cannot tell of its end.
  private static let pollMilliseconds: Int32 = 20

  init(
    _ command: String, of request: CommandRequest, input: Int32, log: consuming OpenFile
  ) throws {
    var output: Int32 = -1
    let pump = try OutputPump(log: log, writingEnd: &output)
    defer { close(output) }
    let child = try ChildProcess(command, of: request, input: input, output: output)
    self.pump = pump
    self.child = child
    grace = request.grace
  }

  /// Waits for the command's end.
  mutating func run(
    _ cancellation: Cancellation, _ output: (ArraySlice<UInt8>) -> Void
  ) throws -> (ending: CommandResult.Ending, peakMemory: ByteCount) {
    while !isOver {
      try waitForNews(cancellation)
      if isPipeOpen, case .end = pump.drain(output) { isPipeOpen = false }
      if !hasEnded {
        let state = child.state()
        if state != .running { processEnded(state) }
      }
      advance(cancellation)
    }
    pump.flush(output)
    // What is left of a failed command must not write where old outputs are put back. Until it is
    // waited for, the ended leader keeps the group's number from being used again.
    if escalation > .none || hasFailed { child.signalGroup(SIGKILL) }
    var end = child.wait()
    if escalation > .none { end.ending = .cancelled }
    return end
  }

  private var isOver: Bool {
    guard hasEnded else { return false }
    if !isPipeOpen { return true }
    // Somebody holds the pipe: background processes, or what ignores the signals.
    let isLast = escalation == .none || escalation == .killed
    return isLast && deadline.map { ContinuousClock.now >= $0 } ?? false
  }

  private mutating func processEnded(_ state: ChildProcess.State) {
    hasEnded = true
    hasFailed = state == .failed
    if escalation == .none || escalation == .killed {
      deadline = ContinuousClock.now + Self.drainTime
    }
  }

  /// Sends the next signal if it is time.
  private mutating func advance(_ cancellation: Cancellation) {
    if escalation < .killed, cancellation.isRequested(.kill) {
      escalate(to: .killed)
    } else if escalation == .none {
      if cancellation.isRequested() { escalate(to: .interrupted) }
    } else if let deadline, ContinuousClock.now >= deadline {
      switch escalation {
      case .interrupted: escalate(to: .terminated)
      case .terminated: escalate(to: .killed)
      case .none, .killed: break
      }
    }
  }

  private mutating func escalate(to step: Escalation) {
    escalation = step
    if let signal = step.signal { child.signalGroup(signal) }
    deadline = ContinuousClock.now + (step == .killed ? Self.drainTime : grace)
  }

  private func waitForNews(_ cancellation: Cancellation) throws {
    func entry(_ descriptor: Int32, _ isWatched: Bool) -> pollfd {
      // poll(2) passes over negative descriptors.
      pollfd(fd: isWatched ? descriptor : -1, events: Int16(POLLIN), revents: 0)
    }
    var entries = [
      entry(pump.descriptor, isPipeOpen), entry(child.descriptor, !hasEnded),
      entry(cancellation.descriptor(for: .stop), escalation == .none),
      entry(cancellation.descriptor(for: .kill), escalation < .killed),
    ]
    _ = unsafe poll(&entries, nfds_t(entries.count), timeout)
  }

  private var timeout: Int32 {
    var timeout: Int32 = -1
    if let deadline {
      let left = max(.zero, deadline - ContinuousClock.now)
      let (seconds, attoseconds) = left.components
      // Rounded up, so that the deadline has passed when the call returns.
      let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
      timeout = Int32(clamping: milliseconds)
    }
    if !hasEnded, child.descriptor < 0 {
      timeout = timeout < 0 ? Self.pollMilliseconds : min(timeout, Self.pollMilliseconds)
    }
    return timeout
  }
}
