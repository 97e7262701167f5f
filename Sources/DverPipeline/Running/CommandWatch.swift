import DverFileSystem
import DverCore
import DverParallel
import Glibc

/// One command from its start to its end: its output, its interruption, its time limit.
struct CommandWatch: ~Copyable {
  private var child: ChildProcess
  private var pump: OutputPump
  private let grace: Duration
  /// When the command has to be done.
  private let limit: ContinuousClock.Instant?
  private let jobs: JobConnection?
  private var isLate = false
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
    _ command: String, of request: CommandRequest, input: Int32, log: RunLog,
    limit: ContinuousClock.Instant? = nil, jobs: JobConnection? = nil
  ) throws {
    var output: Int32 = -1
    let pump = try OutputPump(log: log, writingEnd: &output)
    defer { close(output) }
    let child = try ChildProcess(
      command, of: request, input: input, output: output, inherited: jobs?.inherited ?? [])
    self.pump = pump
    self.child = child
    grace = request.grace
    self.limit = limit
    self.jobs = jobs
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
      jobs?.balance()
    }
    pump.flush(output)
    // What is left of a failed command must not write where old outputs are put back. Until it is
    // waited for, the ended leader keeps the group's number from being used again.
    if escalation > .none || hasFailed { child.signalGroup(SIGKILL) }
    var end = child.wait()
    if escalation > .none {
      end.ending = isLate && !cancellation.isRequested() ? .timedOut : .cancelled
    }
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
      if cancellation.isRequested() {
        escalate(to: .interrupted)
      } else if !hasEnded, let limit, ContinuousClock.now >= limit {
        isLate = true
        escalate(to: .terminated)
      }
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
      entry(jobs?.wantedDescriptor ?? -1, true),
    ]
    _ = unsafe poll(&entries, nfds_t(entries.count), timeout)
  }

  /// In milliseconds; -1 for none.
  private var timeout: Int32 {
    let limit = escalation == .none && !hasEnded ? limit : nil
    var timeout: Int32 = -1
    if let time = [deadline, limit].compactMap(\.self).min() {
      timeout = Self.milliseconds(max(.zero, time - ContinuousClock.now))
    }
    if jobs != nil {
      let interval = Self.milliseconds(JobConnection.balanceInterval)
      timeout = timeout < 0 ? interval : min(timeout, interval)
    }
    if !hasEnded, child.descriptor < 0 {
      timeout = timeout < 0 ? Self.pollMilliseconds : min(timeout, Self.pollMilliseconds)
    }
    return timeout
  }

  /// Rounded up, so that the time has passed when a call returns that waits as long.
  private static func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds.multipliedReportingOverflow(by: 1000).partialValue
    return Int32(clamping: milliseconds + attoseconds / 1_000_000_000_000_000 + 1)
  }
}
