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
    let runs = try copyRuns(below: RunCache.folder, from: remote, into: transaction)
    try fetchOutputs(
      of: runs, from: remote, named: name, into: transaction, settings: settings)
  }

  private func copyRuns(
    below folder: String, from remote: any Remote, into transaction: StoreTransaction
  ) throws -> [StageLock] {
    var runs: [StageLock] = []
    for file in try remote.files(below: folder) {
      guard let bytes = try remote.contents(of: file), let run = RunCache.run(bytes, name: file)
      else { continue }
      runs.append(run)
      _ = try transaction.write(bytes, to: file, synced: false)
    }
    return runs
  }

  /// Copies what the cache lacks of what runs wrote, as far as the remote has it.
  private func fetchOutputs(
    of runs: [StageLock], from remote: any Remote, named name: String,
    into transaction: StoreTransaction, settings: TransferSettings
  ) throws {
    let plan = try plan(of: runs, remote: name)
    try keepNodes(of: plan, remote: name)
    let lacking = try transaction.store.defects(among: plan.files.digests, sizes: plan.files.sizes)
    _ = try remote.fetch(
      plan.files.selecting(lacking.map(\.index)), into: transaction, settings: settings)
  }

  /// Copies the runs of a stage that had one key from the remotes of its outputs, and what the cache
  /// lacks of what these and the runs that the cache knows wrote, the newest first, until it has all of
  /// one.
  func fetchRuns(
    of key: Digest, of stage: Stage, into transaction: StoreTransaction,
    until isEnough: (StageLock) throws -> Bool
  ) throws {
    let configuration = try configuration()
    var remotes: [(entry: RemoteEntry, remote: any Remote, outputs: Set<[UInt8]>)] = []
    for (name, outputs) in Dictionary(grouping: stage.outputs, by: \.remote) {
      guard let entry = try? configuration.remote(name), let remote = try open(entry) else {
        continue
      }
      remotes.append((entry, remote, Set(outputs.map(\.path))))
    }
    remotes.sort { $0.entry.name < $1.entry.name }
    for (_, remote, _) in remotes {
      _ = try copyRuns(below: RunCache.folder(of: key), from: remote, into: transaction)
    }
    for run in try RunCache(transaction.store).runs(of: key) {
      for (entry, remote, outputs) in remotes {
        var part = run
        part.outputs.removeAll { !outputs.contains($0.path) }
        try fetchOutputs(
          of: [part], from: remote, named: entry.name, into: transaction,
          settings: settings(for: entry, TransferOptions()))
      }
      try transaction.publish()
      if try isEnough(run) { return }
    }
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
