import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

extension Workspace {
  /// Tracks paths: puts their content into the cache and writes pointers that git tracks.
  ///
  /// In copy mode the user's files are only read. Nothing is written in the workspace before all
  /// content is in the cache, and then all of it as one operation.
  package func add(_ targets: [[UInt8]], options: AddOptions) throws -> AddSummary {
    if options.toRemote { return try addToRemote(targets, options: options) }
    let paths: [RepositoryPath]
    if let output = options.output {
      paths = [try copyIn(targets, to: output, options: options)]
    } else {
      paths = try unique(
        targets.flatMap { options.areGlobs ? try expand(glob: $0) : [try path(of: $0)] })
    }
    let catalog = try catalog(takingAsData: paths)
    try refuseHiddenPointers(catalog)
    let plan = try paths.map { try addTarget($0, catalog: catalog) }
    try refuseOverlaps(in: plan)
    let transaction = try storing()
    let taken = try plan.map {
      try take(
        $0, transaction: transaction, isStoring: !options.withoutStoring,
        replacing: catalog.output(at: $0.path))
    }
    let command =
      options.command ?? "dver add \(paths.map(\.description).joined(separator: " "))"
    let added = try record(taken, nodes: [transaction], command: command) { plan in
      try transaction.publish()
      guard options.output != nil else { return }
      for item in plan {
        noteData(item.path, from: .unknown, to: DataState(item.record), command: "dver add")
      }
    }
    try transaction.finish()
    try transaction.store.settleOld()
    try saveIndexes(storedAt: options.withoutStoring ? nil : FileClock.now())
    try rememberTracked(
      added.compactMap { item in item.record.name.map { ($0, item.path) } })
    if !options.withoutStoring, !options.withoutRelinking {
      try relink(plan.map(\.path), command: command)
    }
    progress.end()
    return AddSummary(
      paths: added, newObjectCount: transaction.newObjectCount.current,
      newByteCount: transaction.newByteCount.current)
  }

  func unique(_ paths: [RepositoryPath]) throws -> [RepositoryPath] {
    var seen: Set<RepositoryPath> = []
    return paths.filter { seen.insert($0).inserted }
  }

  func refuseOverlaps(in plan: [AddTarget]) throws {
    let wholes = plan.compactMap { target -> RepositoryPath? in
      if case .whole(let path, _) = target { path } else { nil }
    }.sorted()
    for (outer, inner) in zip(wholes, wholes.dropFirst()) where inner.isBelow(outer) {
      throw WorkspaceError.overlaps(displayed(inner), with: displayed(outer))
    }
  }

  // MARK: Content

  /// A target whose content is in the cache.
  struct TakenTarget {
    enum Content {
      /// What the pointer is to say, with the path as it spells it.
      case whole(OutputRecord)
      /// The entries that take the place of one path of a directory, whatever else is in it.
      case member(RepositoryPath, EntryTable)
    }

    let target: AddTarget
    /// The path that the pointer tracks.
    let path: RepositoryPath
    let content: Content
  }

  private func take(
    _ target: AddTarget, transaction: StoreTransaction, isStoring: Bool,
    replacing known: TrackedOutput?
  ) throws -> TakenTarget {
    let scanner = ContentScanner(
      workspace: self, transaction: isStoring ? transaction : nil,
      linkTypes: try configuration().linkTypes)
    return try take(target, scanner, nodes: [transaction], replacing: known)
  }

