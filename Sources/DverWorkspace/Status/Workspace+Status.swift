import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverPipeline

extension Workspace {
  /// Compares the workspace with what pointers and locks record; hashes only what its stat says
  /// may have changed.
  ///
  /// - Parameters:
  ///   - targets: Tracked paths, pointers or stages; all if empty.
  ///   - recursive: Whether a folder stands for all tracked paths and stages below it.
  ///   - withDependencies: Whether a stage stands for all that it reads, too.
  /// - Throws: ``IncompleteStatus``, after looking at the rest, where a pipeline cannot be read.
  package func status(
    _ targets: [[UInt8]] = [], recursive: Bool = false, withDependencies: Bool = false
  ) throws -> WorkspaceStatus {
    try recoverRuns()
    var broken: (any DverError)?
    let catalog = try Catalog(
      CatalogSearch.run(in: self, onBrokenPipeline: { error in broken = broken ?? error }))
    try catalog.refuseOverlaps()
    // A target may be what the broken file would have named.
    if let broken, !targets.isEmpty { throw broken }
    let selected = try select(
      forStatus: targets, in: catalog, recursive: recursive, withDependencies: withDependencies)
    var status = try pointerItems(catalog, selected: selected.paths)
    if !catalog.pipelines.isEmpty, broken == nil {
      do {
        status.items += try stageItems(
          catalog, selected: selected.stages, onlyOutputs: selected.outputs)
      } catch let error as StageGraphError {
        broken = error
      }
    }
    try saveIndexes()
    progress.end()
    try warnOfForeignManifest(among: catalog.outputs, selected: selected.paths)
    try warnOfHiddenPointers(catalog)
    if let broken { throw IncompleteStatus(status: status, cause: broken) }
    return status
  }

  /// Whoever commits a node that its pointer does not name commits a version that nobody else can have.
  /// Here it does no harm, and a pointer that was taken from another commit alone has such nodes.
  private func warnOfForeignManifest(
    among outputs: [TrackedOutput], selected: Set<RepositoryPath>?
  ) throws {
    guard bare == nil else { return }
    func first(_ outputs: [TrackedOutput]) throws -> ForeignManifest? {
      for output in outputs where selected?.contains(output.path) ?? true {
        guard let name = output.name, name.isDirectory,
          let place = try manifests.foreignFile(of: output.path, root: name.digest)
        else { continue }
        return ForeignManifest(
          path: output.path, file: ManifestFiles.gitPath(of: output.path, place))
      }
      return nil
    }
    guard try first(outputs) != nil else { return }
    // The pointer and the nodes may have been read at different moments, or a dead command has written
    // some of them, and the next one will write the rest.
    let found = try whileNothingChanges("dver status") {
      try operations.hasUnfinished() ? nil : first(self.catalog().outputs)
    }
    if let found { notices.warning(found.message) }
  }

  private func pointerItems(
    _ catalog: Catalog, selected: Set<RepositoryPath>?
  ) throws -> WorkspaceStatus {
    var status = WorkspaceStatus()
    for entry in catalog.pointers {
      let outputs = try Catalog.outputs(of: entry.file, at: entry.path)
        .filter { selected?.contains($0.path) ?? true }
      status.add(
        pointer: displayed(entry.path),
        states: try outputs.compactMap { output in
          try state(of: output).map { (path: displayed(output.path), state: $0) }
        })
    }
    return status
  }

  private func stageItems(
    _ catalog: Catalog, selected: Set<StageAddress>?,
    onlyOutputs named: [StageAddress: [RepositoryPath]]
  ) throws -> [WorkspaceStatus.Item] {
    let pipelines = try pipelines(catalog)
    let graph = pipelines.graph
    let storage = try WorkspaceStorage(self, transaction: nil)
    let runner = try runner(pipelines, storage: storage, options: ReproOptions()) {
      [notices] event in
      if case .warning(_, let text) = event { notices.warning(text) }
    }
    let plan = graph.order.filter { selected?.contains(graph.stages[$0].address) ?? true }
    let forecast = try runner.forecast(plan, includesUpstream: false, isOnlyCompared: true)
    return forecast.sorted { $0.stage < $1.stage }.compactMap { item in
      let stage = graph.stages[item.stage]
      let reasons = item.reasons.filter { reason in
        guard case .output(let path, _, _) = reason, let outputs = named[stage.address] else {
          return true
        }
        return outputs.contains { $0.isInside(path) }
      }
      if stage.stage.isFrozen {
        let name = stage.address.shown(from: currentFolder)
        notices.warning("stage '\(name)' is frozen: changes of what it reads are not shown")
      }
      var differences = StaleReason.statusItems(reasons, from: currentFolder)
      // It does not run, and DVC says so all the same.
      if stage.stage.isFrozen, StageStaleness.alwaysRuns(stage.stage) {
        differences.append("always changed")
      }
      guard !differences.isEmpty else { return nil }
      return WorkspaceStatus.Item(
        name: stage.address.shown(from: currentFolder), differences: differences, reasons: reasons)
    }
  }

