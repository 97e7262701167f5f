package import DverCore
package import DverManifest

/// What differs between the values of two versions, file by file and key by key.
package struct ValueDifference: Sendable {
  package struct Change: Hashable, Sendable {
    /// Dotted; empty for a file that is one value.
    package let key: String
    /// `nil` where the version has no such key.
    package let old: ParameterValue?
    package let new: ParameterValue?
    /// `new - old` of numbers.
    package let difference: ParameterValue?
  }

  package struct File: Sendable {
    package let path: RepositoryPath
    /// Sorted by key.
    package let changes: [Change]
  }

  /// Sorted by path; none without changes.
  package let files: [File]
  /// The names of the versions of which something could not be read.
  package let problematicVersions: [String]

  /// - Parameter includesUnchanged: Whether keys with equal values are listed too.
  init(from old: VersionValues, to new: VersionValues, includesUnchanged: Bool) {
    problematicVersions = [old, new].filter(\.hasProblems).map(\.name)
    let (oldValues, newValues) = (old.readable, new.readable)
    files = Set(oldValues.keys).union(newValues.keys).sorted().compactMap { path in
      let changes = FileComparison(
        old: oldValues[path] ?? .map([]), new: newValues[path] ?? .map([]),
        includesUnchanged: includesUnchanged
      ).changes
      return changes.isEmpty ? nil : File(path: path, changes: changes)
    }
  }

  /// - Parameter shown: How a path is given out.
  package func json(_ shown: (RepositoryPath) -> String) -> JSONValue {
    .object(
      files.map { file in
        let changes = file.changes.map { (key: $0.key, value: $0.json) }
        return (key: shown(file.path), value: .object(changes))
      })
  }
}

extension ValueDifference.Change {
  var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      (key: "old", value: old?.json ?? .null), (key: "new", value: new?.json ?? .null),
    ]
    if let difference { members.append((key: "diff", value: difference.json)) }
    return .object(members)
  }
}

/// Compares two values of one file by DVC's rules: lists count as their text, maps are flattened to
/// dotted keys.
struct FileComparison {
  let changes: [ValueDifference.Change]

  init(old: ParameterValue, new: ParameterValue, includesUnchanged: Bool) {
    let (old, new) = (Self.comparable(old), Self.comparable(new))
    guard old.isMap || new.isMap else {
      changes = [Self.change("", old, new, includesUnchanged)].compactMap(\.self)
      return
    }
    let (left, right) = (FlatValues(old), FlatValues(new))
    let keys = Set(left.values.keys).union(right.values.keys)
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    changes = keys.compactMap { Self.change($0, left[$0], right[$0], includesUnchanged) }
  }

  private static func change(
    _ key: String, _ old: ParameterValue?, _ new: ParameterValue?, _ includesUnchanged: Bool
  ) -> ValueDifference.Change? {
    if case .list(let olds) = old, case .list(let news) = new, olds.count == 1, news.count == 1 {
      return change(key, olds[0], news[0], includesUnchanged)
    }
    let (oldValue, newValue) = (old ?? .null, new ?? .null)
    guard includesUnchanged || !oldValue.isEqualInPython(to: newValue) else { return nil }
    return ValueDifference.Change(
      key: key, old: old, new: new, difference: newValue.difference(from: oldValue))
  }

  /// The value with lists as texts; a text or a list at the top that is JSON stands for what it says.
  private static func comparable(_ value: ParameterValue) -> ParameterValue {
    let formatted = value.withListsAsText
    guard case .string(let text) = formatted else { return formatted }
    return (try? ParameterValue(json: Array(text.utf8), source: "")) ?? formatted
  }
}

/// A map with dotted keys in place of maps in it.
private struct FlatValues {
  private(set) var values: [String: ParameterValue] = [:]
  /// What stands for keys that are not there.
  private let missing: ParameterValue?

  init(_ value: ParameterValue) {
    guard case .map = value else {
      missing = value.isTruthy ? .string("unable to parse") : nil
      return
    }
    missing = nil
    for (key, value) in value.flattened where values[key] == nil { values[key] = value }
  }

  subscript(key: String) -> ParameterValue? { values[key] ?? missing }
}

extension ParameterValue {
  fileprivate var isMap: Bool { if case .map = self { true } else { false } }

  /// What Python takes as true.
  package var isTruthy: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .largeInteger: true
    case .double(let value): value != 0
    case .string(let value): !value.isEmpty
    case .list(let items): !items.isEmpty
    case .map(let members): !members.isEmpty
    }
  }

  /// The value with every list as the text that Python shows for it.
  package var withListsAsText: ParameterValue {
    switch self {
    case .list: .string(pythonRepresentation)
    case .map(let members):
      .map(members.map { Member(key: $0.key, value: $0.value.withListsAsText) })
    default: self
    }
  }

  /// The values of a map and of the maps in it under dotted keys, in order; empty maps leave nothing.
  package var flattened: [(key: String, value: ParameterValue)] {
    guard case .map(let members) = self else { return [] }
    var flat: [(key: String, value: ParameterValue)] = []
    for member in members {
      guard member.value.isMap else {
        flat.append((key: member.key, value: member.value))
        continue
      }
      flat += member.value.flattened.map { (key: "\(member.key).\($0.key)", value: $0.value) }
    }
    return flat
  }
}
