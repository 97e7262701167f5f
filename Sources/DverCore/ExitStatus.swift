/// How a command ended, as the shell sees it; part of the command-line contract.
package enum ExitStatus: Int32, Sendable {
  case done = 0
  /// The answer is "changed", "stale" or "no" where a command was asked to check.
  case changed = 1
  case failed = 2
  case stageFailed = 3
  /// Data is missing or damaged.
  case damaged = 4
  /// Another process holds a lock.
  case locked = 5
  case usage = 64
  case interrupted = 130
}
