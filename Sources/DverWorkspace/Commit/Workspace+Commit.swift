import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverPipeline

/// How `commit` goes about its work.
package struct CommitOptions: Sendable {
  /// Whether changes are recorded without asking.
  package var force = false
  /// Whether the stages that targets depend on are recorded too.
  package var withDependencies = false
  /// Whether a target that is a folder stands for all tracked paths and stages below it.
  package var recursive = false
  /// Whether files stay as they are where `cache.type` asks for links.
  package var withoutRelinking = false

  package init() {}
}

extension Workspace {
  /// Records what tracked paths hold now, and puts it into the cache.
  ///
  /// - Parameters:
  ///   - targets: Tracked paths, pointers or stages; everything if empty.
  ///   - confirm: Asked, with the paths that changed, before their records change.
  package func commit(
    _ targets: [[UInt8]], options: CommitOptions, confirm: ([String]) throws -> Bool
  ) throws -> [AddedPath] {
    var chosen = try committed(targets, options: options)
    if try !chosen.stages.isEmpty
      && waitForStages(writing: chosen.written, reading: chosen.read, among: chosen.related)
    {
      chosen = try committed(targets, options: options)
    }
    let stages = try changedStages(among: chosen.stages, in: chosen.pipelines)
    try refuseMissingOutputs(of: stages)
    let pointed = chosen.pointed
    for output in pointed {
      if output.isCached { try refuseTrackedByGit(inside: output.path) }
      try refuseStores(in: output.path)
    }
    for member in chosen.members {
      try refuseTrackedByGit(inside: member.path)
      try refuseStores(in: member.path)
    }
    let transaction = try storing()
    let contents = try pointed.map { output in
      try ContentScanner(
        workspace: self, transaction: output.isCached ? transaction : nil,
        linkTypes: try configuration().linkTypes
      ).content(of: output.path)
    }
    try refuseMissing(pointed, contents)
    if !options.force {
      let members = try changedMembers(among: chosen.members)
      let changed =
        zip(pointed, contents).filter { !$0.0.isRecorded($0.1) }.map { displayed($0.0.path) }
        + members
        + stages.filter(\.needsConsent).map { "stage '\($0.name)'" }
      try requireConsent(to: changed, confirm)
    }
    var taken = try zip(pointed, contents).map {
      try take($0, as: $1, transaction: transaction)
    }
    let scanner = ContentScanner(
      workspace: self, transaction: transaction, linkTypes: try configuration().linkTypes)
    for member in chosen.members {
      taken.append(
        try take(.member(member.path, of: member.output), scanner, nodes: [transaction]))
    }
    let paths = pointed.map(\.path) + chosen.members.map { $0.path }
    let command = "dver commit \(paths.map(\.description).joined(separator: " "))"
    // The nodes of a directory that members are put into are made then.
    try transaction.publish()
    let added =
      taken.isEmpty
      ? []
      : try record(taken, nodes: [transaction], command: command) { _ in
        try transaction.publish()
      }
    try commit(stages, transaction: transaction)
    try transaction.finish()
    try transaction.store.settleOld()
    try saveIndexes()
    if !options.withoutRelinking {
      let made = chosen.stages.flatMap { chosen.pipelines.graph.stages[$0].outputs }
      try relink(paths + made, command: command)
    }
    progress.end()
    return added
  }

  private func requireConsent(
    to changed: [String], _ confirm: ([String]) throws -> Bool
  ) throws {
    guard try !changed.isEmpty && !confirm(changed) else { return }
    throw WorkspaceError.failed(
      "not recorded: \(changed.joined(separator: ", ")) changed",
      hint: "use 'dver commit -f' to record changes without a question")
  }

  /// Members of directories that are not as recorded as a whole.
  private func changedMembers(among members: [CommitChoice.Member]) throws -> [String] {
    try members.filter { member in
      let content = try ContentScanner(workspace: self).content(of: member.output.path)
      return !member.output.isRecorded(content)
    }.map { displayed($0.path) }
  }

