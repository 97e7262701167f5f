import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore

/// What `diff` is asked to compare.
package struct DiffOptions: Sendable {
  /// The revision to compare from; HEAD if not given.
  package var old: String?
  /// The revision to compare with; the workspace if not given.
  package var new: String?
  /// Tracked paths, pointers, stages or paths inside of tracked directories; all if empty.
  package var targets: [[UInt8]] = []
  /// Whether to leave out what the cache lacks.
  package var hidesMissing = false
  /// How to compare the rows of tables; `nil` to leave them alone.
  package var rows: RowOptions?

  package init() {}
}

/// What `diff` found.
package struct DataDiff: Sendable {
  package let changes: DataChanges
  /// What the first version records and the cache lacks, sorted; only where that was asked for.
  package let notInCache: [DataChanges.Item]
  /// What happened to the rows of tables that were modified, sorted by path; only where that was
  /// asked for.
  package var rows: [RowReport] = []
}

extension Workspace {
  /// Compares two revisions, or a revision with what the workspace holds.
  ///
  /// Needs git and not the cache. Cost: follows what differs between two revisions; with the
  /// workspace, what its stat says may have changed is hashed.
  package func diff(_ options: DiffOptions) throws -> DataDiff {
    let git = try requiredGit(for: "diff")
    let old = try startOfDiff(options.old, in: git)
    let new = try options.new.map { try git.resolve($0) }
    var diff =
      if let new {
        try diff(from: old, to: new, targets: options.targets, in: git)
      } else {
        try diff(from: old, options, in: git)
      }
    if let rows = options.rows {
      diff.rows = try rowReports(on: diff.changes, from: old, to: new, options: rows)
    }
    return diff
  }

  /// Compares a revision with what the workspace holds.
  private func diff(
    from old: GitRevision?, _ options: DiffOptions, in git: GitRepository
  ) throws -> DataDiff {
    try requireWorkTree(toCompare: true)
    let catalog = try catalog()
    let before = try version(of: old, in: git)
    let after = try presentVersion(catalog)
    let scope = try scope(
      of: options.targets, in: [before], outputs: before.outputs + catalog.outputs)
    let changes = try DataComparison.run(from: before, to: after, scope: scope)
    let missing =
      options.hidesMissing
      ? [] : try itemsNotInCache(before, knowing: after, isGranular: true, scope: scope)
    return DataDiff(changes: changes, notInCache: missing)
  }

  private func diff(
    from old: GitRevision?, to new: GitRevision, targets: [[UInt8]], in git: GitRepository
  ) throws -> DataDiff {
    guard let old, targets.isEmpty else {
      let (before, after) = (try version(of: old, in: git), try version(of: new, in: git))
      let scope = try scope(
        of: targets, in: [before, after], outputs: before.outputs + after.outputs)
      return DataDiff(
        changes: try DataComparison.run(from: before, to: after, scope: scope), notInCache: [])
    }
    let (before, after) = try versions(old, new, in: git)
    return DataDiff(changes: try DataComparison.run(from: before, to: after), notInCache: [])
  }

  /// The revision to compare from; `nil` for HEAD before the first commit.
  private func startOfDiff(_ name: String?, in git: GitRepository) throws -> GitRevision? {
    if let name { return try git.resolve(name) }
    return try headRevision(in: git)
  }

  func headRevision(in git: GitRepository) throws -> GitRevision? {
    try git.head().commit.map { (id) throws(GitError) in try git.commit(id) }
  }

  // MARK: Targets

