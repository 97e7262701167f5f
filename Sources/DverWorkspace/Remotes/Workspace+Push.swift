import DverCore
import DverGit
import DverHashing
import DverObjectStore
import DverRemote

extension Workspace {
  /// Copies what remotes lack to them; on stable storage when it returns.
  ///
  /// - Returns: A summary for each remote.
  /// - Throws: ``IncompleteTransfer``, after copying the rest.
  package func push(_ targets: [[UInt8]], options: TransferOptions) throws -> [TransferSummary] {
    let groups = try transferGroups(targets, options: options, pushing: true)
    var summaries: [TransferSummary] = []
    for group in groups { summaries.append(try push(group, options: options)) }
    progress.end()
    try refuse(summaries, .push, options: options)
    return summaries
  }

  private func push(_ group: TransferGroup, options: TransferOptions) throws -> TransferSummary {
    let began = ContinuousClock.now
    let plan = try plan(group)
    let remote = try openForWriting(group.entry)
    try remote.cleanUp()
    try keepNodes(of: plan, remote: group.entry.name)
    let settings = try settings(for: group.entry, options)
    var summary = TransferSummary(remote: group.entry.name)
    summary.missing = plan.unreadable

    let lacking = try lacking(plan.files, of: remote, force: options.force)
    let batch = plan.files.selecting(lacking)
    progress.begin("Pushing", byteCount: batch.byteCount, itemCount: Int64(batch.count))
    // Without a cache there is nothing to send, and everything is missing.
    let cache = batch.isEmpty && plan.nodes.isEmpty ? nil : try cache()
    var lostFolders: Set<RepositoryPath> = []
    if let cache {
      let outcome = try remote.send(batch, from: cache, settings: settings)
      summary.take(outcome) { plan.path(ofFile: lacking[$0]) }
      // Whoever finds a node finds what it names, as far as there is any.
      lostFolders = try sendNodes(
        of: plan, to: remote, named: group.entry.name, settings: settings, force: options.force)
    }
    if options.runCache {
      try pushRuns(
        to: remote, named: group.entry.name, settings: settings, into: &summary)
    }
    if let cache, ContinuousClock.now - began > Self.longPush {
      // What was there at first may have been collected, and deleted, since.
      let gone = try self.lacking(plan.files, of: remote, force: false)
      let outcome = try remote.send(
        plan.files.selecting(gone), from: cache, settings: settings)
      summary.take(outcome) { plan.path(ofFile: gone[$0]) }
      lostFolders = try sendNodes(
        of: plan, to: remote, named: group.entry.name, settings: settings)
    }
    summary.missing = Set(summary.missing).union(lostFolders).sorted()
    try remote.barrier()
    // Of nodes that several directories share, only one of these is known.
    if lostFolders.isEmpty { try recordNames(of: plan, without: summary, at: remote) }
    return summary
  }

  /// Copies the nodes of manifests that a remote lacks. Those whose copy in the cache turns out to be
  /// damaged are taken from where else they are.
  ///
  /// - Returns: The directories of which a node did not arrive.
  func sendNodes(
    of plan: TransferPlan, to remote: any Remote, named name: String, settings: TransferSettings,
    force: Bool = false
  ) throws -> Set<RepositoryPath> {
    guard !plan.nodes.isEmpty else { return [] }
    let cache = try cache()
    func send(_ positions: [Int]) throws -> [Int] {
      let outcome = try remote.send(
        plan.nodes.selecting(positions), from: cache, settings: settings)
      return (outcome.missing + outcome.damaged).map { positions[$0] }
    }
    var left = try send(lacking(plan.nodes, of: remote, force: force))
    if !left.isEmpty {
      do {
        try keepNodes(of: plan, remote: name)
      } catch is ManifestLookupError {
        // It is among those that are left.
      }
      left = try send(left)
    }
    return Set(left.map { plan.nodePlaces[$0].directory })
  }

  /// Half of what a collection leaves to those who are at work.
  private static var longPush: Duration { .seconds(12 * 3600) }

  /// The positions of the objects that a remote lacks, or may have damaged.
  func lacking(
    _ batch: ObjectBatch, of remote: any Remote, force: Bool
  ) throws -> [Int] {
    force ? Array(0..<batch.count) : try remote.defects(among: batch).map(\.index)
  }

