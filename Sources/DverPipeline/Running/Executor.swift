package import DverCore
package import DverFileSystem
package import DverParallel

/// Runs the commands of a stage somewhere and waits for their end.
package protocol Executor: Sendable {
  /// Runs the commands one after the other until one fails.
  ///
  /// Called on a thread that may wait as long as it takes. A command that fails is a result; an
  /// error means that it could not be started or watched.
  ///
  /// - Parameters:
  ///   - started: Called with the number of each command, from 0, once it runs.
  ///   - output: Called with each line of output and its line feed or carriage return;
  ///     without one for a piece of a very long line and for what a command prints last.
  func run(
    _ request: CommandRequest, cancellation: Cancellation, started: (Int) -> Void,
    output: (ArraySlice<UInt8>) -> Void
  ) throws -> CommandResult
}

/// What an executor is to run.
package struct CommandRequest: Sendable {
  package var stage: StageAddress
  package var commands: [String]
  package var shell: Shell
  package var directory: AbsolutePath
  /// `NAME=value` each.
  package var environment: [[UInt8]]
  /// Gets everything that the commands print, behind what it holds; not made if that is nothing.
  package var log: AbsolutePath
  /// How long the commands may take together.
  package var timeout: Duration?
  /// Where `make` gets jobs from.
  package var jobServer: JobServer?
  /// How long a command that was asked to end is waited for before it is asked more firmly.
  package var grace: Duration

  package init(
    stage: StageAddress, commands: [String], shell: Shell, directory: AbsolutePath,
    environment: [[UInt8]], log: AbsolutePath, grace: Duration = .seconds(2)
  ) {
    self.stage = stage
    self.commands = commands
    self.shell = shell
    self.directory = directory
    self.environment = environment
    self.log = log
    self.grace = grace
  }
}

/// How commands ended.
package struct CommandResult: Hashable, Sendable {
  package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
    /// Because of the cancellation.
    case cancelled
    /// Because it took too long.
    case timedOut
  }

  /// That of the last command that was started.
  package var ending: Ending
  /// Which command that was, from 0.
  package var command: Int
  package var duration: Duration
  /// The most memory that one process of the commands held at a time.
  package var peakMemory: ByteCount

  package init(ending: Ending, command: Int, duration: Duration, peakMemory: ByteCount) {
    self.ending = ending
    self.command = command
    self.duration = duration
    self.peakMemory = peakMemory
  }

  package var isSuccess: Bool { ending == .exited(0) }
}
