import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

extension Workspace {
  /// Compares the workspace with what pointers and locks record; hashes only what its stat says
  /// may have changed.
  package func status(_ targets: [[UInt8]] = []) throws -> WorkspaceStatus {
    let catalog = try catalog()
    var status = WorkspaceStatus()
    for entry in catalog.pointers {
      let outputs = Catalog.outputs(of: entry.file, at: entry.path)
      let selected = try outputs.filter { try isSelected($0, by: targets, in: catalog) }
      let states = try selected.compactMap { output in
        try state(of: output).map { (path: displayed(output.path), state: $0) }
      }
      if !states.isEmpty {
        status.items.append(
          WorkspaceStatus.Item(name: displayed(entry.path), differences: [.outputs(states)]))
      }
    }
    try fileIndex.save()
    progress.end()
    return status
  }

  private func isSelected(
    _ output: TrackedOutput, by targets: [[UInt8]], in catalog: Catalog
  ) throws -> Bool {
    guard !targets.isEmpty else { return true }
    return try select(targets, in: catalog).contains { $0.output.path == output.path }
  }

  /// How a tracked path differs from its record; `nil` where it does not.
  func state(of output: TrackedOutput) throws -> WorkspaceStatus.PathState? {
    let content = try ContentScanner(workspace: self).content(of: output.path)
    guard let recorded = output.name else { return content.name == nil ? .deleted : .new }
    if output.isCached, try !isInCache(output, content: content) { return .notInCache }
    guard let name = content.name else {
      return try FileSystem.exists(root.appending(output.path)) ? .modified : .deleted
    }
    if name != recorded { return .modified }
    if case .file(let file) = content, file.isExecutable != output.record.isExecutable {
      return .modified
    }
    return nil
  }

  /// Whether the cache has all objects of what is recorded.
  private func isInCache(_ output: TrackedOutput, content: WorkspaceContent) throws -> Bool {
    guard let store = try cacheIfPresent(), let name = output.name else { return false }
    guard name.isDirectory else {
      return try store.contains(name.digest)
    }
    let entries: EntryTable
    if case .directory(let directory) = content, directory.name == name {
      entries = directory.entries
    } else {
      do {
        entries = try manifests.entries(of: output.path, root: name.digest)
      } catch is ManifestLookupError {
        return false
      }
    }
    return try hasFiles(of: entries, name: name, at: output.path, in: store)
  }

  /// Whether the cache has all files of a directory; their content is not looked at.
  private func hasFiles(
    of entries: EntryTable, name: ContentName, at path: RepositoryPath, in store: ObjectStore
  ) throws -> Bool {
    let recordPath = presencePath(of: path)
    let known = try PresenceRecord.load(from: recordPath)
    let files = entries.kinds.indices.filter {
      entries.kinds[$0] == .file || entries.kinds[$0] == .executable
    }
    let record = try store.presence(
      of: name.digest, digests: files.map { entries.digests[$0] },
      sizes: files.map { entries.sizes[$0] }, known: known)
    guard let record else { return false }
    if record != known { try saveDisposable(at: recordPath) { try record.save(to: recordPath) } }
    return true
  }
}
