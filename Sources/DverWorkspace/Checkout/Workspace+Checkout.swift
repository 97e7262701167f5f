import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverPipeline

extension Workspace {
  /// Makes the workspace hold what pointers and locks record.
  ///
  /// - Parameter targets: Tracked paths, pointers, stages, or paths inside of tracked directories;
  ///   all tracked paths if empty, and then also what is tracked no longer goes.
  /// - Throws: After restoring the rest: ``WorkspaceError/unsaved(_:)`` and
  ///   ``WorkspaceError/missingData(_:)``, unless the options allow them, and
  ///   ``WorkspaceError/inTheWay(_:)``.
  package func checkout(_ targets: [[UInt8]], options: CheckoutOptions) throws -> CheckoutSummary {
    // Else the outputs that a dead stage had set aside would come back over what is written here.
    try recoverRuns()
    // What stages have made by now is what is recorded, though more of them run.
    try foldLocks(command: "dver repro")
    var options = options
    options.command = options.command.map {
      ([$0] + targets.map { PathQuoting.quoted($0) }).joined(separator: " ")
    }
    // Else two checkouts would take each other's files for changes of the user's.
    let summary = try withLease("checkout", options.command ?? "dver checkout") {
      try checkoutAlone(targets, options: options)
    }
    try refuse(summary, options: options)
    return summary
  }

  private func checkoutAlone(
    _ targets: [[UInt8]], options: CheckoutOptions
  ) throws -> CheckoutSummary {
    var options = options
    options.sparesRunning = true
    let catalog = try catalog()
    try refuseHiddenPointers(catalog)
    let selected = try select(
      targets, in: catalog, recursive: options.recursive,
      withDependencies: options.withDependencies)
    try refuseUnknownParts(selected, in: catalog)
    let (selections, leftAlone) = try forgettingOtherFolders(selected, in: catalog)
    var total = try checkout(selections, options: options)
    total.leftAlone += leftAlone
    total.unrecorded = unrecorded(targets, in: selections)
    if targets.isEmpty {
      total.add(try removeUntracked(catalog, options: options))
      try rememberTracked(catalog)
    } else {
      try rememberTracked(
        selections.compactMap { item in item.output.name.map { ($0, item.output.path) } })
    }
    progress.end()
    return total
  }

  func refuse(_ summary: CheckoutSummary, options: CheckoutOptions) throws {
    var causes: [WorkspaceError] = []
    if !summary.unsaved.isEmpty { causes.append(.unsaved(summary.unsaved.map { displayed($0) })) }
    if !summary.inTheWay.isEmpty {
      causes.append(.inTheWay(summary.inTheWay.map { displayed($0) }))
    }
    if let first = summary.refusals.first {
      causes.append(
        .failed(WorkspaceError.list(summary.refusals.map(\.message)), hint: first.hint))
    }
    if !summary.missing.isEmpty, !options.allowMissing {
      warnOfQuarantined(summary.missing)
      warnOfWrongSizes(summary.missing)
      causes.append(.missingData(summary.missing.map { displayed($0) }))
    }
    if !summary.unrecorded.isEmpty, !options.allowMissing {
      causes.append(
        .failed(
          "nothing is recorded of \(WorkspaceError.list(summary.unrecorded.map { displayed($0) }))",
          hint: "run 'dver repro' to make what a stage writes"))
    }
    guard let cause = causes.first else { return }
    for other in causes.dropFirst() { notices.warning(other.message) }
    throw IncompleteCheckout(summary: summary, cause: cause)
  }

  /// Outputs that targets name, by themselves or by their stage, and that have no content to check out.
  private func unrecorded(
    _ targets: [[UInt8]], in selections: [Selection]
  ) -> [RepositoryPath] {
    let outputs = selections.map(\.output).filter { $0.isCached && $0.name == nil }
    guard !outputs.isEmpty else { return [] }
    let paths = Set(targets.compactMap { try? path(of: $0) })
    return outputs.filter { output in
      paths.contains(output.path)
        || targets.contains { output.isOutput(ofStage: $0, from: current, root: root) }
    }.map(\.path)
  }

