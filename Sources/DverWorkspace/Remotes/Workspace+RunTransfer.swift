import DverCore
import DverManifest
import DverObjectStore
import DverRemote

extension Workspace {
  /// Copies remembered runs to a remote, each after what it wrote. Runs whose outputs the cache has
  /// no more are left out.
  ///
  /// - Returns: The runs that are left out because a part of what they wrote turned out to be damaged.
  func pushRuns(
    to remote: any Remote, named name: String, settings: TransferSettings
  ) throws -> [String] {
    guard let cache = try cacheIfPresent() else { return [] }
    let runs = try RunCache(cache).runs().filter { try $0.lock.outputs.allSatisfy(isStored) }
    let plan = try plan(of: runs.map(\.lock), remote: name)
    try keepNodes(of: plan, remote: name)
    let lacking = try lacking(plan.files, of: remote, force: false)
    let outcome = try remote.send(
      plan.files.selecting(lacking), from: cache, settings: settings)
    let lostFolders = try sendNodes(of: plan, to: remote, named: name, settings: settings)
    let isComplete =
      outcome.missing.isEmpty && outcome.damaged.isEmpty && lostFolders.isEmpty
      && plan.unreadable.isEmpty
    var lost: [String] = []
    for run in runs {
      guard try isComplete || hasOutputs(of: run.lock, remote, named: name) else {
        lost.append(run.name)
        continue
      }
      if let bytes = try cache.contents(of: run.name) { try remote.write(bytes, to: run.name) }
    }
    return lost
  }

  /// Whether a remote has all that a run wrote.
  private func hasOutputs(
    of run: StageLock, _ remote: any Remote, named name: String
  ) throws -> Bool {
    let plan = try plan(of: [run], remote: name)
    return try plan.unreadable.isEmpty && lacking(plan.files, of: remote, force: false).isEmpty
      && lacking(plan.nodes, of: remote, force: false).isEmpty
  }

  /// Copies remembered runs from a remote, with as much of what they wrote as it has.
  func fetchRuns(
    from remote: any Remote, named name: String, into transaction: StoreTransaction,
    settings: TransferSettings
  ) throws {
    var locks: [StageLock] = []
    for file in try remote.files(below: RunCache.folder) {
      guard let bytes = try remote.contents(of: file), let lock = RunCache.run(bytes, name: file)
      else { continue }
      locks.append(lock)
      _ = try transaction.write(bytes, to: file, synced: false)
    }
    let plan = try plan(of: locks, remote: name)
    try keepNodes(of: plan, remote: name)
    let lacking = try transaction.store.defects(among: plan.files.digests, sizes: plan.files.sizes)
    _ = try remote.fetch(
      plan.files.selecting(lacking.map(\.index)), into: transaction, settings: settings)
  }

  /// What the runs wrote. Their paths count from folders that the runs do not name, so that
  /// manifests are looked for by their digests alone.
  private func plan(of runs: [StageLock], remote: String) throws -> TransferPlan {
    var plan = TransferPlan()
    let manifests = ManifestFiles(workspace: self, remote: remote)
    for record in runs.flatMap(\.outputs) {
      guard let name = record.name else { continue }
      let path = RepositoryPath(normalized: Array(name.digest.hex.utf8))
      let output = TrackedOutput(
        path: path, record: record, origin: .pointer(path), isCached: true, isPushed: true,
        remote: nil)
      try plan.add(
        TransferItem(selection: Selection(output: output, part: nil), tree: nil),
        manifests: manifests)
    }
    return plan
  }
}
