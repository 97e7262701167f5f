import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore
import DverPipeline
import DverYAML
import Synchronization

extension Workspace {
  var asideLayout: AsideLayout {
    var layout = AsideLayout(
      root: root, aside: stateFolder.appending("aside"),
      failed: temporaryFolder.appending("failed"), scratch: temporaryFolder)
    layout.onSkipped = { [notices] place in
      notices.warning("\(place) is neither a file nor a folder nor a link, and was left out")
    }
    return layout
  }

  /// As ``asideLayout``, for those who set outputs aside or bring them back.
  func sharedAsideLayout() throws -> AsideLayout {
    var layout = asideLayout
    layout.leases = try configuration().leases
    return layout
  }

  /// Writes finished stages into the lock files, with the manifests of their outputs and what git
  /// must ignore, as one operation.
  func foldLocks(command: String) throws {
    try lockLog.fold { entries in
      try perform(command) { try changes(folding: entries, ofOthers: false) }
    }
  }

  /// As ``foldLocks(command:)``, for lines that may be those of a process that died: another version
  /// may have been checked out since. Where git left the files in conflict, the lines stay for the
  /// first command that can read them.
  ///
  /// - Parameter foundDead: Whether the log may hold such lines.
  func foldLocksOfOthers(foundDead: Bool) throws {
    if foundDead {
      try lockLog.fold { entries in for entry in entries { try orphanedLocks.append(entry) } }
    }
    do {
      try orphanedLocks.fold { entries in
        try perform("dver repro") { try changes(folding: entries, ofOthers: true) }
      }
    } catch is YAMLError, is FileFormatError, is StageGraphError {
      // Whatever needs the files names what is wrong with them; what mends them must not fail.
    }
  }

  private func changes(folding entries: [LockLog.Entry], ofOthers: Bool) throws -> Changes {
    var changes = Changes()
    // What a stage has made is recorded, whatever git ignores.
    var ignores = IgnoreLines(workspace: self, refusesLinks: false)
    let byFile = Dictionary(grouping: entries) { $0.stage.file }
    for (definition, group) in byFile.sorted(by: { $0.key < $1.key }) {
      let folder = definition.parent
      let path = folder.appending(CatalogFiles.lockName.utf8)
      let old = try FileSystem.contents(of: root.appending(path))
      let known = try old.map { try LockFile.parse(bytes: $0, source: path.description) }
      let stages = try stages(of: definition)
      let byName = Dictionary(stages.map { ($0.address.name, $0) }) { first, _ in first }
      let defined = group.filter { byName[$0.stage.name] != nil }
      warnOfGone(group.filter { byName[$0.stage.name] == nil })
      let group = try latest(of: defined, ofOthers) { known?[$0] }
        .filter { try hasManifests(of: $0, byName[$0.stage.name]) }
      guard !group.isEmpty else { continue }
      let news = group.map { LockFile.Entry(name: $0.stage.name, lock: $0.lock) }
      let new = try LockFile.replacing(
        news, in: old ?? [], definition: stages.map(\.address.name), source: path.description)
      if new != old { changes.texts.append(TextChange(path: path, old: old, new: new)) }
      for entry in group {
        guard let stage = byName[entry.stage.name] else { continue }
        for (output, place) in zip(stage.stage.outputs, stage.outputs) where output.isCached {
          try ignores.add(place)
          let record = entry.lock.outputs.first { $0.path == output.path }
          let before = known?[entry.stage.name]?.outputs.first { $0.path == output.path }
          let change = ManifestChange(
            path: place, old: before?.name?.directoryDigest, new: record?.name?.directoryDigest)
          if change.old != nil || change.new != nil { changes.manifests.append(change) }
        }
      }
    }
    changes.texts = ignores.changes + changes.texts
    return changes
  }

  /// Without a definition nobody knows what a lock is about.
  private func warnOfGone(_ entries: [LockLog.Entry]) {
    for stage in Set(entries.map(\.stage)).sorted() {
      notices.warning(
        "a run of stage '\(stage.name)' is not recorded: \(displayed(stage.file)) lacks it")
    }
  }