  func checkout(
    _ selections: [Selection], options: CheckoutOptions
  ) throws -> CheckoutSummary {
    var summary = CheckoutSummary()
    let cached = selections.filter { $0.output.isCached && $0.output.name != nil }
    guard !cached.isEmpty else { return summary }
    let store = try cache()
    let placement = Placement(from: store, types: try configuration().linkTypes)
    for selection in cached.byOutput() {
      // Looked at each time, as stages start meanwhile.
      if options.sparesRunning, let stage = try runningStage(writing: selection.output.path) {
        warnLeftAlone(selection.output.path, stage)
        summary.leftAlone.append(selection.output.path)
        continue
      }
      do {
        summary.add(
          try checkout(selection, options: options, store: store, placement: placement))
      } catch let error as FileSystemError
        where error.concernsPathAlone
        && error.subject.hasPrefix(root.appending(selection.output.path).description)
      {
        summary.note(error)
      }
    }
    try saveIndexes()
    warnOfIgnored(summary.ignored)
    return summary
  }

  private func warnOfIgnored(_ paths: [RepositoryPath]) {
    guard !paths.isEmpty else { return }
    let list = WorkspaceError.list(paths.map { displayed($0) })
    notices.warning("recorded, but ignored by now: \(list)")
  }

  /// The stage that runs at the moment and writes the output at `path`.
  func runningStage(writing path: RepositoryPath) throws -> StageAddress? {
    try AsideRecovery.outputsInUse(sharedAsideLayout())[path]
  }

  func warnLeftAlone(_ path: RepositoryPath, _ stage: StageAddress) {
    notices.warning(
      "\(displayed(path)) is left alone: stage '\(stage.shown(from: currentFolder))' is running")
  }

  private func checkout(
    _ selection: SelectedOutput, options: CheckoutOptions, store: ObjectStore, placement: Placement
  ) throws -> CheckoutSummary {
    let output = selection.output
    guard let name = output.name else { return CheckoutSummary() }
    try refuseLinks(above: output.path, displayed(output.path))
    let scanner = ContentScanner(workspace: self)
    let content = try scanner.content(of: output.path)
    if case .missing = content,
      try FileSystem.status(of: root.appending(output.path))?.kind == .special
    {
      throw ContentError.special(displayed(output.path))
    }
    if output.isRecorded(content), !options.relink { return CheckoutSummary() }
    // An output that lies elsewhere, with a link in its place, stays there as long as it is right.
    if !options.force, case .missing = content, try output.isRecorded(scanner.content(of: output)) {
      return CheckoutSummary()
    }
    if content.name != nil { try refuseStores(in: output.path) }
    var before = DataState(content)
    if content.name != name { try prepareToUndo(content, at: output.path, options: options) }
    var summary = CheckoutSummary()
    if case .missing = content, let link = try strayLink(at: output.path) {
      before = try saveLink(link)
      summary.add(try replaceStray(link, output: output, options: options, store: store))
      if !summary.unsaved.isEmpty { return summary }
    }
    func note(_ after: DataState) {
      guard let command = options.command else { return }
      noteData(output.path, from: before, to: after, command: command)
    }
    do {
      let outcome = try place(selection, in: content, options, store, placement)
      summary.add(outcome.summary)
      let isDone = outcome.stamps != nil && selection.parts == nil
      // What is placed anew with the content that it had is no change.
      if isDone || summary.changeCount > summary.relinked.count {
        note(isDone ? DataState(output.record) : .unknown)
      }
    } catch {
      note(.unknown)
      throw error
    }
    return summary
  }

  /// Sees to it that what a checkout replaces can be brought back. Without force its files are in the
  /// cache already, else they stay.
  private func prepareToUndo(
    _ content: WorkspaceContent, at path: RepositoryPath, options: CheckoutOptions
  ) throws {
    if case .missing = content { return }
    if options.force { _ = try saveContent(of: path) } else { try saveNodes(of: content) }
  }

