/// What becomes of an operation on a file.
package enum FaultAction: String, CaseIterable, Sendable {
  /// The operation alone fails with this error.
  case noSpace = "ENOSPC"
  case inputOutputError = "EIO"
  case accessDenied = "EACCES"
  case tooManyFiles = "EMFILE"
  /// From the operation on, everything that needs space fails.
  case diskFull = "FULL"
  /// A write stores half of its bytes, and then the disk is full; other operations succeed.
  case shortWrite = "SHORT"
  /// The program is killed before the operation, or right after it.
  case kill = "KILL"
  case killAfter = "KILLAFTER"

  /// The program dies from it.
  package var kills: Bool { self == .kill || self == .killAfter }
}

/// Which operations on files count.
package enum FaultMode: String, Sendable {
  /// Those that change the disk.
  case write
  /// Those that read it.
  case read
  case both
}

/// One operation on a file that a program made.
package struct FileOperation: Equatable, Sendable, CustomStringConvertible {
  /// Counts from 1.
  package let number: Int
  package let name: String
  /// Below the root of the plan, with a leading slash.
  package let path: String

  package var description: String { "\(number) \(name) \(path)" }

  /// A line of the shim's log.
  init?(line: Substring) {
    let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, let number = Int(fields[0]) else { return nil }
    (self.number, name, path) = (number, String(fields[1]), String(fields[2]))
  }
}

/// One operation, and what becomes of it.
package struct Fault: Sendable, CustomStringConvertible {
  package let action: FaultAction
  package let operation: FileOperation

  package var description: String { "\(action.rawValue) at operation \(operation)" }
}
