package import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore
import DverPipeline

/// How `remove` goes about its work.
package struct RemoveOptions: Sendable {
  /// Whether the data goes too.
  package var withData = false
  /// Whether data goes that is in no cache.
  package var force = false

  package init() {}
}

/// What `remove` did.
package struct RemoveSummary: Sendable {
  /// Pointers, and addresses of stages, that are gone.
  package var origins: [String] = []
  /// Data that dver no longer tracks.
  package var paths: [RepositoryPath] = []
}

extension Workspace {
  /// Stops tracking data, and takes stages out of their pipeline.
  ///
  /// Data stays in the workspace, as files of its own, unless the options say otherwise; then it
  /// goes first, so that a command which was interrupted can be given again.
  package func remove(_ targets: [[UInt8]], options: RemoveOptions) throws -> RemoveSummary {
    var removals = try removals(of: targets, options: options)
    let stages = removals.filter(\.isOfStage)
    if try !stages.isEmpty
      && waitForStages(writing: Set(stages.flatMap(\.outputs).map(\.path)))
    {
      removals = try self.removals(of: targets, options: options)
    }
    let outputs = removals.flatMap(\.outputs)
    if options.withData {
      // What lies behind a link is not this workspace's to delete, not even by force.
      for output in outputs { try refuseLinks(above: output.path, displayed(output.path)) }
      try refuseUnsaved(outputs, options: options)
      // Else a checkout would take what goes for changes of the user's.
      try withLease("checkout", "dver remove") { try removeData(outputs, options: options) }
    } else {
      let cached = outputs.filter(\.isCached).map { Selection(output: $0, part: nil) }
      try refuse(try unprotect(cached), options: CheckoutOptions())
    }
    let names = removals.map(\.name)
    try perform("dver remove \(names.joined(separator: " "))") {
      try removeChanges(removals, outputs)
    }
    try forgetTracked(outputs.map(\.path))
    try saveIndexes()
    progress.end()
    return RemoveSummary(origins: names, paths: outputs.map(\.path))
  }

  private func removals(of targets: [[UInt8]], options: RemoveOptions) throws -> [Removal] {
    // To remove one of two that overlap is the way out of it; but their data is the other's too.
    let catalog = options.withData ? try catalog() : try overlappingCatalog()
    var seen: Set<Removal.Subject> = []
    return try targets.map { try removal(of: $0, in: catalog) }
      .filter { seen.insert($0.subject).inserted }
  }

  private func removeChanges(
    _ removals: [Removal], _ outputs: [TrackedOutput]
  ) throws -> Changes {
    var changes = Changes()
    for output in outputs {
      guard let name = output.name, name.isDirectory else { continue }
      try keepNodes(of: output.path, root: name.digest)
      changes.manifests.append(ManifestChange(path: output.path, old: name.digest, new: nil))
    }
    var pipelines: [RepositoryPath: [String]] = [:]
    for removal in removals {
      switch removal.subject {
      case .pointer(let path):
        let old = try FileSystem.contents(of: root.appending(path))
        changes.texts.append(TextChange(path: path, old: old, new: nil))
      case .stage(let name, let folder): pipelines[folder, default: []].append(name)
      }
    }
    for (folder, names) in pipelines.sorted(by: { $0.key < $1.key }) {
      changes.texts += try StageRemoval(names: names, folder: folder).changes(in: self)
    }
    // Ignore lines last, so that git never sees data that is still tracked.
    var ignores = IgnoreLines(workspace: self)
    for output in outputs where output.isCached { try ignores.remove(output.path) }
    changes.texts += ignores.changes
    return changes
  }

  // MARK: Data

  /// Refuses to lose content that is neither in the cache nor in git.
  private func refuseUnsaved(_ outputs: [TrackedOutput], options: RemoveOptions) throws {
    guard !options.force else { return }
    var unsaved: [String] = []
    for output in outputs {
      let content = try ContentScanner(workspace: self).content(of: output.path)
      if case .directory(let directory) = content, !directory.skipped.isEmpty {
        let inside = directory.skipped.map { displayed(output.path.appending($0)) }
        throw WorkspaceError.failed(
          "\(displayed(output.path)) holds what is never tracked: \(WorkspaceError.list(inside))",
          hint: "move it away, or use -f, which moves it to .dver/state/kept")
      }
      if try !isSaved(output, content) { unsaved.append(displayed(output.path)) }
    }
    guard unsaved.isEmpty else { throw WorkspaceError.unsaved(unsaved) }
  }

  private func isSaved(_ output: TrackedOutput, _ content: WorkspaceContent) throws -> Bool {
    let absolute = root.appending(output.path)
    if content.name == nil { return try !FileSystem.exists(absolute) }
    if let store = try cacheIfPresent(), let name = content.name,
      try hasFiles(of: content.entries.0, name: name, at: output.path, in: store)
    {
      return true
    }
    guard case .file = content, let git = try git() else { return false }
    let staged = try git.indexBlob(at: gitPrefix(in: git).gitPath(output.path))
    return try staged != nil && staged == FileSystem.contents(of: absolute)
  }

  private func removeData(_ outputs: [TrackedOutput], options: RemoveOptions) throws {
    var checkout = CheckoutOptions()
    checkout.force = options.force
    var summary = CheckoutSummary()
    for output in outputs {
      let absolute = root.appending(output.path)
      // What was forced or is in git may be in the workspace alone.
      let content = try saveContent(of: output.path)
      let before = DataState(content)
      var after = DataState.unknown
      // Also where it could not be removed as a whole.
      defer { noteData(output.path, from: before, to: after, command: "dver remove") }
      if output.isCached, content.name != nil, let store = try cacheIfPresent() {
        let task = Checkout(
          workspace: self, path: output.path, store: store,
          placement: Placement(from: store, types: LinkType.standard), options: checkout)
        let (present, stamps) = content.entries
        let outcome = try task.run(
          present: present, presentStamps: stamps, desired: EntryTable(), keepsFolder: false)
        summary.add(outcome.summary)
        guard outcome.summary.isComplete else {
          if outcome.summary.changeCount == 0 { after = before }
          continue
        }
        try summary.attempt(.remove, displayed(output.path)) { _ in
          _ = try FileSystem.removeEmptyDirectory(absolute)
        }
      }
      // What is left was forced, or is in git.
      if options.force || !output.isCached {
        try hiddenFiles.keep(from: absolute, of: output.path)
        try FileSystem.removeTree(absolute)
      }
      if try !FileSystem.exists(absolute) { after = .missing }
    }
    try refuse(summary, options: checkout)
  }
}
