import DverCore

/// All records of one command.
struct OperationGroup: Sendable {
  /// That of the first record.
  let number: Int
  private(set) var records: [OperationRecord]

  init(number: Int, first: OperationRecord) {
    self.number = number
    records = [first]
  }

  mutating func append(_ record: OperationRecord) { records.append(record) }

  var command: String { records[0].command }
  var started: Int64 { records[0].started }
  /// What it took back or repeated; empty for all commands but `undo`.
  var reversals: [OperationRecord.Reversal] { records.compactMap(\.reversal) }
}

/// What was done in a workspace, and what of it counts.
///
/// Taking something back is an operation itself and is not taken back by the next `undo`, which goes
/// further into the past; going to where things were before repeats what had been taken back.
struct OperationHistory: Sendable {
  /// Oldest first.
  private(set) var groups: [OperationGroup] = []
  private var records: [(number: Int, record: OperationRecord)] = []

  /// A group whose first record was dropped for its age is left out.
  init(_ records: [(number: Int, record: OperationRecord)]) {
    var positions: [Int: Int] = [:]
    for (number, record) in records {
      if let position = positions[record.group] {
        groups[position].append(record)
      } else if record.group == number {
        positions[number] = groups.count
        groups.append(OperationGroup(number: number, first: record))
      } else {
        continue
      }
      self.records.append((number, record))
    }
  }

  func group(_ number: Int) -> OperationGroup? { groups.first { $0.number == number } }

  /// The operations that count after the records of group `last`, or after all of them.
  func counting(after last: Int? = nil) -> Set<Int> {
    var counting: Set<Int> = []
    for (_, record) in records where record.group <= last ?? .max {
      if let reversal = record.reversal {
        if reversal.isRedo {
          counting.insert(reversal.group)
        } else {
          counting.remove(reversal.group)
        }
      } else {
        counting.insert(record.group)
      }
    }
    return counting
  }

  /// What has to be taken back or repeated, in order.
  ///
  /// - Parameter target: The operation after which things were as they shall be, 0 for before the
  ///   first one; `nil` to take back the last one.
  func steps(to target: Int?) throws -> [OperationRecord.Reversal] {
    let now = counting()
    guard let target else {
      guard let last = now.max() else { throw UndoError.nothing }
      return [OperationRecord.Reversal(group: last, isRedo: false)]
    }
    guard target == 0 || group(target) != nil else { throw UndoError.unknown(target) }
    let then = counting(after: target)
    let taken = now.subtracting(then).sorted(by: >).map {
      OperationRecord.Reversal(group: $0, isRedo: false)
    }
    return taken
      + then.subtracting(now).sorted().map { OperationRecord.Reversal(group: $0, isRedo: true) }
  }
}
