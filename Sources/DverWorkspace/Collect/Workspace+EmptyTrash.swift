import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverObjectStore

extension Workspace {
  /// Deletes what collections condemned, as far as it is old enough and still unused; what is used
  /// again comes back.
  package func emptyTrash(cloud: Bool, remote: String?, isDry: Bool) throws -> [EmptySummary] {
    try collectPlaces(cloud: cloud, remote: remote).map { place in
      var summary = EmptySummary(place: place.name)
      if isDry {
        summary.waiting = try place.trashContent()
        return summary
      }
      let lease = try place.lease("dver gc", for: self)
      defer { withExtendedLifetime(lease) {} }
      summary.graceHours = try grace(of: place)
      let emptied = try empty(
        place, olderThan: summary.graceHours * 3_600_000_000_000, lease: lease)
      summary.deleted = .init(count: emptied.deletedCount, byteCount: emptied.deletedByteCount)
      summary.restoredCount = emptied.restoredCount
      summary.waiting = try place.trashContent()
      for (folder, operations) in try endedOperations(by: emptied.deleted) {
        if folder == root {
          summary.endedOperations = operations
        } else {
          summary.endedElsewhere.append((folder: folder.description, operations: operations))
        }
      }
      return summary
    }
  }

  /// For how many hours what was condemned must wait: those who were at work then may need it.
  ///
  /// In a cache that only this repository uses nobody is left once nobody holds its lock.
  private func grace(of place: CollectPlace) throws -> Int64 {
    if let hours = try configuration().number("gc.grace") { return Int64(hours) }
    return try place.isShared || !place.store.isUnused() ? Self.standardGraceHours : 0
  }

  private static var standardGraceHours: Int64 { 24 }

  /// Empties the parts of a store's trash that have an age, in nanoseconds.
  func empty(
    _ place: CollectPlace, olderThan age: Int64, lease: Lease
  ) throws -> ObjectStore.Emptying {
    var result = ObjectStore.Emptying()
    let operations = try place.store.trashedOperations()
    guard !operations.isEmpty else { return result }
    let now = try place.store.clock()
    let old = operations.filter { $0.condemnedAt <= now - age }
    guard !old.isEmpty else { return result }
    // What is brought back or counts as replaced must be there to stay.
    try place.store.settle()
    let host = try hostRoots(of: place)
    // By project and scope; `nil` for what cannot be told.
    var scopes: [[String]: PastScope?] = [:]
    let progress = progress
    for operation in old {
      let question = operation.note.map { [$0.project ?? ""] + $0.scope } ?? []
      if scopes[question] == nil {
        scopes[question] = .some(try pastScope(of: operation, in: place))
      }
      guard let known = scopes[question], let past = known else { continue }
      let part = try part(
        of: place, past, host: host, since: past.isExact ? operation.condemnedAt : .min)
      result.add(
        try place.store.empty(
          operation, keeping: part.kept, confirm: { try lease.check() }
        ) { try progress.check() })
    }
    return result
  }

  // MARK: Repacking, forgetting

  /// Brings small objects together in packs, and compresses them where that helps.
  package func repack(
    cloud: Bool, remote: String?, isDry: Bool
  ) throws -> [RepackSummary] {
    try collectPlaces(cloud: cloud, remote: remote).map { place in
      let store = place.store
      let lease = try place.lease("dver gc", for: self)
      defer { withExtendedLifetime(lease) {} }
      if !isDry { try store.settle() }
      let isLinked = try mayHaveLinks(place)
      let linked = isLinked ? [] : try linkedObjectsOfRepository()
      let progress = progress
      progress.begin("Repacking")
      let result = try store.repack(
        includesLoose: !isLinked, except: KeptObjects(linked), isDry: isDry,
        judgedBefore: store.judgementTime(), confirm: { try lease.check() }
      ) { try progress.advance(items: 1) }
      progress.end()
      return RepackSummary(
        place: place.name, packCount: result.packCount, looseCount: result.looseCount,
        newPackCount: result.newPackCount, oldByteCount: result.oldByteCount,
        newByteCount: result.newByteCount)
    }
  }

  /// Whether files of workspaces that cannot be looked at may be links to objects of a store: of
  /// those whose cache it is.
  private func mayHaveLinks(_ place: CollectPlace) throws -> Bool {
    if place.host != nil { return true }
    if place.isCache {
      return try place.isShared || configuration().linkTypes.contains(where: \.isLink)
    }
    // What is pushed names a commit, as a rule; what uses a store as its cache names none.
    let names = CollectNames(place.store, place: place.name)
    return try names.projects().contains { project in
      guard let lists = try? names.lists(of: project) else { return true }
      return lists.contains { $0.commit == nil }
    }
  }

  /// Takes away the lists by which stores keep what a project has, or counts them.
  ///
  /// - Returns: How many lists there were, by store.
  package func forgetProject(
    _ project: String, cloud: Bool, remote: String?, isDry: Bool
  ) throws -> [(place: String, count: Int)] {
    let places = try collectPlaces(cloud: cloud, remote: remote)
    var found: [(place: String, count: Int)] = []
    var known: Set<String> = []
    for place in places {
      let names = CollectNames(place.store, place: place.name)
      known.formUnion(try names.projects())
      guard try names.projects().contains(project) else { continue }
      found.append((place.name, try names.forget(project, isDry: isDry)))
    }
    guard !found.isEmpty else {
      throw CollectError.unknownProject(project, known: known.sorted())
    }
    return found
  }
}
