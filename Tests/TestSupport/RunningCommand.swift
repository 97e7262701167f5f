import CSystem
import Glibc

/// A program that was started in a process group of its own.
///
/// Must be waited for; what it prints is read by `wait`, so a program that prints more than a pipe
/// holds stops until then.
package final class RunningCommand {
  package let processIdentifier: Int32
  private let line: String
  private let deadline: ContinuousClock.Instant
  private var pipes: ChildPipes
  private var hasTimedOut = false
  private var waitStatus: Int32?

  init(_ command: Command) throws {
    line = command.line
    deadline = .now + command.timeout
    var pipes = try ChildPipes(input: command.standardInput)
    processIdentifier = try spawn(command, pipes: pipes)
    pipes.closeChildEnds()
    self.pipes = pipes
  }

  deinit {
    if waitStatus == nil {
      kill(-processIdentifier, SIGKILL)
      var status: Int32 = 0
      unsafe waitpid(processIdentifier, &status, 0)
    }
    pipes.closeAll()
  }

  /// Sends a signal to the program alone, not to its children.
  package func send(_ signal: Int32) {
    kill(processIdentifier, signal)
  }

  /// Sends a signal to the whole group, as a terminal does for Ctrl-C.
  package func sendToGroup(_ signal: Int32) {
    kill(-processIdentifier, signal)
  }

  package var hasEnded: Bool {
    reap()
    return waitStatus != nil
  }

  /// Waits until `condition` holds, for instance that a file has appeared.
  ///
  /// - Throws: If the program ends or the time is up before that.
  package func wait(until condition: () throws -> Bool) throws {
    while try !condition() {
      if hasEnded, try !condition() {
        throw SupportError("'\(line)' ended before what the test waits for\n\(wait().transcript)")
      }
      if ContinuousClock.now >= deadline {
        throw SupportError("what the test waits for did not come while '\(line)' ran")
      }
      pause()
    }
  }

  /// Waits for the end; kills the group when the time is up.
  package func wait() -> CommandResult {
    while pipes.isOpen || !hasEnded {
      let left = ContinuousClock.now.duration(to: deadline)
      if left <= .zero, !hasTimedOut {
        hasTimedOut = true
        sendToGroup(SIGKILL)
        // What left the group may hold the pipes for ever.
        pipes.drain()
        pipes.closeAll()
      } else if pipes.isOpen {
        pipes.exchange(milliseconds: Int32(clamping: left.components.seconds * 1000 + 1))
      } else {
        pause()
      }
    }
    return CommandResult(
      command: line, status: status, standardOutputBytes: pipes.output,
      standardErrorBytes: pipes.error)
  }

  private var status: CommandResult.Status {
    let raw = waitStatus ?? 0
    if hasTimedOut { return .timedOut }
    return raw & 0x7f == 0 ? .exited((raw >> 8) & 0xff) : .signalled(raw & 0x7f)
  }

  private func reap() {
    guard waitStatus == nil else { return }
    var status: Int32 = 0
    if unsafe waitpid(processIdentifier, &status, WNOHANG) == processIdentifier {
      waitStatus = status
    }
  }

  /// A process has no descriptor to poll here, so its end is asked for each millisecond.
  private func pause() {
    _ = poll(nil, 0, 1)
  }
}
