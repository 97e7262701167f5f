import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore
import DverYAML

/// Works out what becomes of the files in conflict; writes nothing but nodes into the cache.
struct Resolver {
  private let workspace: Workspace
  private let git: GitRepository
  private let prefix: GitPathPrefix
  private let transaction: StoreTransaction
  private(set) var selection: ResolveSelection
  private(set) var summary = ResolveSummary()
  /// What becomes of each file, with the conflict that it was worked out for.
  private var files: [(path: RepositoryPath, conflict: GitConflict, result: ResolvedFile)] = []

  init(
    _ workspace: Workspace, _ git: GitRepository, selection: ResolveSelection,
    transaction: StoreTransaction
  ) {
    (self.workspace, self.git, self.selection) = (workspace, git, selection)
    self.transaction = transaction
    prefix = workspace.gitPrefix(in: git)
  }

  mutating func run() throws {
    let conflicted = try ConflictedFiles(git, prefix)
    let workspace = workspace
    for path in conflicted.pointers {
      try take(path) { file, selection, transaction in
        let resolver = try PointerResolver(file, in: workspace)
        guard selection.covers(pointer: path, data: resolver.data) else { return nil }
        return try resolver.run(&selection, transaction: transaction)
      }
    }
    for path in conflicted.locks {
      try take(path) { file, selection, _ in
        let resolver = try LockResolver(file, in: workspace)
        guard selection.covers(lock: path, stages: resolver.stages) else { return nil }
        return try resolver.run(&selection)
      }
    }
    for path in conflicted.ignores { try takeIgnore(path) }
    if let target = selection.unused.first {
      throw WorkspaceError.failed(
        "'\(PathQuoting.quoted(target))' is not in conflict", hint: "see 'git status'")
    }
    summary.resolved = files.map(\.path).sorted()
  }

  private mutating func take(
    _ path: RepositoryPath,
    _ resolve: (ConflictedFile, inout ResolveSelection, StoreTransaction) throws -> ResolveOutcome?
  ) throws {
    guard let conflict = try git.conflict(at: prefix.gitPath(path)) else { return }
    do {
      let file = try ConflictedFile(path: path, conflict: conflict, in: git)
      switch try resolve(file, &selection, transaction) {
      case .resolved(let result): files.append((path, conflict, result))
      case .undecided(let found): summary.conflicts += found
      case nil: break
      }
    } catch let error where Self.isAboutContent(error) {
      guard selection.covers(file: path), let error = error as? any DverError else { throw error }
      summary.conflicts.append(
        ResolveConflict(
          file: path, subject: .file, ours: "unreadable", theirs: "unreadable",
          reason: error.message))
    }
  }

  /// Whether a version cannot be read as what it should be, which is the user's to settle. All else,
  /// such as a lost lease or the user's wish to stop, ends the command.
  private static func isAboutContent(_ error: any Error) -> Bool {
    switch error {
    case is FileFormatError, is YAMLError, is ManifestError, is ManifestLookupError,
      is WorkspaceError:
      true
    default: false
    }
  }

  private mutating func takeIgnore(_ path: RepositoryPath) throws {
    guard let conflict = try git.conflict(at: prefix.gitPath(path)) else { return }
    let file = try ConflictedFile(path: path, conflict: conflict, in: git)
    let covers = selection.covers(file: path) || hasIgnored(in: path.parent)
    guard covers else { return }
    let merged = IgnoreMerge.merged(
      base: file.base ?? [], ours: file.ours ?? [], theirs: file.theirs ?? [])
    guard let merged else {
      notSettled(path)
      return
    }
    files.append((path, conflict, ResolvedFile(text: merged.isEmpty ? nil : merged)))
  }

  private func notSettled(_ path: RepositoryPath) {
    workspace.notices.warning(
      "\(workspace.displayed(path)) is in conflict too: edit it, then run 'git add'")
  }

  private func hasIgnored(in folder: RepositoryPath) -> Bool {
    files.contains { $0.result.ignored.contains { $0.parent == folder } }
  }

  // MARK: Changes

  /// What is to be written, worked out under the workspace lock.
  func changes() throws -> Workspace.Changes {
    var changes = Workspace.Changes()
    var ignores = IgnoreLines(workspace: workspace)
    for (path, conflict, result) in files {
      guard try git.conflict(at: prefix.gitPath(path)) == conflict else {
        throw WorkspaceError.failed(
          "git settled \(workspace.displayed(path)) meanwhile", hint: "run the command again")
      }
      let old = try FileSystem.contents(of: workspace.root.appending(path))
      if path.lastComponent.elementsEqual(".gitignore".utf8) {
        ignores.choose(result.text ?? [], at: path, old: old)
      } else {
        changes.texts.append(TextChange(path: path, old: old, new: result.text))
      }
      changes.conflicts.append(IndexConflict(path: path, conflict: conflict, isRestored: false))
      changes.manifests += result.manifests
    }
    let kept = Set(changes.manifests.map(\.path))
    changes.manifests += try dropped(besides: kept)
    changes.conflicts += try workspace.nodeConflicts(of: changes.manifests, git)
    try addIgnoreLines(to: &ignores)
    changes.texts = ignores.changes + changes.texts
    return changes
  }

  private func addIgnoreLines(to ignores: inout IgnoreLines) throws {
    for data in files.flatMap(\.result.ignored) {
      let file = data.parent.appending(".gitignore".utf8)
      // One with conflict markers stays the user's.
      if !ignores.contains(file), try git.conflict(at: prefix.gitPath(file)) != nil { continue }
      try ignores.add(data)
    }
  }

  /// The manifests of directories that nobody tracks any more.
  private func dropped(besides kept: Set<RepositoryPath>) throws -> [ManifestChange] {
    let candidates = files.flatMap(\.result.dropped).filter { !kept.contains($0.path) }
    guard !candidates.isEmpty else { return [] }
    let tracked = try StagedManifests(workspace: workspace, git: git).catalog().outputs.map(\.path)
    return candidates.filter { change in
      !(tracked + kept).contains { $0.isInside(change.path) || change.path.isInside($0) }
    }
  }
}
