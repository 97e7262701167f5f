import DverCore
import DverFileSystem
import DverGit
import DverIgnore
import DverManifest

extension Workspace {
  /// Compares HEAD with the pointers and locks of the workspace, and those with what it holds.
  ///
  /// Without git nothing counts as committed.
  package func dataStatus(_ options: DataStatusOptions) throws -> DataStatus {
    let catalog = try catalog()
    let recorded = recordedVersion(catalog)
    let present = try presentVersion(catalog)
    var status = DataStatus()
    var scope = DataScope()
    var head: DataVersion?
    if let git = try git() { head = try version(of: try headRevision(in: git), in: git) }
    if !options.targets.isEmpty {
      scope = try self.scope(
        of: options.targets, in: [recorded] + (head.map { [$0] } ?? []),
        outputs: catalog.outputs + (head?.outputs ?? []), takesOthers: true)
    }
    if let head {
      status.committed = try DataComparison.run(
        from: head, to: recorded, isGranular: options.isGranular, scope: scope)
    }
    status.uncommitted = try DataComparison.run(
      from: recorded, to: present, isGranular: options.isGranular, scope: scope)
    status.notInCache = try itemsNotInCache(
      recorded, knowing: present, isGranular: options.isGranular, scope: scope
    ).map(\.path)
    if options.showsNotInRemote {
      status.notInRemote = try itemsNotInRemote(catalog, options: options)
        .filter { scope.contains($0) }
    }
    if options.showsUnchanged {
      let versions = (head.map { [$0] } ?? []) + [recorded, present]
      status.unchanged = try unchangedPaths(
        in: versions, isGranular: options.isGranular, scope: scope)
    }
    if options.showsUntracked {
      status.untracked = try UntrackedFiles.find(in: self, catalog, scope: scope)
    }
    return status
  }

  /// What all versions have alike.
  private func unchangedPaths(
    in versions: [DataVersion], isGranular: Bool, scope: DataScope
  ) throws -> [[UInt8]] {
    guard let last = versions.last else { return [] }
    var paths: [[UInt8]] = []
    for output in last.outputs where scope.touches(output.path) {
      let others = versions.compactMap { $0.output(at: output.path) }
      guard others.count == versions.count else { continue }
      let isSame = others.allSatisfy {
        $0.name == output.name && $0.record.isExecutable == output.record.isExecutable
      }
      guard output.name?.isDirectory == true else {
        if isSame { paths.append(output.path.bytes) }
        continue
      }
      let folder = output.path.bytes + [RepositoryPath.slash]
      if isSame { paths.append(folder) }
      guard isGranular, others.allSatisfy({ $0.name?.isDirectory == true }) else { continue }
      let tables = try isSame ? [] : zip(versions, others).map { try $0.entries(of: $1) }
      let table = try last.entries(of: output)
      for index in 0..<table.count where tables.allSatisfy({ $0.has(index, of: table) }) {
        let isEmptyDirectory = table.kinds[index] == .emptyDirectory
        paths.append(
          folder + table.paths[index] + (isEmptyDirectory ? [RepositoryPath.slash] : []))
      }
    }
    return paths.filter { scope.contains($0) }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Recorded paths whose content a remote lacks, sorted; a directory is listed if it lacks any
  /// part of it.
  private func itemsNotInRemote(
    _ catalog: Catalog, options: DataStatusOptions
  ) throws -> [[UInt8]] {
    var transfer = TransferOptions()
    transfer.remote = options.remote
    var paths: Set<[UInt8]> = []
    for (path, state) in try remoteStates([], options: transfer) where state != .deleted {
      guard let output = catalog.output(containing: path) else { continue }
      let isDirectory = output.name?.isDirectory == true
      paths.insert(output.path.bytes + (isDirectory ? [RepositoryPath.slash] : []))
      if options.isGranular, path != output.path { paths.insert(path.bytes) }
    }
    return paths.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

extension EntryTable {
  /// Whether the table has the same entry as another one at `index`.
  fileprivate func has(_ index: Int, of other: EntryTable) -> Bool {
    let path = Array(other.paths[index])
    if other.kinds[index] == .emptyDirectory {
      return hasEmptyDirectory(path)
    }
    guard let own = self.index(of: path) else { return false }
    return kinds[own] == other.kinds[index] && digests[own] == other.digests[index]
  }
}

/// Looks for files that neither git nor dver tracks or ignores.
struct UntrackedFiles {
  private let workspace: Workspace
  private let prefix: GitPathPrefix
  private let tracked: PathTable
  private let data: Set<RepositoryPath>
  private let scope: DataScope
  private var paths: [[UInt8]] = []

  /// Their paths, sorted; none without git.
  static func find(
    in workspace: Workspace, _ catalog: Catalog, scope: DataScope
  ) throws -> [[UInt8]] {
    guard let git = try workspace.git() else { return [] }
    let prefix = workspace.gitPrefix(in: git)
    var search = UntrackedFiles(
      workspace: workspace, prefix: prefix,
      tracked: try git.trackedPaths(below: prefix.bytes), data: Set(catalog.outputs.map(\.path)),
      scope: scope)
    try search.visit(.root, ignore: workspace.gitIgnoreStack(git))
    return search.paths.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private init(
    workspace: Workspace, prefix: GitPathPrefix, tracked: PathTable, data: Set<RepositoryPath>,
    scope: DataScope
  ) {
    self.workspace = workspace
    self.prefix = prefix
    self.tracked = tracked
    self.data = data
    self.scope = scope
  }

  private mutating func visit(_ folder: RepositoryPath, ignore outer: IgnoreStack) throws {
    // One with a `.git` is a repository of its own.
    let found = try workspace.entries(in: folder, unlessHolding: ".git") { closed in
      workspace.warn(of: closed)
    }
    guard let entries = found else { return }
    var ignore = outer
    if entries.contains(where: { $0.name.elementsEqual(".gitignore".utf8) }),
      let rules = try workspace.gitIgnoreRules(in: folder, prefix)
    {
      ignore.push(rules)
    }
    for entry in entries {
      if entry.name.elementsEqual(".git".utf8) || entry.name.elementsEqual(".dver".utf8) {
        continue
      }
      let path = folder.appending(entry.name)
      let gitPath = prefix.gitPath(path)
      guard scope.touches(path), !data.contains(path), entry.isDirectory || !isTracked(gitPath),
        !ignore.decision(forPath: gitPath.span, isDirectory: entry.isDirectory).isIgnored
      else { continue }
      if entry.isDirectory {
        try visit(path, ignore: ignore)
      } else if try FileSystem.status(of: workspace.root.appending(path))?.kind != .special {
        // FIFOs, sockets and devices are nothing that git could keep.
        paths.append(path.bytes)
      }
    }
  }

  private func isTracked(_ path: [UInt8]) -> Bool {
    var (low, high) = (0, tracked.count)
    while low < high {
      let middle = (low + high) / 2
      if tracked[middle].lexicographicallyPrecedes(path) { low = middle + 1 } else { high = middle }
    }
    return low < tracked.count && tracked[low].elementsEqual(path)
  }
}