  /// The paths that targets name in any of several versions.
  ///
  /// - Parameters:
  ///   - outputs: Those of the versions, and such as have no content yet.
  ///   - takesOthers: Whether paths count as well that are not tracked.
  /// - Throws: ``WorkspaceError/noSuchTarget(_:)``, and ``WorkspaceError/missing(_:)`` for a path in a
  ///   directory that neither a version nor the workspace has.
  func scope(
    of targets: [[UInt8]], in versions: [DataVersion], outputs: [TrackedOutput],
    takesOthers: Bool = false
  ) throws -> DataScope {
    var roots: [RepositoryPath] = []
    for target in targets {
      let stages = outputs.filter { $0.isOutput(ofStage: target, from: current, root: root) }
      roots += stages.map(\.path)
      guard stages.isEmpty else { continue }
      let path = try path(of: target)
      let pointed = outputs.filter { $0.origin == .pointer(path) }
      roots += pointed.map(\.path)
      guard pointed.isEmpty else { continue }
      let named = namedPointer(target) { path in outputs.contains { $0.origin == .pointer(path) } }
      if let named {
        warnOfIgnoredName(in: target, behind: named)
        let pointer = try self.path(of: named)
        roots += outputs.filter { $0.origin == .pointer(pointer) }.map(\.path)
        continue
      }
      let isAround = outputs.contains { $0.path.isInside(path) }
      let isTracked = try isAround || versions.contains { try isKnown(path, in: $0) }
      if takesOthers {
        if try !isTracked && !FileSystem.exists(root.appending(path)) {
          notices.warning("\(PathQuoting.quoted(target)) is neither tracked nor there")
        }
        roots.append(path)
        continue
      }
      guard isAround || outputs.contains(where: { path.isBelow($0.path) }) else {
        throw WorkspaceError.noSuchTarget(PathQuoting.quoted(target))
      }
      guard isTracked else { throw WorkspaceError.missing(PathQuoting.quoted(target)) }
      roots.append(path)
    }
    return DataScope(roots)
  }

  // MARK: The cache

  /// What a version records and the cache lacks, sorted.
  ///
  /// - Parameters:
  ///   - present: A version whose directories are known, which saves reading equal manifests.
  ///   - isGranular: Whether members of directories are listed beside the directories.
  func itemsNotInCache(
    _ version: DataVersion, knowing present: DataVersion, isGranular: Bool, scope: DataScope
  ) throws -> [DataChanges.Item] {
    var names: [RepositoryPath: ContentName] = [:]
    for output in present.outputs { names[output.path] = output.name }
    var items: [DataChanges.Item] = []
    for output in version.outputs where scope.touches(output.path) {
      guard let name = output.name else { continue }
      guard name.isDirectory else {
        if try lacks([name.digest], sizes: [output.record.size ?? -1]) == [0] {
          items.append(DataChanges.Item(output.path.bytes, hash: name.description))
        }
        continue
      }
      let table =
        names[output.path] == name
        ? try present.entries(of: output) : try version.entries(of: output)
      if let store = try cacheIfPresent(),
        try hasFiles(of: table, name: name, at: output.path, in: store)
      {
        continue
      }
      items += try membersNotInCache(table, of: output, isGranular: isGranular)
    }
    return items.filter { scope.contains($0.path) }
      .sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  private func membersNotInCache(
    _ table: EntryTable, of output: TrackedOutput, isGranular: Bool
  ) throws -> [DataChanges.Item] {
    let files = table.kinds.indices.filter {
      table.kinds[$0] == .file || table.kinds[$0] == .executable
    }
    let missing = try lacks(
      files.map { table.digests[$0] }, sizes: files.map { table.sizes[$0] })
    guard !missing.isEmpty, let name = output.name else { return [] }
    let folder = output.path.bytes + [RepositoryPath.slash]
    var items: [DataChanges.Item] = []
    // With its manifest and a part of its files there, it is only these that are not.
    if try missing.count == files.count || lacks([name.digest], sizes: [-1]) == [0] {
      items.append(DataChanges.Item(folder, hash: name.description))
    }
    guard isGranular else { return items }
    items += missing.map { position in
      let index = files[position]
      return DataChanges.Item(folder + table.paths[index], hash: table.digests[index].hex)
    }
    return items
  }

  /// The positions of the objects that the cache lacks.
  private func lacks(_ digests: [Digest], sizes: [Int64]) throws -> [Int] {
    guard let store = try cacheIfPresent() else { return Array(digests.indices) }
    return try store.defects(among: digests, sizes: sizes).compactMap { index, defect in
      if case .suspect = defect, try store.isIntact(digests[index]) { return nil }
      return index
    }
  }
}

extension DataChanges.Item {
  /// A path that is the same in both versions.
  init(_ path: [UInt8], hash: String?) {
    self.init(path: path, oldPath: nil, oldHash: hash, newHash: hash)
  }
}
