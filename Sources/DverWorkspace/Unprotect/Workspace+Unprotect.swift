package import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore

extension Workspace {
  /// Replaces links into the cache by files of their own, which may be written.
  ///
  /// - Parameter targets: Tracked paths, pointers, stages, or parts of tracked directories.
  /// - Returns: The files that were links.
  /// - Throws: After doing the rest: ``WorkspaceError/missingData(_:)`` for links that lead nowhere.
  package func unprotect(_ targets: [[UInt8]]) throws -> [RepositoryPath] {
    let catalog = try catalog()
    let selections = try select(targets, in: catalog)
    try refuseUnknownParts(selections, in: catalog)
    let summary = try unprotect(selections)
    try saveIndexes()
    progress.end()
    try refuse(summary, options: CheckoutOptions())
    return summary.relinked
  }

  func unprotect(_ selections: [Selection]) throws -> CheckoutSummary {
    var summary = CheckoutSummary()
    guard let store = try cacheIfPresent() else { return summary }
    let placement = Placement(from: store, types: LinkType.standard)
    // Else a checkout would take what is written here for changes of the user's.
    try withLease("checkout", "dver unprotect") {
      for selection in selections.byOutput() {
        summary.add(
          try unprotect(selection.output.path, store: store, placement: placement) {
            selection.includes($0)
          })
      }
    }
    return summary
  }

  /// Replaces links at and below a path, tracked or not.
  func unprotect(path: RepositoryPath) throws {
    guard let store = try cacheIfPresent() else { return }
    let summary = try unprotect(
      path, store: store, placement: Placement(from: store, types: LinkType.standard)
    ) { _ in true }
    try refuse(summary, options: CheckoutOptions())
  }

  private func unprotect(
    _ path: RepositoryPath, store: ObjectStore, placement: Placement,
    where isChosen: (_ entry: RepositoryPath) -> Bool
  ) throws -> CheckoutSummary {
    // What lies behind a link of the user's is no link into the cache of this workspace.
    if try isBelowLink(path) { return CheckoutSummary() }
    var scanner = ContentScanner(workspace: self)
    scanner.countsDangling = true
    var content = try scanner.content(of: path)
    let edited = try replaceEditedLinks(in: content.entries.0, below: path, where: isChosen)
    if !edited.isEmpty { content = try scanner.content(of: path) }
    guard let name = content.name else { return CheckoutSummary() }
    let (present, stamps) = content.entries
    let task = Checkout(
      workspace: self, path: path, store: store, placement: placement, options: CheckoutOptions())
    let outcome = try task.run(
      present: present, presentStamps: stamps, desired: present,
      replacing: { index in
        let entry = RepositoryPath(normalized: Array(present.paths[index]))
        return try isChosen(entry) && self.isLinked(present, index, below: path, store: store)
      })
    if let stamps = outcome.stamps, outcome.summary.changeCount > 0 {
      try remember(path, name: name, entries: present, stamps: stamps)
    }
    var summary = outcome.summary
    summary.relinked += edited
    return summary
  }

  /// Puts copies in the place of links to objects that were written to through them: the cache has
  /// nothing that could be placed instead.
  private func replaceEditedLinks(
    in entries: EntryTable, below folder: RepositoryPath,
    where isChosen: (_ entry: RepositoryPath) -> Bool
  ) throws -> [RepositoryPath] {
    var replaced: [RepositoryPath] = []
    for index in entries.kinds.indices
    where entries.kinds[index] == .file || entries.kinds[index] == .executable {
      let path = folder.appending(entries.paths[index])
      let link = root.appending(path)
      guard isChosen(RepositoryPath(normalized: Array(entries.paths[index]))),
        try FileSystem.status(of: link)?.isLink == true,
        let object = try object(behindLink: link), object.status != nil,
        object.digest != entries.digests[index],
        try replaceLink(link, byCopyOf: link.resolvingLinks())
      else { continue }
      replaced.append(path)
    }
    return replaced
  }

  /// Whether a file is a symbolic link into a store, or the object itself under another name.
  private func isLinked(
    _ entries: EntryTable, _ index: Int, below folder: RepositoryPath, store: ObjectStore
  ) throws -> Bool {
    guard entries.kinds[index] == .file || entries.kinds[index] == .executable,
      let status = try FileSystem.status(
        of: root.appending(folder).appending(entries.paths[index]))
    else { return false }
    if status.isLink { return true }
    guard status.linkCount > 1,
      let object = try FileSystem.status(of: store.path(of: entries.digests[index]))
    else { return false }
    return status.inode == object.inode && status.device == object.device
  }
}
