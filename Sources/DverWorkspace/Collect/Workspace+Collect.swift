import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverObjectStore
import DverRemote

/// What a collection would do, and then does.
package struct CollectionTask: Sendable {
  /// What is kept, and why.
  package let versions: [KeptVersion]
  package let summaries: [CollectSummary]
  let scope: CollectScope
  let parts: [Part]

  struct Part: Sendable {
    let place: CollectPlace
    let kept: KeptObjects
    /// What this project needs, whatever others do.
    let needed: KeptObjects
    /// What of that is recorded nowhere.
    let onlyLinked: [Digest]
    let ownLists: [CollectNames.List]
    /// What is kept in this store only.
    var versions: [KeptVersion] = []
    /// What appeared in the store from then on is not judged, by its clock.
    var judgedBefore: Int64 = .min
  }

  package var count: Int { summaries.reduce(0) { $0 + $1.unused.count } }
  package var byteCount: Int64 { summaries.reduce(0) { $0 + $1.unused.byteCount } }
}

extension Workspace {
  /// Finds out what nothing in scope names; changes nothing that counts.
  ///
  /// - Throws: ``CollectError`` where that cannot be told of a part of the scope.
  package func planCollection(_ options: CollectOptions) throws -> CollectionTask {
    var options = options
    // Whoever empties the trash may be in another folder.
    options.scope.projects = options.scope.projects.map {
      AbsolutePath($0, relativeTo: current).bytes
    }
    let places = try collectPlaces(cloud: options.cloud, remote: options.remote)
    try refuseIncompleteClone(options.scope, places)
    progress.begin("Looking for unused objects")
    // Before anything is read: what appears from now on is not judged.
    let limits = try places.map { place in
      if !options.isDry { try place.store.settle() }
      return try place.store.judgementTime(isDry: options.isDry)
    }
    var marker = CollectMarker()
    try addRoots(options.scope, to: &marker)
    var (parts, summaries): ([CollectionTask.Part], [CollectSummary]) = ([], [])
    var versions = marker.versions
    for (place, limit) in zip(places, limits) {
      var part = try self.part(
        of: place, marker: marker, host: hostRoots(of: place), scope: options.scope,
        isDry: options.isDry)
      part.judgedBefore = limit
      var summary = CollectSummary(
        place: place.name,
        plan: try place.store.collectionPlan(keeping: part.kept, judgedBefore: limit))
      summary.trash = try place.trashContent()
      summaries.append(summary)
      parts.append(part)
      versions += part.versions
    }
    progress.end()
    return CollectionTask(
      versions: versions, summaries: summaries, scope: options.scope, parts: parts)
  }

  /// Scopes that follow history need all of it where others depend on the answer.
  private func refuseIncompleteClone(_ scope: CollectScope, _ places: [CollectPlace]) throws {
    guard !scope.isWorkspaceOnly, places.contains(where: \.isShared),
      try git()?.isShallowOrPartial() == true
    else { return }
    throw CollectError.incompleteClone
  }

  /// What is to stay in one store.
  ///
  /// - Parameters:
  ///   - host: As ``hostRoots(of:)`` has it.
  ///   - since: From when on the project's own lists count: somebody may have pushed since the
  ///     collection that is looked at again.
  func part(
    of place: CollectPlace, marker: CollectMarker, host: CollectMarker?, scope: CollectScope,
    listsSince since: Int64? = nil, isDry: Bool = false
  ) throws -> CollectionTask.Part {
    var marker = marker
    let names = CollectNames(place.store, place: place.name)
    let cache = try cacheIfPresent()
    let elsewhere: @Sendable (Digest) -> [UInt8]? = { digest in
      (try? cache?.readIfPresent(digest)) ?? nil
    }
    // Else two projects that list the same would keep it for each other.
    let recorded = KeptObjects(marker.objects)
    let onlyLinked = KeptObjects(marker.linked).digests.filter { !recorded.contains($0) }
    for project in try names.projects() where project != place.project {
      for list in try names.lists(of: project) {
        try names.add(list, to: &marker, elsewhere: elsewhere)
      }
    }
    var own = try place.project.map { try names.lists(of: $0) } ?? []
    var versions: [KeptVersion] = []
    var ahead: Set<ContentName> = []
    if !place.isCache {
      let foreign = try own.filter { try !isCommitKnown($0.commit) }
      for list in foreign {
        try names.add(list, to: &marker, elsewhere: elsewhere)
        versions.append(
          KeptVersion(commit: list.commit, reasons: ["pushed to \(place.name) by another clone"]))
      }
      own.removeAll { list in foreign.contains { $0.file == list.file } }
      ahead = try namesAhead(in: own, besides: recorded)
      for list in own {
        let lines = list.lines.filter { ahead.contains($0.name) }
        guard !lines.isEmpty else { continue }
        try names.add(
          CollectNames.List(
            file: list.file, project: list.project, lines: lines, head: list.head),
          to: &marker, elsewhere: elsewhere)
        versions.append(
          KeptVersion(
            commit: list.commit, reasons: ["pushed to \(place.name) before it was committed"]))
      }
    }
    if let since {
      for list in own {
        let status = try FileSystem.status(of: place.store.folder.appending(list.file))
        guard let status, status.modified >= since else { continue }
        try names.add(list, to: &marker, elsewhere: elsewhere)
      }
    }
    var kept = KeptObjects(marker.objects + onlyLinked)
    if place.isCache, let remote = scope.notInRemote {
      guard try marker.linked.isEmpty && !configuration().linkTypes.contains(.symlink) else {
        throw CollectError.linkedWorkspace
      }
      kept = try withoutRemoteCopy(
        marker.objectsByRemote, in: remote, store: place.store, isDry: isDry)
    }
    if let host, let folder = place.host {
      kept = KeptObjects(kept.digests + host.objects + host.linked)
      versions.append(
        KeptVersion(commit: nil, reasons: ["all of \(folder), whose cache \(place.name) is"]))
    }
    let needed = KeptObjects(recorded.digests + onlyLinked + ahead.map(\.digest))
    return CollectionTask.Part(
      place: place, kept: kept, needed: needed, onlyLinked: onlyLinked, ownLists: own,
      versions: versions)
  }