  /// The latest entry of each stage; of others' the one that goes on from what the lock file has now.
  private func latest(
    of entries: [LockLog.Entry], _ ofOthers: Bool, following present: (String) -> StageLock?
  ) -> [LockLog.Entry] {
    let byStage = Dictionary(grouping: entries, by: \.stage.name)
    return byStage.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .compactMap { name, entries in
        guard ofOthers else { return entries.last }
        let now = present(name)
        if let entry = LockLog.Entry.latest(of: entries, following: now) { return entry }
        if entries.last?.lock != now {
          notices.warning(
            "a run of stage '\(name)' is not recorded: dver.lock has changed since it began")
        }
        return nil
      }
  }

  /// Whether all nodes of a stage's directories are to be had. A power cut may have left the line of a
  /// run that it took them from; without the line the stage runs again.
  private func hasManifests(of entry: LockLog.Entry, _ stage: ResolvedStage?) throws -> Bool {
    guard let stage else { return true }
    for (output, place) in zip(stage.stage.outputs, stage.outputs) where output.isCached {
      guard let record = entry.lock.outputs.first(where: { $0.path == output.path }),
        let digest = record.name?.directoryDigest
      else { continue }
      do {
        _ = try manifests.reader(of: place).nodes(of: digest)
      } catch is ManifestLookupError {
        return false
      }
    }
    return true
  }

  /// In the order of the definition.
  private func stages(of definition: RepositoryPath) throws -> [ResolvedStage] {
    guard let bytes = try FileSystem.contents(of: root.appending(definition)) else { return [] }
    let file = StageFile(
      path: definition, stages: try self.definition(at: definition, bytes: bytes).stages)
    return try StageGraph(root: root, files: [file]).stages
  }

  /// Brings back the outputs of stages whose dver died, and records those that had finished; costs a
  /// look at a folder where there is nothing.
  func recoverRuns() throws {
    try foldLocksOfOthers(foundDead: recoverOutputs().foundDead)
  }

  /// Brings back the outputs of stages whose dver died.
  ///
  /// - Returns: Whether one has died, and the outputs that could not be brought back yet, of which the
  ///   user is told.
  @discardableResult
  func recoverOutputs() throws -> (foundDead: Bool, left: Set<RepositoryPath>) {
    let layout = try sharedAsideLayout()
    let names = try FileSystem.names(in: layout.aside) ?? []
    guard !names.isEmpty else { return (false, []) }
    var storage: WorkspaceStorage?
    func opened() throws -> WorkspaceStorage {
      if let storage { return storage }
      let made = try WorkspaceStorage(self, transaction: try storing())
      storage = made
      return made
    }
    var displaced: [(path: RepositoryPath, old: DataState)] = []
    let report = try AsideRecovery.recover(
      layout, preserve: { try opened().preserve($0, of: $1) },
      barrier: { try storage?.barrier() },
      saving: hiddenFiles,
      displacing: { displaced.append(($0, savedState(of: $0))) })
    let left = Set(report.left.flatMap(\.outputs).map(\.path))
    displaced.removeAll { left.contains($0.path) }
    for (path, old) in displaced {
      noteData(path, from: old, to: try dataState(of: path), command: "dver, after an interruption")
    }
    for stage in report.interrupted {
      notices.status("Stage '\(stage)' was interrupted: its previous outputs are back")
    }
    if !displaced.isEmpty {
      let paths = displaced.map { displayed($0.path) }.joined(separator: ", ")
      notices.status(
        "What stood at \(paths) is in \(layout.failed) until the stage succeeds; "
          + "'dver undo' brings it back, too")
    }
    for problem in report.left where leftAside.withLock({ $0.insert(problem).inserted }) {
      notices.warning(problem.message)
    }
    return (report.foundDead, left)
  }
}

extension Workspace {
  /// What is at a path; afterwards it is in the cache, or in `.dver/state/kept`.
  private func savedState(of path: RepositoryPath) -> DataState {
    let place = root.appending(path)
    do {
      let content = try saveContent(of: path)
      try cacheIfPresent()?.settle()
      try hiddenFiles.keep(from: place, of: path)
      return DataState(content)
    } catch {
      // Better out of the way as a whole than in a folder that is emptied some day.
      try? hiddenFiles.keep(place, as: path)
      return .unknown
    }
  }
}

extension ContentName {
  /// The digest of a directory; `nil` for a file.
  var directoryDigest: Digest? { isDirectory ? digest : nil }
}
