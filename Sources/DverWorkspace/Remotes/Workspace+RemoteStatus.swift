import DverCore
import DverObjectStore
import DverRemote

/// How a path's content differs between the cache and a remote.
package enum RemoteState: String, Sendable {
  /// In the cache, not in the remote.
  case new
  /// In the remote, not in the cache.
  case deleted
  /// In neither.
  case missing
}

extension Workspace {
  /// Compares the cache with remotes, as both are now; looks at every object.
  ///
  /// - Returns: What differs, sorted by path, as the user would type it; a directory itself stands for its manifest.
  package func remoteStatus(
    _ targets: [[UInt8]], options: TransferOptions
  ) throws -> [(path: String, state: RemoteState)] {
    try remoteStates(targets, options: options).sorted { $0.key < $1.key }
      .map { (path: displayed($0.key), state: $0.value) }
  }

  /// What differs between the cache and remotes, by path.
  func remoteStates(
    _ targets: [[UInt8]], options: TransferOptions
  ) throws -> [RepositoryPath: RemoteState] {
    var states: [RepositoryPath: RemoteState] = [:]
    for group in try transferGroups(targets, options: options, pushing: true) {
      let remote = try open(group.entry)
      let plan = try plan(group)
      let cache = try cacheIfPresent()
      func compare(_ batch: ObjectBatch) throws -> [(index: Int, state: RemoteState)] {
        let absentHere = try cache.map { try Self.absent(batch, $0) } ?? Set(0..<batch.count)
        let absentThere =
          try remote.map { Set(try $0.defects(among: batch).map(\.index)) }
          ?? Set(0..<batch.count)
        return absentHere.union(absentThere).sorted().map { index in
          switch (absentHere.contains(index), absentThere.contains(index)) {
          case (true, true): (index, .missing)
          case (true, false): (index, .deleted)
          default: (index, .new)
          }
        }
      }
      for (index, state) in try compare(plan.nodes) {
        // What was read just now is at hand, wherever it is.
        states[plan.nodePlaces[index].directory] = state == .missing ? .new : state
      }
      let files = Dictionary(
        uniqueKeysWithValues: try compare(plan.files).map {
          (plan.files.digests[$0.index], $0.state)
        })
      for (digest, paths) in plan.paths(of: Set(files.keys)) {
        for path in paths where states[path] == nil { states[path] = files[digest] }
      }
      for path in plan.unreadable { states[path] = .missing }
    }
    return states
  }

  /// The objects that a store lacks, or has damaged as far as their size tells.
  private static func absent(_ batch: ObjectBatch, _ store: ObjectStore) throws -> Set<Int> {
    var absent: Set<Int> = []
    for (index, defect) in try store.defects(among: batch.digests, sizes: batch.sizes) {
      if case .suspect = defect, try store.isIntact(batch.digests[index]) { continue }
      absent.insert(index)
    }
    return absent
  }
}
