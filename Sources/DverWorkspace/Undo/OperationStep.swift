import DverCore

/// What taking back or repeating an operation changes: `old` is what is there, `new` what is to be.
struct OperationStep: Sendable {
  let reversal: OperationRecord.Reversal
  /// That of the operation.
  let command: String
  var texts: [TextChange] = []
  var manifests: [ManifestChange] = []
  var moves: [DataMove] = []
  var conflicts: [IndexConflict] = []
  var data: [DataChange] = []

  init(_ group: OperationGroup, isRedo: Bool) {
    reversal = OperationRecord.Reversal(group: group.number, isRedo: isRedo)
    command = group.command
    let records = group.records
    texts = Self.net(records.flatMap(\.texts), \.path) {
      TextChange(path: $0.path, old: $0.old, new: $1.new)
    }.filter { $0.old != $0.new }
    manifests = Self.net(records.flatMap(\.manifests), \.path) {
      ManifestChange(path: $0.path, old: $0.old, new: $1.new)
    }
    data = Self.net(records.flatMap(\.data), \.path) {
      DataChange(path: $0.path, old: $0.old, new: $1.new)
    }.filter { !$0.old.isSame(as: $0.new) }
    moves = records.flatMap(\.moves)
    conflicts = Self.net(records.flatMap(\.conflicts), \.path) { $1 }
    if !isRedo { invert() }
  }

  private mutating func invert() {
    texts = texts.reversed().map { TextChange(path: $0.path, old: $0.new, new: $0.old) }
    manifests = manifests.reversed().map { ManifestChange(path: $0.path, old: $0.new, new: $0.old) }
    data = data.reversed().map { DataChange(path: $0.path, old: $0.new, new: $0.old) }
    moves = moves.reversed().map {
      DataMove(source: $0.target, target: $0.source, inode: $0.inode)
    }
    conflicts = conflicts.reversed().map(\.inverse)
  }

  /// Several changes of one path as one, in the order of the first ones.
  private static func net<Change>(
    _ changes: [Change], _ path: KeyPath<Change, RepositoryPath>,
    _ join: (_ first: Change, _ last: Change) -> Change
  ) -> [Change] {
    var joined: [Change] = []
    var positions: [RepositoryPath: Int] = [:]
    for change in changes {
      if let position = positions[change[keyPath: path]] {
        joined[position] = join(joined[position], change)
      } else {
        positions[change[keyPath: path]] = joined.count
        joined.append(change)
      }
    }
    return joined
  }

  /// All that the user sees changing, sorted.
  var paths: [RepositoryPath] {
    let all = texts.map(\.path) + data.map(\.path) + moves.flatMap { [$0.source, $0.target] }
    return Array(Set(all)).sorted()
  }
}
