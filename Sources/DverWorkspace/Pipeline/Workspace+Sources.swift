import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore
import DverPipeline

extension Workspace {
  /// Records tracked data that the plan reads, or that was asked for, and that changed since it was
  /// added, as if that had been added again: of a directory what is read, the rest stays as it is
  /// recorded. Links into a cache that has moved are made anew by that.
  ///
  /// - Throws: ``WorkspaceError/notPlaced(_:)`` where what was asked for is not there, or a part of
  ///   what is read was never placed here: that it is absent is no change of the user's.
  func recordSources(
    of plan: Pipelines.Plan, in pipelines: Pipelines, options: ReproOptions,
    events: (ReproEvent) -> Void
  ) throws {
    let graph = pipelines.graph
    guard !plan.tracked.isEmpty else { return }
    let catalog = try catalog()
    let read = Self.pathsRead(by: plan, of: graph)
    var changed: [[UInt8]] = []
    func canBeMadeAnew(_ path: RepositoryPath) throws -> Bool {
      try !options.withoutCommit && isLinkIntoFormerCache(path)
    }
    var missing = try plan.targets.map { graph.tracked[$0].path }.filter {
      try isAbsent($0) && !canBeMadeAnew($0)
    }
    for source in plan.tracked {
      guard let output = catalog.output(containing: graph.tracked[source].path) else { continue }
      if try canBeMadeAnew(output.path) {
        changed.append(root.appending(output.path).bytes)
        continue
      }
      guard let content = try? ContentScanner(workspace: self).content(of: output.path),
        content.name != nil, !output.isRecorded(content)
      else { continue }
      let parts = try changedParts(of: output, content, read: read)
      missing += parts.missing
      guard parts.missing.isEmpty, !parts.changed.isEmpty else { continue }
      events(.verifying(pointer: output.originText))
      changed += parts.changed.map { root.appending($0).bytes }
    }
    guard missing.isEmpty || options.allowMissing else {
      throw WorkspaceError.notPlaced(missing.map { displayed($0) })
    }
    guard !changed.isEmpty else { return }
    var addOptions = AddOptions()
    addOptions.command = "dver repro"
    addOptions.withoutStoring = options.withoutCommit
    _ = try add(changed, options: addOptions)
  }

  /// What stages of the plan read, and what was named to be recorded, sorted.
  private static func pathsRead(by plan: Pipelines.Plan, of graph: StageGraph) -> [RepositoryPath] {
    let stages = plan.stages.map { graph.stages[$0] }
    return Set(
      stages.flatMap { $0.dependencies + $0.parameterFiles }.compactMap(\.insidePath)
        + plan.targets.map { graph.tracked[$0].path }
    ).sorted()
  }

  /// What is read of tracked data and is not as recorded, and of that what was never placed here.
  private func changedParts(
    of output: TrackedOutput, _ content: WorkspaceContent, read: [RepositoryPath]
  ) throws -> (changed: [RepositoryPath], missing: [RepositoryPath]) {
    guard case .directory(let directory) = content, let name = output.name, name.isDirectory
    else { return ([output.path], []) }
    let recorded = try manifests.entries(of: output.path, root: name.digest)
    var changed: [RepositoryPath] = []
    var missing: [RepositoryPath] = []
    for part in try parts(of: output.path, in: read) {
      let difference = CheckoutPlan(
        present: directory.entries.entries(at: part), presentStamps: [],
        desired: recorded.entries(at: part), replacing: { _ in false })
      guard !difference.isEmpty else { continue }
      changed.append(output.path.appending(part))
      missing += try neverPlaced(in: difference, of: output.path, beside: directory.entries)
    }
    return (changed, missing)
  }

  /// The parts of a tracked directory that some paths lie in, none inside of another; the root for
  /// all of it.
  private func parts(
    of folder: RepositoryPath, in read: [RepositoryPath]
  ) throws -> [RepositoryPath] {
    var parts: Set<RepositoryPath> = []
    for path in read where path.isInside(folder) || folder.isInside(path) {
      guard path.isBelow(folder), let part = path.relative(to: folder) else { return [.root] }
      // What a link leads to is read, wherever that is; what lies behind one cannot be added by itself.
      if try isLinkOfUser(path) || isBelowLink(path) { return [.root] }
      parts.insert(part)
    }
    return parts.filter { part in
      var outer = part.parent
      while !outer.isRoot {
        if parts.contains(outer) { return false }
        outer = outer.parent
      }
      return true
    }.sorted()
  }

  private func isLinkOfUser(_ path: RepositoryPath) throws -> Bool {
    let absolute = root.appending(path)
    return try FileSystem.status(of: absolute)?.isLink == true
      && object(behindLink: absolute) == nil
  }

  /// The recorded files that are neither here, under whatever name, nor in the cache, as after a
  /// `pull` of another part: nobody took them away.
  ///
  /// - Parameters:
  ///   - difference: From what is there to what is recorded.
  ///   - present: All that is in the directory.
  func neverPlaced(
    in difference: CheckoutPlan, of folder: RepositoryPath, beside present: EntryTable
  ) throws -> [RepositoryPath] {
    let recorded = difference.desired
    let absent = difference.placements.filter { index in
      difference.matches[index] == nil
        && (recorded.kinds[index] == .file || recorded.kinds[index] == .executable)
    }
    guard !absent.isEmpty else { return [] }
    let here = Set(present.digests)
    let store = try cacheIfPresent()
    return try absent.filter { index in
      let digest = recorded.digests[index]
      return try !here.contains(digest) && store?.contains(digest) != true
    }.map { folder.appending(recorded.paths[$0]) }
  }
}
