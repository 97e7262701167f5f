import DverCore
import DverGit
import DverHashing
import DverManifest
import DverObjectStore
import DverRemote

/// What a command copies to or from one remote.
struct TransferGroup {
  let entry: RemoteEntry
  var items: [TransferItem]
}

extension Workspace {
  /// What targets and options select, by the remote that it belongs to; the first group is that of
  /// the remote that the user named, or of the default one.
  ///
  /// An output with a remote of its own goes there alone; where the user names another one, it is
  /// left out.
  func transferGroups(
    _ targets: [[UInt8]], options: TransferOptions, pushing: Bool
  ) throws -> [TransferGroup] {
    let items = try transferItems(targets, options: options).filter { item in
      item.output.isCached && item.output.name != nil && (item.output.isPushed || !pushing)
        && (options.remote == nil || item.output.remote.map { $0 == options.remote } ?? true)
    }
    let configuration = try configuration()
    var groups: [TransferGroup] = []
    if options.remote != nil || items.contains(where: { $0.output.remote == nil }) || items.isEmpty
    {
      groups.append(TransferGroup(entry: try configuration.remote(options.remote), items: []))
    }
    for item in items {
      let name = item.output.remote ?? groups[0].entry.name
      if let index = groups.firstIndex(where: { $0.entry.name == name }) {
        groups[index].items.append(item)
      } else {
        groups.append(TransferGroup(entry: try configuration.remote(name), items: [item]))
      }
    }
    return groups
  }

  /// The selected outputs of the workspace, and of the revisions that the options name.
  private func transferItems(
    _ targets: [[UInt8]], options: TransferOptions
  ) throws -> [TransferItem] {
    if let only = options.revisions { return try transferItems(of: only, options: options) }
    let revisions = try revisions(options)
    let catalog = try catalog()
    var items: [TransferItem] = []
    var refusal: (any Error)?
    do {
      let selections = try select(targets, in: catalog, options)
      if revisions.isEmpty { try refuseUnknownParts(selections, in: catalog) }
      items = selections.map { TransferItem(selection: $0, tree: nil) }
    } catch let error as WorkspaceError where !revisions.isEmpty {
      refusal = error
    }
    guard !revisions.isEmpty, let git = try git() else { return items }
    for revision in revisions {
      let catalog = try self.catalog(of: revision, in: git)
      // Not every revision tracks what a target names.
      let found = targets.flatMap { target in
        (try? select([target], in: catalog, options)) ?? []
      }
      let selected = targets.isEmpty ? try select([], in: catalog) : found
      items += selected.map { TransferItem(selection: $0, tree: revision.tree) }
    }
    if items.isEmpty, let refusal { throw refusal }
    return items
  }

  /// All that revisions track. Those that cannot be read are left out where content may be missing.
  private func transferItems(
    of revisions: [GitRevision], options: TransferOptions
  ) throws -> [TransferItem] {
    let git = try requiredGit(for: "choosing revisions")
    var items: [TransferItem] = []
    for revision in revisions {
      try requireNoInterruption()
      do {
        let catalog = try self.catalog(of: revision, in: git)
        items += catalog.outputs.map {
          TransferItem(selection: Selection(output: $0, part: nil), tree: revision.tree)
        }
      } catch let error as any DverError where options.allowMissing {
        notices.warning("the data of commit \(revision.commit) is left out: \(error.message)")
      }
    }
    return items
  }

  private func select(
    _ targets: [[UInt8]], in catalog: Catalog, _ options: TransferOptions
  ) throws -> [Selection] {
    try select(
      targets, in: catalog, recursive: options.recursive, areGlobs: options.areGlobs,
      withDependencies: options.withDependencies)
  }

  private func revisions(_ options: TransferOptions) throws -> [GitRevision] {
    guard options.allBranches || options.allTags || options.allCommits else { return [] }
    let git = try requiredGit(for: "choosing revisions")
    if options.allCommits { return try git.allCommits() }
    var seen: Set<GitObjectID> = []
    let references =
      (options.allBranches ? try git.branches() : []) + (options.allTags ? try git.tags() : [])
    return references.map(\.revision).filter { seen.insert($0.commit).inserted }
  }

  /// The objects behind the items of a group.
  func plan(_ group: TransferGroup) throws -> TransferPlan {
    var plan = TransferPlan()
    for item in group.items {
      let manifests = ManifestFiles(workspace: self, tree: item.tree, remote: group.entry.name)
      try plan.add(item, manifests: manifests)
    }
    return plan
  }

  /// Puts the nodes of a plan into the cache, from wherever they are, so that they can be copied
  /// like any object.
  ///
  /// - Throws: ``ManifestLookupError``, after keeping the rest.
  func keepNodes(of plan: TransferPlan, remote: String) throws {
    guard !plan.nodes.isEmpty else { return }
    let store = try cache()
    let lacking = try store.defects(among: plan.nodes.digests, sizes: plan.nodes.sizes)
    guard !lacking.isEmpty else { return }
    let transaction = try storing()
    var failure: ManifestLookupError?
    for (index, _) in lacking {
      let place = plan.nodePlaces[index]
      let manifests = ManifestFiles(workspace: self, tree: place.tree, remote: remote)
      do {
        try transaction.store(
          try manifests.node(plan.nodes.digests[index], place.location, of: place.directory))
      } catch let error as ManifestLookupError {
        failure = error
      }
    }
    try transaction.finish()
    if let failure { throw failure }
  }
}
