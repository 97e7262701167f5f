import DverCore
import DverTable

extension RowReport {
  /// What `diff --json` shows beside the path.
  var json: JSONValue {
    switch outcome {
    case .problem(let message, let hint):
      ["error": .string(message), "hint": hint.map { .string($0) } ?? .null]
    case .compared(let comparison): json(comparison)
    }
  }

  private func json(_ comparison: RowComparison) -> JSONValue {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    return [
      "old": count(comparison.oldCount), "new": count(comparison.newCount),
      "added": count(comparison.addedCount), "deleted": count(comparison.deletedCount),
      "modified": count(comparison.modifiedCount), "reordered": .bool(comparison.isReordered),
      "columns": json(comparison.columns),
      "changes": .array(comparison.changes.map { json($0) }),
    ]
  }

  private func json(_ columns: ColumnChanges) -> JSONValue {
    [
      "added": .array(columns.added.map { .path($0) }),
      "deleted": .array(columns.deleted.map { .path($0) }),
      "reordered": .bool(columns.isReordered),
      "types": .object(
        columns.retyped.map { column in
          (
            JSONValue.text(column.name),
            ["old": .string(column.old.rawValue), "new": .string(column.new.rawValue)]
          )
        }),
    ]
  }

  private func json(_ change: RowChange) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [("kind", .string(change.kind.rawValue))]
    if !change.key.isEmpty { members.append(("key", json(change.key))) }
    func row(_ number: Int?) -> JSONValue { number.map { .integer(Int64($0)) } ?? .null }
    switch change.kind {
    case .modified:
      members.append(("row", ["old": row(change.oldRow), "new": row(change.newRow)]))
    case .added: members.append(("row", row(change.newRow)))
    case .deleted: members.append(("row", row(change.oldRow)))
    }
    if change.kind != .added { members.append(("old", json(change.old))) }
    if change.kind != .deleted { members.append(("new", json(change.new))) }
    return .object(members)
  }

  private func json(_ cells: [NamedCell]) -> JSONValue {
    // A member that an object lacks is lacking here too.
    let present = holdsJSON ? cells.filter { !$0.value.isEmpty } : cells
    return .object(present.map { (JSONValue.text($0.name), json($0.value)) })
  }

  /// A cell that holds JSON stays that; other bytes become text.
  private func json(_ cell: [UInt8]) -> JSONValue {
    holdsJSON && PathQuoting.isValidUTF8(cell.span)
      ? .literal(String(decoding: cell, as: UTF8.self)) : .path(cell)
  }
}

extension JSONValue {
  /// Bytes as the name of a member.
  fileprivate static func text(_ bytes: [UInt8]) -> String {
    PathQuoting.isValidUTF8(bytes.span)
      ? String(decoding: bytes, as: UTF8.self) : PathQuoting.quoted(bytes)
  }
}
