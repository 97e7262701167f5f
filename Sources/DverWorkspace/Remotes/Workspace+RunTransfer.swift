import DverCore
import DverManifest
import DverObjectStore
import DverRemote

extension Workspace {
  /// Copies remembered runs to a remote, each after what it wrote and may go there. Runs whose
  /// outputs the cache has no more are left out.
  ///
  /// - Parameter summary: Gets what was copied, and the runs that are left out because a part of what
  ///   they wrote turned out to be damaged.
  func pushRuns(
    to remote: any Remote, named name: String, settings: TransferSettings,
    into summary: inout TransferSummary
  ) throws {
    guard let cache = try cacheIfPresent() else { return }
    let runs = try RunCache(cache).runs().filter { try $0.lock.outputs.allSatisfy(isStored) }
    let kept = try outputsKept(from: name)
    let plan = try plan(of: runs.map(\.lock), without: kept, remote: name)
    try keepNodes(of: plan, remote: name)
    let lacking = try lacking(plan.files, of: remote, force: false)
    let outcome = try remote.send(
      plan.files.selecting(lacking), from: cache, settings: settings)
    summary.objectCount += outcome.objectCount
    summary.byteCount += outcome.byteCount
    let lostFolders = try sendNodes(of: plan, to: remote, named: name, settings: settings)
    let isComplete =
      outcome.missing.isEmpty && outcome.damaged.isEmpty && lostFolders.isEmpty
      && plan.unreadable.isEmpty
    for run in runs {
      guard try isComplete || hasOutputs(of: run.lock, without: kept, remote, named: name) else {
        summary.lostRuns.append(run.name)
        continue
      }
      if let bytes = try cache.contents(of: run.name) { try remote.write(bytes, to: run.name) }
    }
  }

  /// The outputs of stages that do not go to a remote, as they are written. A run does not name its
  /// stage, so that equal names of other stages count as well.
  private func outputsKept(from remote: String) throws -> Set<[UInt8]> {
    let outputs = try catalog().outputs.filter { output in
      guard case .stage = output.origin else { return false }
      return !output.isPushed || output.remote.map { $0 != remote } ?? false
    }
    return Set(outputs.map(\.record.path))
  }

  /// Whether a remote has all that a run wrote and that goes there.
  private func hasOutputs(
    of run: StageLock, without kept: Set<[UInt8]>, _ remote: any Remote, named name: String
  ) throws -> Bool {
    let plan = try plan(of: [run], without: kept, remote: name)
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
  ///
  /// - Parameter kept: Outputs that stay here, as runs name them.
  private func plan(
    of runs: [StageLock], without kept: Set<[UInt8]> = [], remote: String
  ) throws -> TransferPlan {
    var plan = TransferPlan()
    let manifests = ManifestFiles(workspace: self, remote: remote)
    for record in runs.flatMap(\.outputs) where !kept.contains(record.path) {
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