  private func place(
    _ selection: SelectedOutput, in content: WorkspaceContent, _ options: CheckoutOptions,
    _ store: ObjectStore, _ placement: Placement
  ) throws -> Checkout.Outcome {
    let output = selection.output
    guard let name = output.name else { preconditionFailure("only what has content is placed") }
    let task = Checkout(
      workspace: self, path: output.path, store: store, placement: placement, options: options)
    var summary = CheckoutSummary()
    var (present, stamps) = content.entries
    var desired: EntryTable
    do {
      desired = try self.desired(output, name: name)
    } catch let error as ManifestLookupError where options.allowMissing {
      notices.warning(error.message)
      return Checkout.Outcome(summary: summary, stamps: nil)
    }
    if !present.isEmpty, content.name?.isDirectory != name.isDirectory {
      // What is there goes only if what takes its place can be had.
      guard try !store.lacksFiles(of: desired, Array(0..<desired.count)) else {
        summary.missing.append(output.path)
        return Checkout.Outcome(summary: summary, stamps: nil)
      }
      let cleared = try task.run(
        present: present, presentStamps: stamps, desired: EntryTable(), keepsFolder: false)
      summary.add(cleared.summary)
      guard cleared.summary.isComplete else {
        return Checkout.Outcome(summary: summary, stamps: nil)
      }
      (present, stamps) = (EntryTable(), [])
    }
    if !name.isDirectory { try FileSystem.removeEmptyDirectory(root.appending(output.path)) }
    if let parts = selection.parts?.sorted() {
      // Only what lies at or below the parts is made to agree; the rest stays as it is.
      desired = present.replacing(parts, with: desired.entries(at: parts))
    }
    let relink = options.relink
    let outcome = try task.run(
      present: present, presentStamps: stamps, desired: desired,
      replacing: { index in
        let entry = RepositoryPath(normalized: Array(present.paths[index]))
        return try relink && selection.includes(entry)
          && self.needsRelink(present, index, below: output.path, store: store)
      })
    summary.add(outcome.summary)
    if let stamps = outcome.stamps, selection.parts == nil {
      try remember(output.path, name: name, entries: desired, stamps: stamps)
    }
    return Checkout.Outcome(summary: summary, stamps: outcome.stamps)
  }

  /// What an output should hold: the entries of a directory, or one entry with an empty path.
  func desired(_ output: TrackedOutput, name: ContentName) throws -> EntryTable {
    if name.isDirectory { return try manifests.entries(of: output.path, root: name.digest) }
    var table = EntryTable()
    table.append(
      path: [UInt8](), kind: output.record.isExecutable ? .executable : .file,
      digest: name.digest, size: output.record.size ?? -1)
    return table
  }

  // MARK: What is in the way

  /// A link at a tracked path that does not lead into a store.
  private func strayLink(at path: RepositoryPath) throws -> [UInt8]? {
    let absolute = root.appending(path)
    guard try FileSystem.status(of: absolute)?.isLink == true,
      try object(behindLink: absolute) == nil
    else { return nil }
    return try FileSystem.destination(ofLink: absolute)
  }

  private func replaceStray(
    _ link: [UInt8], output: TrackedOutput, options: CheckoutOptions, store: ObjectStore
  ) throws -> CheckoutSummary {
    var summary = CheckoutSummary()
    guard options.force else {
      summary.unsaved = [output.path]
      return summary
    }
    try FileSystem.removeFile(root.appending(output.path))
    summary.deleted = [output.path]
    return summary
  }
}

extension WorkspaceContent {
  /// The entries below the path, or one entry with an empty path for a file.
  var entries: (EntryTable, [FileStamp]) {
    switch self {
    case .missing: return (EntryTable(), [])
    case .directory(let directory): return (directory.entries, directory.stamps)
    case .file(let file):
      var table = EntryTable()
      table.append(
        path: [UInt8](), kind: file.isExecutable ? .executable : .file, digest: file.digest,
        size: file.size)
      return (table, [file.stamp])
    }
  }
}
