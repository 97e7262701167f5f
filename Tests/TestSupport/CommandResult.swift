import Glibc

/// How a program ended, and what it printed.
package struct CommandResult: Sendable {
  /// How a program ended.
  package enum Status: Equatable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)
    /// Killed, with its whole process group, because it ran longer than allowed.
    case timedOut

    package var description: String {
      switch self {
      case .exited(let code): "exit status \(code)"
      case .signalled(let number): "signal \(number)"
      case .timedOut: "a timeout"
      }
    }
  }

  /// The command line, for messages.
  package let command: String
  package let status: Status
  package let standardOutputBytes: [UInt8]
  package let standardErrorBytes: [UInt8]

  package var standardOutput: String { readable(standardOutputBytes) }
  package var standardError: String { readable(standardErrorBytes) }

  /// The lines of standard output, without their ends.
  package var lines: [String] {
    standardOutput.split(separator: "\n", omittingEmptySubsequences: false).dropLast(
      standardOutput.hasSuffix("\n") || standardOutput.isEmpty ? 1 : 0
    ).map(String.init)
  }

  /// Throws, with all that the program printed, unless it exited with 0.
  @discardableResult
  package func requireSuccess() throws -> CommandResult {
    try requireStatus(0)
  }

  /// Throws, with all that the program printed, unless it exited with `code`.
  @discardableResult
  package func requireStatus(_ code: Int32) throws -> CommandResult {
    try require(.exited(code))
  }

  /// Throws, with all that the program printed, unless it was killed by SIGKILL.
  @discardableResult
  package func requireKilled() throws -> CommandResult {
    try require(.signalled(SIGKILL))
  }

  private func require(_ wanted: Status) throws -> CommandResult {
    guard status != wanted else { return self }
    throw SupportError("'\(command)' ended with \(status), not \(wanted)\n\(transcript)")
  }

  /// Both outputs, under headings.
  package var transcript: String {
    "--- standard output\n\(standardOutput)--- standard error\n\(standardError)"
  }
}
