package import DverCore
import DverObjectStore
import DverRemote

extension Workspace {
  /// Copies what the cache lacks from remotes; every object is hashed as it arrives.
  ///
  /// - Returns: A summary for each remote.
  /// - Throws: ``IncompleteTransfer``, after copying the rest.
  package func fetch(_ targets: [[UInt8]], options: TransferOptions) throws -> [TransferSummary] {
    let summaries = try fetchAll(targets, options: options)
    try refuse(summaries, .fetch, options: options)
    return summaries
  }

  /// Fetches, then makes the workspace hold what was fetched.
  ///
  /// - Throws: ``IncompletePull``, after doing the rest.
  package func pull(
    _ targets: [[UInt8]], options: TransferOptions, checkout checkoutOptions: CheckoutOptions
  ) throws -> PullSummary {
    let summaries = try fetchAll(targets, options: options)
    var failures: [any DverError] = []
    do {
      try refuse(summaries, .fetch, options: options)
    } catch let error as IncompleteTransfer {
      failures.append(error)
    }
    var summary = PullSummary(transfers: summaries, checkout: CheckoutSummary())
    var checkoutOptions = checkoutOptions
    checkoutOptions.command = "dver pull"
    do {
      summary.checkout = try checkout(targets, options: checkoutOptions)
    } catch let error as IncompleteCheckout {
      summary.checkout = error.summary
      try judge(error, &failures)
    }
    guard failures.isEmpty else { throw IncompletePull(summary: summary, failures: failures) }
    return summary
  }

  /// Takes a checkout's failure for one of the pull, unless the pull knows better.
  private func judge(_ error: IncompleteCheckout, _ failures: inout [any DverError]) throws {
    guard case .missingData = error.cause else {
      failures.append(error)
      return
    }
    guard failures.isEmpty else { return }
    // What is never pushed is not expected to come; whoever has it makes it.
    let catalog = try catalog()
    let (expected, kept) = error.summary.missing.reduce(
      into: ([RepositoryPath](), [RepositoryPath]())
    ) { lists, path in
      if catalog.output(containing: path)?.isPushed == false {
        lists.1.append(path)
      } else {
        lists.0.append(path)
      }
    }
    for path in kept { notices.status("\(displayed(path)) is never pushed, so it is left out") }
    if !expected.isEmpty {
      failures.append(
        IncompleteCheckout(
          summary: error.summary, cause: .missingData(expected.map { displayed($0) })))
    }
  }

  private func fetchAll(
    _ targets: [[UInt8]], options: TransferOptions
  ) throws -> [TransferSummary] {
    let groups = try transferGroups(targets, options: options, pushing: false)
    var summaries: [TransferSummary] = []
    for group in groups { summaries.append(try fetch(group, options: options)) }
    try saveIndexes()
    progress.end()
    return summaries
  }

  private func fetch(_ group: TransferGroup, options: TransferOptions) throws -> TransferSummary {
    var summary = TransferSummary(remote: group.entry.name)
    // First, so that a share that is not mounted is not taken for missing data.
    let remote = try open(group.entry)
    let plan = try plan(group)
    summary.missing = plan.unreadable
    guard !group.items.isEmpty || options.runCache else { return summary }
    let store = try cache()
    try keepNodes(of: plan, remote: group.entry.name)
    let lacking =
      options.force
      ? Array(0..<plan.files.count)
      : try store.defects(among: plan.files.digests, sizes: plan.files.sizes).map(\.index)
    let batch = plan.files.selecting(lacking)
    var outcome = TransferOutcome()
    let transaction = try storing()
    if let remote {
      progress.begin("Fetching", byteCount: batch.byteCount, itemCount: Int64(batch.count))
      outcome = try remote.fetch(
        batch, into: transaction, settings: try settings(for: group.entry, options))
      if options.runCache {
        try fetchRuns(
          from: remote, named: group.entry.name, into: transaction,
          settings: try settings(for: group.entry, options))
      }
    } else {
      outcome.missing = Array(0..<batch.count)
    }
    // The remote has everything too, so nothing depends on the disk yet.
    try transaction.finish()
    try dismiss(&outcome, batch: batch) { plan.output(ofFile: lacking[$0]) }
    summary.take(outcome) { plan.path(ofFile: lacking[$0]) }
    return summary
  }

  /// Takes out of an outcome what is no loss: what the cache has sound itself, and what the user
  /// keeps from being pushed.
  private func dismiss(
    _ outcome: inout TransferOutcome, batch: ObjectBatch, output: (Int) -> TrackedOutput
  ) throws {
    let store = try cache()
    outcome.missing = try outcome.missing.filter { index in
      try output(index).isPushed && !store.isIntact(batch.digests[index])
    }
    outcome.damaged = try outcome.damaged.filter { try !store.isIntact(batch.digests[$0]) }
  }
}

/// What a pull did.
package struct PullSummary: Sendable {
  package let transfers: [TransferSummary]
  package var checkout: CheckoutSummary
}

/// A pull that could not do all of it; what it did stays done.
package struct IncompletePull: DverError {
  package let summary: PullSummary
  let failures: [any DverError]

  package var message: String { failures.map(\.message).joined(separator: "; ") }
  package var hint: String? { failures.lazy.compactMap(\.hint).first }
  package var exitStatus: ExitStatus {
    failures.contains { $0.exitStatus == .damaged } ? .damaged : .failed
  }
}