  /// Whether what was pushed from a commit is for the scope to judge: of one that this clone does not
  /// have, or of none, only another clone can tell whether it is needed.
  private func isCommitKnown(_ commit: String?) throws -> Bool {
    guard let commit, let id = GitObjectID(hex: commit), let git = try git() else { return false }
    return (try? git.commit(id)) != nil
  }

  /// Leaves out what remotes have, byte for byte: each object is looked for where it is pushed to.
  ///
  /// - Parameters:
  ///   - objects: By the remote that their output names.
  ///   - name: The remote of outputs that name none.
  private func withoutRemoteCopy(
    _ objects: [String?: [Digest]], in name: String, store: ObjectStore, isDry: Bool
  ) throws -> KeptObjects {
    let entry = try configuration().remote(name)
    guard let remote = try open(entry) else { throw CollectError.noRemoteStore(entry.name) }
    let stored = try KeptObjects(store.allObjects() + store.trashedObjects())
    var kept: [Digest] = []
    for (own, digests) in objects.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
      let wanted = KeptObjects(digests)
      guard let own, own != entry.name else {
        kept += try withoutSoundCopy(wanted, in: remote, entry, stored: stored, isDry: isDry)
        continue
      }
      // Of a remote that an old version names nothing may be left: then it has no copy.
      let others = try remotes().first { $0.name == own }
      if let others, let found = openIfThere(others) {
        kept += try withoutSoundCopy(wanted, in: found, others, stored: stored, isDry: isDry)
      } else {
        kept += wanted.digests
      }
    }
    return KeptObjects(kept)
  }

  /// As ``open(_:)``; of a remote that cannot be opened the user is told, and it counts as empty.
  private func openIfThere(_ entry: RemoteEntry) -> (any Remote)? {
    do {
      return try open(entry)
    } catch {
      let cause = (error as? any DverError)?.message ?? "\(error)"
      notices.warning("\(cause): what is pushed there stays in the cache")
      return nil
    }
  }

  /// Those among `wanted` of which one remote has no copy that is what it should be.
  private func withoutSoundCopy(
    _ wanted: KeptObjects, in remote: any Remote, _ entry: RemoteEntry, stored: KeptObjects,
    isDry: Bool
  ) throws -> [Digest] {
    // What is there must be there for good.
    if !isDry { try remote.cleanUp() }
    let candidates = stored.digests.filter { wanted.contains($0) }
    let batch = ObjectBatch(digests: candidates, sizes: candidates.map { _ in -1 })
    let absent = Set(try remote.defects(among: batch).map(\.index))
    let present = candidates.indices.filter { !absent.contains($0) }.map { candidates[$0] }
    var safe = KeptObjects(present)
    if !isDry {
      let found = try remote.verify(present, settings: settings(for: entry, TransferOptions()))
      let bad = Set(found.damaged + found.missing)
      safe = KeptObjects(present.filter { !bad.contains($0) })
    }
    return wanted.digests.filter { !safe.contains($0) }
  }

  // MARK: Carrying out

  /// Moves what a plan found unused to the trash, and deletes what has been there for long.
  package func carryOut(_ collection: CollectionTask) throws -> [CollectSummary] {
    var summaries = collection.summaries
    for (number, part) in collection.parts.enumerated() {
      let place = part.place
      let lease = try place.lease("dver gc", for: self)
      defer { withExtendedLifetime(lease) {} }
      let plan = summaries[number].plan
      let note = TrashNote(
        time: FileClock.now().nanoseconds / 1_000_000_000, project: place.project,
        scope: collection.scope.words)
      progress.begin("Collecting", itemCount: Int64(plan.count))
      let progress = progress
      let condemned = try place.store.condemn(
        plan, note: note, confirm: { try lease.check() }
      ) {
        try progress.advance(items: 1)
      }
      summaries[number].operation = condemned.operation
      summaries[number].moved = .init(
        count: condemned.objectCount, byteCount: condemned.byteCount)
      if place.isShared {
        try lease.check()
        if place.isCache {
          // The line that stood for them may be the one of a directory that goes.
          try noteInSharedCache(
            part.onlyLinked.map {
              (ContentName(digest: $0, isDirectory: false), RepositoryPath.root)
            })
        }
        try CollectNames(place.store, place: place.name)
          .prune(part.ownLists, judgedBefore: part.judgedBefore) {
            part.kept.contains($0) && part.needed.contains($0)
          }
      }
      let emptied = try empty(place, olderThan: trashAge(), lease: lease)
      summaries[number].deleted = .init(
        count: emptied.deletedCount, byteCount: emptied.deletedByteCount)
      summaries[number].restoredCount = emptied.restoredCount
      summaries[number].trash = try place.trashContent()
    }
    progress.end()
    return summaries
  }

  /// After which time any collection empties the trash, in nanoseconds.
  private func trashAge() throws -> Int64 {
    Int64(try configuration().number("gc.trash_days") ?? 14) * 86_400 * 1_000_000_000
  }
}