  private func refuseMissing(_ outputs: [TrackedOutput], _ contents: [WorkspaceContent]) throws {
    let missing = zip(outputs, contents).filter { $0.1.name == nil }.map { displayed($0.0.path) }
    guard let first = missing.first else { return }
    for (output, content) in zip(outputs, contents) where content.name == nil {
      guard try FileSystem.status(of: root.appending(output.path))?.isLink == true else { continue }
      throw WorkspaceError.failed(
        "\(displayed(output.path)) is a symbolic link, which is not followed",
        hint: "bring back what is recorded with 'dver checkout -f', or use 'dver remove'")
    }
    throw WorkspaceError.failed(
      missing.count == 1
        ? "\(first) does not exist"
        : "\(missing.count) paths do not exist: "
          + missing.prefix(10).joined(separator: ", "),
      hint: "bring back what is recorded with 'dver checkout', or use 'dver remove'")
  }

  /// Refuses stages of which there is nothing to record yet, or any more.
  private func refuseMissingOutputs(of stages: [ChangedStage]) throws {
    for stage in stages {
      for output in stage.pipelines.graph.stages[stage.number].outputs
      where try !FileSystem.exists(root.appending(output)) {
        throw WorkspaceError.failed(
          "\(displayed(output)), an output of stage '\(stage.name)', does not exist",
          hint: "run 'dver repro' to make it, 'dver checkout' to bring it back, or name targets")
      }
    }
  }

  /// A stage that is not as its lock says.
  private struct ChangedStage {
    let number: Int
    let name: String
    /// Whether its record will change, and not only the cache.
    let needsConsent: Bool
    let pipelines: Pipelines
  }

  /// The stages that are not as recorded, in the order in which they would run.
  private func changedStages(
    among plan: [Int], in pipelines: Pipelines
  ) throws -> [ChangedStage] {
    let graph = pipelines.graph
    let storage = try WorkspaceStorage(self, transaction: nil)
    let runner = try runner(pipelines, storage: storage, options: ReproOptions()) { _ in }
    let changed = try runner.forecast(plan, includesUpstream: false).filter { item in
      if item.reasons.contains(where: { $0 != .alwaysRuns }) { return true }
      return try hasOutputElsewhere(graph.stages[item.stage])
    }
    return changed.map {
      ChangedStage(
        number: $0.stage, name: graph.stages[$0.stage].address.text,
        needsConsent: $0.reasons.contains { !$0.isKeptByStoring }, pipelines: pipelines)
    }
  }

  /// Whether a link of the user's stands in the place of an output for the cache. To record that makes it
  /// what it leads to.
  private func hasOutputElsewhere(_ stage: ResolvedStage) throws -> Bool {
    try zip(stage.stage.outputs, stage.outputs).contains { output, path in
      let place = root.appending(path)
      return try output.isCached && !output.persists && self.place(behindLink: place) != place
    }
  }

  /// Records stages as they are, without running them.
  private func commit(_ stages: [ChangedStage], transaction: StoreTransaction) throws {
    guard let pipelines = stages.first?.pipelines else { return }
    let storage = try WorkspaceStorage(self, transaction: transaction)
    let runner = try runner(pipelines, storage: storage, options: ReproOptions()) { _ in }
    defer { try? foldLocks(command: "dver commit") }
    let inUse = try AsideRecovery.outputsInUse(sharedAsideLayout())
    for stage in stages {
      // What its command has written so far is no result.
      let resolved = pipelines.graph.stages[stage.number]
      if resolved.outputs.contains(where: { inUse[$0] != nil }) {
        throw StageFailure.runsElsewhere(
          stage: resolved.address, holder: holder(of: resolved.address))
      }
      try runner.record(stage.number)
      notices.status("Recorded stage '\(stage.name)'")
    }
    try foldLocks(command: "dver commit")
  }

  private func take(
    _ output: TrackedOutput, as content: WorkspaceContent, transaction: StoreTransaction
  ) throws -> TakenTarget {
    guard let record = content.record(path: output.record.path) else {
      throw WorkspaceError.missing(displayed(output.path))
    }
    if case .directory(let directory) = content {
      try requireData(in: directory.entries, of: output.path)
      _ = try manifests.store(directory.entries, in: transaction)
    }
    return TakenTarget(
      target: .member(output.path, of: output), path: output.path, content: .whole(record))
  }
}

extension StaleReason {
  /// Whether all is as recorded once the content is in the cache.
  fileprivate var isKeptByStoring: Bool {
    switch self {
    case .output(_, .notInCache, isRecoverable: true), .alwaysRuns: true
    default: false
    }
  }
}