  /// What the targets of a status name.
  private struct StatusSelection {
    /// Tracked paths; `nil` for all.
    var paths: Set<RepositoryPath>?
    /// `nil` for all.
    var stages: Set<StageAddress>?
    /// Of stages that are not named themselves, the named outputs and paths inside of them: what became of
    /// others is not asked for.
    var outputs: [StageAddress: [RepositoryPath]] = [:]
  }

  private func select(
    forStatus targets: [[UInt8]], in catalog: Catalog, recursive: Bool, withDependencies: Bool
  ) throws -> StatusSelection {
    guard !targets.isEmpty else { return StatusSelection() }
    var (paths, stages): (Set<RepositoryPath>, Set<StageAddress>) = ([], [])
    var outputs: [StageAddress: [RepositoryPath]] = [:]
    let graph = try Pipelines(catalog, root: root).graph
    var numbers: Set<Int> = []
    for target in targets {
      // A stage without outputs is known to the graph alone.
      if let found = try? graph.select(
        String(decoding: target, as: UTF8.self), from: currentFolder, isRecursive: recursive),
        !found.stages.isEmpty
      {
        if let output = found.output, let number = found.stages.first {
          outputs[graph.stages[number].address, default: []].append(output)
        } else {
          stages.formUnion(found.stages.map { graph.stages[$0].address })
        }
        numbers.formUnion(found.stages)
        paths.formUnion(found.tracked.map { graph.tracked[$0].path })
        continue
      }
      let selections = try select([target], in: catalog, recursive: recursive)
      try refuseUnknownParts(selections, in: catalog)
      for selection in selections {
        switch selection.output.origin {
        case .pointer: paths.insert(selection.output.path)
        case .stage(let name, let folder):
          let file = folder.appending(CatalogFiles.pipelineName.utf8)
          stages.insert(StageAddress(file: file, name: name))
        }
      }
    }
    outputs = outputs.filter { !stages.contains($0.key) }
    if withDependencies { numbers.formUnion(graph.upstreamClosure(of: numbers.sorted())) }
    for number in numbers {
      stages.insert(graph.stages[number].address)
      guard withDependencies else { continue }
      paths.formUnion(graph.trackedUpstream[number].map { graph.tracked[$0].path })
    }
    return StatusSelection(paths: paths, stages: stages, outputs: outputs)
  }

  /// How a tracked path differs from its record; `nil` where it does not.
  func state(of output: TrackedOutput) throws -> WorkspaceStatus.PathState? {
    let content = try ContentScanner(workspace: self).content(of: output.path)
    guard output.name != nil else { return content.name == nil ? .deleted : .modified }
    if output.isCached, try !isInCache(output, content: content) { return .notInCache }
    guard content.name != nil else {
      return try FileSystem.exists(root.appending(output.path)) ? .modified : .deleted
    }
    return output.isRecorded(content) ? nil : .modified
  }

  /// Whether the cache has all objects of what is recorded.
  func isInCache(_ output: TrackedOutput, content: WorkspaceContent) throws -> Bool {
    guard let store = try cacheIfPresent(), let name = output.name else { return false }
    guard name.isDirectory else {
      return try store.contains(name.digest)
    }
    let entries: EntryTable
    if case .directory(let directory) = content, directory.name == name {
      entries = directory.entries
    } else {
      do {
        entries = try manifests.entries(of: output.path, root: name.digest)
      } catch is ManifestLookupError {
        return false
      }
    }
    return try hasFiles(of: entries, name: name, at: output.path, in: store)
  }

  /// Whether the cache has all files of a directory; their content is not looked at.
  func hasFiles(
    of entries: EntryTable, name: ContentName, at path: RepositoryPath, in store: ObjectStore
  ) throws -> Bool {
    let recordPath = presencePath(of: path)
    let known = try PresenceRecord.load(from: recordPath)
    let files = entries.kinds.indices.filter {
      entries.kinds[$0] == .file || entries.kinds[$0] == .executable
    }
    let record = try store.presence(
      of: name.digest, digests: files.map { entries.digests[$0] },
      sizes: files.map { entries.sizes[$0] }, known: known)
    guard let record else { return false }
    if record != known { try saveDisposable(at: recordPath) { try record.save(to: recordPath) } }
    return true
  }
}
