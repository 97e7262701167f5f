import DverCore
package import DverTable

/// How `diff` compares the rows of tables.
package struct RowOptions: Sendable {
  /// The columns whose cells say which rows are the same one; whole rows are compared if empty.
  package var key: [[UInt8]] = []
  /// How many changed rows of a file are shown; all if `nil`.
  package var limit: Int?

  package init() {}
}

/// What happened to the rows of a file.
package struct RowReport: Sendable {
  package enum Outcome: Sendable {
    case compared(RowComparison)
    case problem(String, hint: String?)
  }

  /// Whether either version has the columns of the key.
  enum KeyState: Sendable {
    case found
    case lacking
    case unknown
  }

  /// Counted from the workspace's root.
  package let path: [UInt8]
  package let outcome: Outcome
  /// Whether cells hold JSON instead of text.
  package let holdsJSON: Bool
  let keyState: KeyState
}

/// No table has the column that is to tell rows apart.
struct NoKeyColumn: DverError {
  let message: String
  let hint: String?
}
