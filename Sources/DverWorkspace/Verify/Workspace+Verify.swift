import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest
import DverObjectStore
import DverRemote

extension Workspace {
  /// Hashes objects again, and sets the damaged ones aside.
  ///
  /// - Parameter targets: Tracked paths whose objects are hashed; without any, all objects of the
  ///   store, and tracked ones that it should have.
  package func verify(_ targets: [[UInt8]], options: VerifyOptions) throws -> VerifySummary {
    let group = try verifyGroup(targets, options: options)
    let plan = try plan(group)
    var summary: VerifySummary
    if options.remote != nil {
      summary = VerifySummary(place: "remote '\(group.entry.name)'")
      guard let remote = try open(group.entry) else {
        throw StoreError.notAStore(group.entry.path.description)
      }
      let settings = try settings(for: group.entry, TransferOptions())
      let wanted = Self.wanted(plan, others: targets.isEmpty ? try remote.objects() : [])
      let cursor = VerifyCursor(in: stateFolder, storeID: remote.storeID)
      try verify(wanted, plan, options, cursor, &summary) {
        try remote.verify($0, settings: settings)
      }
    } else {
      summary = VerifySummary(place: "the cache")
      let store = try cacheIfPresent()
      let wanted = Self.wanted(plan, others: targets.isEmpty ? try store?.allObjects() ?? [] : [])
      let progress = progress
      let cursor = VerifyCursor(in: stateFolder, storeID: store?.descriptor.id ?? "none")
      try verify(wanted, plan, options, cursor, &summary) { digests in
        guard let store else { return VerifiedObjects(missing: digests) }
        return try store.verify(digests) { try progress.advance(bytes: $0) }
      }
      // A node that could be read for the plan is not lost: git has it too.
      let nodes = Set(plan.nodes.digests)
      summary.missing.removeAll { nodes.contains($0.digest) }
      summary.manifests = try settledManifests(plan.unreadable + differingManifests(of: group))
    }
    let quarantine = group.entry.path.appending(ObjectStore.quarantineName)
    // Whoever may not write to the store leaves them where they are.
    if try FileSystem.exists(quarantine) {
      summary.quarantine = PathQuoting.quoted(quarantine.bytes)
    }
    progress.end()
    return summary
  }

  /// The tracked outputs that count; for the cache no remote needs to be configured.
  private func verifyGroup(_ targets: [[UInt8]], options: VerifyOptions) throws -> TransferGroup {
    var transfer = TransferOptions()
    transfer.remote = options.remote
    if options.remote != nil {
      return try transferGroups(targets, options: transfer, pushing: true)[0]
    }
    let catalog = try catalog()
    let selections = try select(targets, in: catalog)
    try refuseUnknownParts(selections, in: catalog)
    let items = selections.map { TransferItem(selection: $0, tree: nil) }
      .filter { $0.output.isCached && $0.output.name != nil }
    let nowhere = RemoteEntry(
      name: "", path: try cacheFolder(), unsupportedURL: nil, level: .local, isDefault: false,
      storeID: nil, jobs: nil)
    return TransferGroup(entry: nowhere, items: items)
  }

  /// All digests in question, sorted, each once.
  private static func wanted(_ plan: TransferPlan, others: [Digest]) -> [Digest] {
    let all = (plan.files.digests + plan.nodes.digests + others).sorted()
    return all.indices.filter { $0 == 0 || all[$0] != all[$0 - 1] }.map { all[$0] }
  }

  private typealias Hashing = ([Digest]) throws -> VerifiedObjects

