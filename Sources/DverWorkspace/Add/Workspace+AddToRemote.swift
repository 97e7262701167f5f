import DverCore
import DverFileSystem
import DverObjectStore
import DverRemote

extension Workspace {
  /// Tracks paths whose content goes straight to a remote: the cache gets manifests only.
  ///
  /// The remote has everything on stable storage before anything is written in the workspace.
  func addToRemote(_ targets: [[UInt8]], options: AddOptions) throws -> AddSummary {
    let remote = try openForWriting(try configuration().remote(options.remote))
    try remote.cleanUp()
    let data = remote.storing()
    let cache = try storing()
    let plan = try remoteTargets(targets, options: options)
    var scanner = ContentScanner(workspace: self, transaction: data)
    scanner.storesInCache = false
    let taken = try plan.map { target, place in
      scanner.usesIndex = place == nil
      return try take(target, scanner, at: place, nodes: [cache, data])
    }
    let command =
      "dver add --to-remote \(taken.map(\.path.description).joined(separator: " "))"
    let added = try record(taken, nodes: [cache, data], command: command) { plan in
      try remote.barrier()
      for item in plan {
        guard let name = item.record.name else { continue }
        try recordName(name, of: item.path, at: remote)
      }
      try cache.publish()
    }
    try cache.finish()
    try saveIndexes()
    progress.end()
    return AddSummary(
      paths: added, newObjectCount: data.newObjectCount.current,
      newByteCount: data.newByteCount.current)
  }

  /// What is to be tracked, and where its content is, if that is somewhere else.
  private func remoteTargets(
    _ targets: [[UInt8]], options: AddOptions
  ) throws -> [(target: AddTarget, place: AbsolutePath?)] {
    guard let output = options.output else {
      let paths = try unique(
        targets.flatMap { options.areGlobs ? try expand(glob: $0) : [try self.path(of: $0)] })
      let catalog = try catalog(takingAsData: paths)
      let plan = try paths.map { try addTarget($0, catalog: catalog) }
      try refuseOverlaps(in: plan)
      return plan.map { ($0, nil) }
    }
    let (source, status) = try copySource(targets)
    let path = try place(of: source, status, named: output)
    let target = try refuseCopy(of: status, to: path, options: options)
    if case .member(_, let known) = target, known.path != path {
      throw WorkspaceError.overlaps(displayed(path), with: displayed(known.path))
    }
    // What is tracked need not be there.
    if !options.force, try catalog().output(containing: path) != nil {
      throw WorkspaceError.exists(displayed(path))
    }
    return [(target, try source.resolvingLinks())]
  }
}
