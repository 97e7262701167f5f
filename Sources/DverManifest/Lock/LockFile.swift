/// `dver.lock`: what each stage read and wrote when it last succeeded.
///
/// The file belongs to dver, but git merges it and people read it, so entries that did not change
/// keep their bytes and their place.
package struct LockFile: Sendable {
  /// One stage's entry.
  package struct Entry: Hashable, Sendable {
    package var name: String
    package var lock: StageLock

    package init(name: String, lock: StageLock) {
      self.name = name
      self.lock = lock
    }
  }

  /// What the file says of its own format.
  static let schema = "2.0"

  /// In file order; names are unique.
  package let entries: [Entry]
  private let positions: [String: Int]
  /// `datasets`, which a DVC project may bring along: kept, and not used.
  package let datasets: ParameterValue?

  /// - Parameter entries: In file order, with unique names.
  package init(entries: [Entry] = [], datasets: ParameterValue? = nil) {
    self.entries = entries
    self.datasets = datasets
    var positions: [String: Int] = [:]
    positions.reserveCapacity(entries.count)
    for (position, entry) in entries.enumerated() { positions[entry.name] = position }
    self.positions = positions
  }

  /// The entry of a stage; `nil` for a stage that never ran.
  package subscript(name: String) -> StageLock? { position(of: name).map { entries[$0].lock } }

  func position(of name: String) -> Int? { positions[name] }
}
