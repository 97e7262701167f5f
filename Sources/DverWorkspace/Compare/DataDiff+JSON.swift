package import DverCore

extension DataDiff {
  /// The document of `diff --json`; empty where nothing is to be said.
  package func json(showsHashes: Bool, hidesMissing: Bool) -> JSONValue {
    guard !changes.isEmpty || !notInCache.isEmpty else { return .object([]) }
    var members: [(key: String, value: JSONValue)] = []
    for kind in [DataChanges.Kind.added, .deleted, .modified, .renamed] {
      let items = changes.items(kind)
      var values = items.map { $0.json(kind, showsHash: showsHashes) }
      if kind == .modified, !rows.isEmpty { add(rows, to: &values, of: items) }
      members.append((kind.rawValue, .array(values)))
    }
    if !hidesMissing {
      let items = notInCache.map { $0.json(.added, showsHash: showsHashes) }
      members.append(("not in cache", .array(items)))
    }
    return .object(members)
  }

  /// Gives items what happened to their rows; both are sorted by path.
  private func add(
    _ rows: [RowReport], to values: inout [JSONValue], of items: [DataChanges.Item]
  ) {
    var next = 0
    for (index, item) in items.enumerated() {
      guard next < rows.count else { return }
      guard rows[next].path == item.path, case .object(let members) = values[index] else {
        continue
      }
      values[index] = .object(members + [("rows", rows[next].json)])
      next += 1
    }
  }
}

extension DataChanges.Item {
  fileprivate func json(_ kind: DataChanges.Kind, showsHash: Bool) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    if let oldPath {
      members.append(("path", ["old": .path(oldPath), "new": .path(path)]))
    } else {
      members.append(("path", .path(path)))
    }
    if showsHash { members.append(("hash", hash(kind))) }
    return .object(members)
  }

  private func hash(_ kind: DataChanges.Kind) -> JSONValue {
    func value(_ hash: String?) -> JSONValue { hash.map { .string($0) } ?? .null }
    return switch kind {
    case .added, .renamed: value(newHash)
    case .deleted: value(oldHash)
    case .modified: ["old": value(oldHash), "new": value(newHash)]
    }
  }
}