  /// Fails for what is missing or damaged.
  func refuse(
    _ summaries: [TransferSummary], _ direction: IncompleteTransfer.Direction,
    options: TransferOptions
  ) throws {
    let missing = options.allowMissing ? [] : summaries.flatMap(\.missing)
    let damaged = summaries.flatMap { summary in
      summary.damaged.map { path in
        let place = direction == .push ? "the cache" : "remote '\(summary.remote)'"
        return (path: displayed(path), place: place)
      }
    }
    let lostRuns = summaries.flatMap(\.lostRuns)
    guard !missing.isEmpty || !damaged.isEmpty || !lostRuns.isEmpty else { return }
    throw IncompleteTransfer(
      direction: direction, summaries: summaries, missing: missing.map { displayed($0) },
      damaged: damaged, lostRuns: lostRuns)
  }

  // MARK: Names

  /// Takes down at the remote what this project has there: the list from which it can be found
  /// again, and which a collection on behalf of other projects respects.
  ///
  /// A list that is there already, by an equal push, is not written again.
  private func recordNames(
    of plan: TransferPlan, without summary: TransferSummary, at remote: any Remote
  ) throws {
    let absent = summary.missing + summary.damaged
    var lines: [[UInt8]] = []
    for source in plan.sources {
      let output = source.item.output
      guard let name = output.name, !absent.contains(where: { $0.isInside(output.path) }) else {
        continue
      }
      if source.item.selection.part == nil {
        lines.append(Self.nameLine(name, output.path.bytes))
        continue
      }
      for index in 0..<source.entries.count {
        guard source.entries.kinds[index] == .file || source.entries.kinds[index] == .executable
        else { continue }
        let name = ContentName(digest: source.entries.digests[index], isDirectory: false)
        lines.append(
          Self.nameLine(name, output.path.appending(source.entries.paths[index]).bytes))
      }
    }
    try record(names: lines, at: remote)
  }

  /// Takes down at the remote that it has a tracked path of this project.
  func recordName(
    _ name: ContentName, of path: RepositoryPath, at remote: any Remote
  ) throws {
    try record(names: [Self.nameLine(name, path.bytes)], at: remote)
  }

  private func record(names lines: [[UInt8]], at remote: any Remote) throws {
    guard !lines.isEmpty else { return }
    let lines = lines.sorted { $0.lexicographicallyPrecedes($1) }
    let commit = try git().flatMap { try $0.head().commit?.hex } ?? "none"
    let body = Array("commit \(commit)\n".utf8) + lines.joined()
    let seconds = FileClock.now().nanoseconds / 1_000_000_000
    let file = SHA256.digest(of: body.span).hex.prefix(32)
    let head = Array("commit \(commit)\ntime \(seconds)\n".utf8)
    let isNew = try remote.write(
      head + lines.joined(), to: "names/\(try projectID())/\(file)")
    if isNew { try remote.barrier() }
  }

  private static func nameLine(_ name: ContentName, _ path: [UInt8]) -> [UInt8] {
    Array("\(name) \(PathQuoting.quoted(path))\n".utf8)
  }

  /// The random identifier of the project, which all of its clones share: `core.project`.
  private func projectID() throws -> String {
    if let known = try configuration().layers.string("core.project"), !known.isEmpty,
      known.utf8.allSatisfy({
        ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || $0 >= 0x30 && $0 < 0x3a
      })
    {
      return known
    }
    var generator = SystemRandomNumberGenerator()
    let words = (0..<2).map { _ in String(generator.next() | 1 << 63, radix: 16) }
    let made = words.joined()
    try editConfiguration("dver push", at: .project, isUndoable: false) { file in
      try file.set("core.project", made)
    }
    return made
  }
}

extension TransferSummary {
  /// Adds what a transfer of files did.
  mutating func take(_ outcome: TransferOutcome, path: (Int) -> RepositoryPath) {
    objectCount += outcome.objectCount
    byteCount += outcome.byteCount
    // What was lacking before may have been sent again.
    missing = Set(missing + outcome.missing.map(path)).sorted()
    damaged = Set(damaged + outcome.damaged.map(path)).sorted()
  }
}
