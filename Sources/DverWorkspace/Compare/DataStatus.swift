package import DverCore

/// How HEAD, the pointers of the workspace, and what the workspace holds differ.
package struct DataStatus: Sendable {
  /// From what HEAD records to what the workspace's pointers and locks record.
  package internal(set) var committed = DataChanges()
  /// From what pointers and locks record to what the workspace holds.
  package internal(set) var uncommitted = DataChanges()
  /// Recorded paths whose content is not in the cache, directories with a slash behind them.
  package internal(set) var notInCache: [[UInt8]] = []
  /// Recorded paths whose content is not in the remote, directories with a slash behind them;
  /// `nil` if they were not asked for.
  package internal(set) var notInRemote: [[UInt8]]?
  /// Files that neither git nor dver tracks; `nil` if they were not asked for.
  package internal(set) var untracked: [[UInt8]]?
  /// What is the same everywhere; `nil` if it was not asked for.
  package internal(set) var unchanged: [[UInt8]]?

  /// The document of `data status --json`: as in DVC, without what is empty.
  package var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    func add(_ key: String, _ paths: [[UInt8]]?) {
      guard let paths, !paths.isEmpty else { return }
      members.append((key, .array(paths.map { .path($0) })))
    }
    add("not_in_cache", notInCache)
    add("not_in_remote", notInRemote)
    for (key, changes) in [("committed", committed), ("uncommitted", uncommitted)]
    where !changes.isEmpty {
      members.append((key, Self.json(changes)))
    }
    add("untracked", untracked)
    add("unchanged", unchanged)
    return .object(members)
  }

  private static func json(_ changes: DataChanges) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    for kind in [DataChanges.Kind.added, .modified, .deleted, .renamed] {
      let items = changes.items(kind)
      guard !items.isEmpty else { continue }
      let values = items.map { item -> JSONValue in
        guard let old = item.oldPath else { return .path(item.path) }
        return ["old": .path(old), "new": .path(item.path)]
      }
      members.append((kind.rawValue, .array(values)))
    }
    return .object(members)
  }
}

/// What `data status` is asked to tell.
package struct DataStatusOptions: Sendable {
  /// Tracked paths, pointers, stages or paths inside of tracked directories; all if empty.
  package var targets: [[UInt8]] = []
  /// Whether members of directories are listed.
  package var isGranular = false
  package var showsUntracked = false
  package var showsUnchanged = false
  /// Whether the remote is looked at, too.
  package var showsNotInRemote = false
  /// The remote to look at; without one, each output's own or the default one.
  package var remote: String?

  package init() {}
}
