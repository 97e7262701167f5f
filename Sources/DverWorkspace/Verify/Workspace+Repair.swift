import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverRemote

extension Workspace {
  /// Hashes objects again, sets the damaged ones aside, and puts sound copies in their places and in
  /// those of missing ones, from wherever there are any.
  ///
  /// - Parameters:
  ///   - targets: As for ``verify(_:options:)``.
  ///   - remote: The remote to repair in place of the cache.
  package func repair(_ targets: [[UInt8]], remote name: String?) throws -> RepairSummary {
    try restoreDescriptor(remote: name)
    var options = VerifyOptions()
    options.remote = name
    let found = try verify(targets, options: options)
    var summary = RepairSummary(place: found.place)
    summary.objectCount = found.objectCount
    let lacking = (found.damaged + found.missing).sorted { $0.digest < $1.digest }
    if !lacking.isEmpty {
      let search = try RepairSearch(workspace: self, repairing: name)
      for finding in lacking {
        try progress.check()
        if let source = try search.restore(finding.digest, paths: finding.paths) {
          summary.repaired.append(
            .init(digest: finding.digest, source: source, paths: finding.paths))
        } else {
          summary.lost.append(finding)
        }
      }
      try search.finish()
    }
    if name == nil { try repairManifests(found.manifests, &summary) }
    progress.end()
    return summary
  }

  /// Writes the file again that makes a folder of objects a store.
  private func restoreDescriptor(remote name: String?) throws {
    let entry = try name.map { try configuration().remote($0) }
    let folder = try entry?.path ?? cacheFolder()
    guard try StoreDescriptor.isLost(at: folder) else { return }
    try StoreDescriptor.restore(at: folder, id: entry?.storeID)
    notices.status("Wrote \(folder.appending(StoreDescriptor.fileName)) again")
  }

  /// Writes the files under `.dver/manifests` that are not those of their pointers.
  private func repairManifests(
    _ directories: [RepositoryPath], _ summary: inout RepairSummary
  ) throws {
    guard !directories.isEmpty else { return }
    let wanted = Set(directories)
    let outputs = try catalog().outputs.filter { wanted.contains($0.path) }
    try perform("dver repair", isUndoable: false) {
      var changes = Changes()
      for output in outputs {
        guard let root = output.name?.directoryDigest else { continue }
        do {
          for node in try manifests.reader(of: output.path).nodes(of: root) {
            _ = try manifests.node(node.digest, node.location, of: output.path)
          }
          changes.manifests.append(ManifestChange(path: output.path, old: root, new: root))
          summary.manifests.append(output.path)
        } catch is ManifestLookupError {
          summary.lostManifests.append(output.path)
        }
      }
      return changes
    }
  }
}

/// Looks for sound copies of objects.
private final class RepairSearch {
  private let workspace: Workspace
  private let store: ObjectStore
  private let transaction: StoreTransaction
  /// The other stores, in the order in which they are asked.
  private let others: [(name: String, remote: any Remote)]
  private var hasher = FileHasher()

  /// - Parameter name: The remote to repair; `nil` for the cache.
  init(workspace: Workspace, repairing name: String?) throws {
    self.workspace = workspace
    let entries = try workspace.configuration().remotes()
    var others: [(name: String, remote: any Remote)] = []
    if let name, let entry = entries.first(where: { $0.name == name }) {
      guard
        let opened = try ObjectStore.open(
          at: entry.path, leases: workspace.configuration().leases)
      else {
        throw StoreError.notAStore(entry.path.description)
      }
      store = opened
      if let cache = try workspace.cacheIfPresent() {
        others.append(("the cache", DirectoryRemote(cache)))
      }
    } else {
      store = try workspace.cache()
    }
    for entry in entries where entry.name != name {
      // One that cannot be reached is no help.
      if let remote = try? workspace.open(entry) {
        others.append(("remote '\(entry.name)'", remote))
      }
    }
    self.others = others
    try store.holdInUse()
    transaction = StoreTransaction(
      store, packing: try workspace.configuration().linkTypes.first?.isLink != true)
  }

  /// Puts a sound copy of an object into the store.
  ///
  /// - Returns: Where it came from; `nil` where there is none.
  func restore(_ digest: Digest, paths: [RepositoryPath]) throws -> String? {
    // Looking for it brings it back from the trash.
    if try store.contains(digest), try store.isIntact(digest) { return "the trash" }
    for path in paths {
      if try take(digest, from: workspace.root.appending(path)) { return "the workspace" }
      if try takeNode(digest, of: path) { return "a manifest in git" }
    }
    for (name, other) in others {
      let outcome = try other.fetch(
        ObjectBatch(digests: [digest], sizes: [-1]), into: transaction, settings: TransferSettings()
      )
      if outcome.missing.isEmpty, outcome.damaged.isEmpty { return name }
    }
    let quarantine = store.folder.appending("quarantine")
    for file in try FileSystem.names(in: quarantine) ?? []
    where file.starts(with: digest.hex.utf8) {
      if try take(digest, from: quarantine.appending(file)) { return "quarantine" }
    }
    return nil
  }

  /// Copies a file that may hold the object.
  private func take(_ digest: Digest, from path: AbsolutePath) throws -> Bool {
    do {
      guard let file = try OpenFile.ifPresent(path, .read, followsLinks: false),
        try file.status().isFile
      else { return false }
      try transaction.receive(digest, from: file, using: &hasher)
      return true
    } catch StoreError.damaged {
      return false
    } catch let error as FileSystemError where error.operation == .read || error.operation == .open
    {
      return false
    }
  }

  /// Takes a node of a directory's manifest from the files that git keeps, or from git itself.
  private func takeNode(_ digest: Digest, of path: RepositoryPath) throws -> Bool {
    guard let root = try workspace.catalog().output(containing: path)?.name?.directoryDigest,
      let nodes = try? workspace.manifests.reader(of: path).nodes(of: root),
      let node = nodes.first(where: { $0.digest == digest }),
      let bytes = try? workspace.manifests.node(digest, node.location, of: path)
    else { return false }
    try transaction.store(bytes)
    return true
  }

  /// Waits until what was copied is on stable storage.
  func finish() throws { try transaction.barrier() }
}
