package import DverCore

extension DataDiff {
  /// The document of `diff --json`; empty where nothing is to be said.
  package func json(showsHashes: Bool, hidesMissing: Bool) -> JSONValue {
    guard !changes.isEmpty || !notInCache.isEmpty else { return .object([]) }
    var members: [(key: String, value: JSONValue)] = []
    for kind in [DataChanges.Kind.added, .deleted, .modified, .renamed] {
      let items = changes.items(kind)
      members.append((kind.rawValue, .array(items.map { $0.json(kind, showsHash: showsHashes) })))
    }
    if !hidesMissing {
      let items = notInCache.map { $0.json(.added, showsHash: showsHashes) }
      members.append(("not in cache", .array(items)))
    }
    return .object(members)
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