  /// Hashes portion by portion, as far as the options allow.
  private func verify(
    _ wanted: [Digest], _ plan: TransferPlan, _ options: VerifyOptions, _ cursor: VerifyCursor,
    _ summary: inout VerifySummary, _ hash: Hashing
  ) throws {
    let isPartial = options.samplePerMille != nil || options.budget != nil
    let order = isPartial ? try cursor.rotated(wanted) : wanted
    let count = options.samplePerMille.map { (order.count * $0 + 999) / 1000 } ?? order.count
    let deadline = options.budget.map { ContinuousClock.now + $0 }
    progress.begin("Verifying", itemCount: Int64(count))
    var (position, damaged, missing): (Int, [Digest], [Digest]) = (0, [], [])
    while position < count, position == 0 || deadline.map({ ContinuousClock.now < $0 }) ?? true {
      let end = min(count, position + (deadline == nil ? Self.portion : Self.smallPortion))
      let found = try hash(Array(order[position..<end]))
      damaged += found.damaged
      missing += found.missing
      // One that could not be mended is found again by each portion.
      let known = Set(summary.packs.map(\.name))
      summary.packs += found.packs.filter { !known.contains($0.name) }.map {
        .init(name: $0.name, damage: $0.damage.rawValue, isMended: $0.isMended)
      }
      summary.byteCount += found.byteCount
      summary.objectCount += end - position
      try progress.advance(items: end - position)
      position = end
      if isPartial { try cursor.save(order[position % order.count]) }
    }
    summary.isComplete = position == order.count
    let paths = plan.paths(of: Set(damaged + missing))
    summary.damaged = damaged.sorted().map { .init(digest: $0, paths: paths[$0] ?? []) }
    // What is listed and gone a moment later was collected; only what is tracked must be there.
    summary.missing = missing.sorted().compactMap { digest in
      paths[digest].map { VerifySummary.Finding(digest: digest, paths: $0) }
    }
  }

  private static var portion: Int { 4096 }
  /// Small enough to stop soon after the time is over.
  private static var smallPortion: Int { 16 }

  /// Directories with files under `.dver/manifests` that are not the nodes that their pointer names.
  private func differingManifests(of group: TransferGroup) throws -> [RepositoryPath] {
    try group.items.map(\.output).filter { output in
      guard let nodes = try? nodes(of: output) else { return false }
      return try hasDifferingFile(nodes, of: output)
    }.map(\.path)
  }

  /// Those of some directories whose manifests are wrong even while nobody changes them: pointers and
  /// nodes were read at different moments.
  private func settledManifests(_ doubtful: [RepositoryPath]) throws -> [RepositoryPath] {
    guard !doubtful.isEmpty else { return [] }
    let paths = Set(doubtful)
    return try whileNothingChanges("dver verify") {
      try catalog().outputs.filter { output in
        guard paths.contains(output.path), output.isCached else { return false }
        do {
          return try hasDifferingFile(nodes(of: output), of: output)
        } catch is ManifestLookupError {
          return true
        }
      }.map(\.path).sorted()
    }
  }

  private func nodes(
    of output: TrackedOutput
  ) throws -> [(digest: Digest, location: RepositoryPath)] {
    guard let root = output.name?.directoryDigest else { return [] }
    return try manifests.reader(of: output.path).nodes(of: root).map { ($0.digest, $0.location) }
  }

  private func hasDifferingFile(
    _ nodes: [(digest: Digest, location: RepositoryPath)], of output: TrackedOutput
  ) throws -> Bool {
    try nodes.contains { node in
      let file = root.appending(ManifestFiles.gitPath(of: output.path, node.location))
      // A file that is not there may be in the index alone, as in a sparse checkout.
      guard let bytes = try FileSystem.contents(of: file) else { return false }
      return SHA256.digest(of: bytes.span) != node.digest
    }
  }
}

extension TransferPlan {
  /// The tracked paths that need each of some objects, sorted.
  func paths(of digests: Set<Digest>) -> [Digest: [RepositoryPath]] {
    guard !digests.isEmpty else { return [:] }
    var found: [Digest: Set<RepositoryPath>] = [:]
    for source in sources {
      for index in 0..<source.entries.count where digests.contains(source.entries.digests[index]) {
        found[source.entries.digests[index], default: []].insert(
          source.item.output.path.appending(source.entries.paths[index]))
      }
    }
    for (index, digest) in nodes.digests.enumerated() where digests.contains(digest) {
      found[digest, default: []].insert(nodePlaces[index].directory)
    }
    return found.mapValues { $0.sorted() }
  }
}