  /// - Parameters:
  ///   - place: Where the content is, if not where it is tracked.
  ///   - nodes: What gets the nodes of manifests.
  ///   - known: What is recorded of the path, where the user should hear what falls out of it.
  func take(
    _ target: AddTarget, _ scanner: ContentScanner, at place: AbsolutePath? = nil,
    nodes: [StoreTransaction], replacing known: TrackedOutput? = nil
  ) throws -> TakenTarget {
    var writtenPath = Array(target.path.lastComponent)
    if case .member(let path, let output) = target, path == output.path {
      writtenPath = output.record.path
    }
    switch target {
    case .member(let path, let output) where path != output.path:
      guard let relative = path.relative(to: output.path) else {
        throw WorkspaceError.noSuchTarget(displayed(path))
      }
      let entries = try memberEntries(of: path, relative, scanner: scanner)
      return TakenTarget(
        target: target, path: output.path, content: .member(relative, entries))
    case .whole(let path, _), .member(let path, _):
      let content = try scanner.content(at: place ?? root.appending(path), key: path)
      if case .directory(let directory) = content {
        try requireData(in: directory.entries, of: path, at: place)
        warnOfSkipped(directory, of: path)
        let stored = try manifests.store(directory.entries, in: nodes).nodes
        if let known { try warnOfNeverPlaced(directory, stored, replacing: known) }
      }
      guard let record = content.record(path: writtenPath) else {
        throw WorkspaceError.missing(displayed(path))
      }
      return TakenTarget(target: target, path: path, content: .whole(record))
    }
  }

  /// What a manifest is to hold at and below one path of a directory, of which the rest may be
  /// absent; nothing where there is nothing.
  private func memberEntries(
    of path: RepositoryPath, _ relative: RepositoryPath, scanner: ContentScanner
  ) throws -> EntryTable {
    var entries = EntryTable()
    switch try scanner.content(of: path) {
    case .missing:
      if let target = try linkTarget(at: path) {
        entries.append(
          path: relative.bytes, kind: .link, digest: SHA256.digest(of: target.span), size: 0,
          target: target)
      }
    case .file(let file):
      entries.append(
        path: relative.bytes, kind: file.isExecutable ? .executable : .file,
        digest: file.digest, size: file.size)
    case .directory(let directory):
      try requireData(in: directory.entries, of: path)
      entries = directory.entries.prefixed(with: relative)
    }
    return entries
  }

  private func linkTarget(at path: RepositoryPath) throws -> [UInt8]? {
    let absolute = root.appending(path)
    guard try FileSystem.status(of: absolute)?.isLink == true else { return nil }
    return try FileSystem.destination(ofLink: absolute)
  }

  /// Says how much falls out of a directory of which only a part is here.
  private func warnOfNeverPlaced(
    _ directory: DirectoryContent, _ nodes: Set<Digest>, replacing known: TrackedOutput
  ) throws {
    // What is in a node of the directory is here.
    guard let name = known.name, name.isDirectory, name != directory.name,
      let recorded = try? manifests.entries(of: known.path, root: name.digest, outside: nodes)
    else { return }
    let difference = CheckoutPlan(
      present: directory.entries, presentStamps: [], desired: recorded, replacing: { _ in false })
    let count = try neverPlaced(in: difference, of: known.path, beside: directory.entries).count
    guard count > 0 else { return }
    notices.warning(
      "\(displayed(known.path)) loses \(CountText.text(count, "file")) that "
        + "\(count == 1 ? "is" : "are") neither here nor in the cache: "
        + "to keep them, run 'dver undo', then 'dver pull'")
  }

  private func warnOfSkipped(_ directory: DirectoryContent, of path: RepositoryPath) {
    for skipped in directory.skipped {
      notices.warning("\(displayed(path.appending(skipped))) is left out: it is never tracked")
    }
  }
}

extension EntryTable {
  /// The same entries with paths below `folder`.
  func prefixed(with folder: RepositoryPath) -> EntryTable {
    var table = EntryTable()
    if isEmpty {
      table.append(
        path: folder.bytes, kind: .emptyDirectory, digest: Digest.zero, size: 0)
    }
    for index in 0..<count {
      table.append(
        path: folder.appending(paths[index]).bytes, kind: kinds[index], digest: digests[index],
        size: sizes[index], target: targets[index])
    }
    return table
  }
}
