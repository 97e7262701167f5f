import DverCore
import DverManifest
import DverPipeline
import Synchronization

/// Tracked data inside of folders that stages read.
extension WorkspaceStorage {
  /// Looked up once a command for each folder: no stage writes tracked data.
  func missingPart(
    of folder: RepositoryPath, among parts: [RepositoryPath]
  ) throws -> RepositoryPath? {
    if let known = state.withLock({ $0.missingParts[folder] }) { return known }
    let missing = try parts.first { try workspace.isAbsent($0) }
    state.withLock { $0.missingParts[folder] = .some(missing) }
    return missing
  }

  func completedName(
    of folder: RepositoryPath, tracked: [RepositoryPath],
    made: [(path: RepositoryPath, record: OutputRecord?)]
  ) throws -> ContentName? {
    let (location, key) = try place(of: .inside(folder))
    guard case .directory(let directory) = try scanner.content(at: location, key: key) else {
      return nil
    }
    let catalog = try knownCatalog()
    var entries = directory.entries.withoutBookkeeping() ?? directory.entries
    let parts = tracked.map { (path: $0, record: catalog.output(at: $0)?.record) } + made
    for part in parts where try workspace.isAbsent(part.path) {
      guard let record = part.record, let place = part.path.relative(to: folder),
        let recorded = try self.entries(of: record, at: part.path, place)
      else { return nil }
      entries = entries.replacing([place], with: recorded)
    }
    let summary = try ManifestBuilder().summary(of: entries)
    let name = ContentName(digest: summary.digest, isDirectory: true)
    return try self.name(name, following: entries.links, in: .inside(folder))
  }

  /// The entries of what is recorded at `path`, below its place in a folder; `nil` where they are not to
  /// be had, or links among them leave the folder.
  private func entries(
    of record: OutputRecord, at path: RepositoryPath, _ place: RepositoryPath
  ) throws -> EntryTable? {
    guard let name = record.name else { return nil }
    guard name.isDirectory else {
      guard let size = record.size else { return nil }
      var entries = EntryTable()
      entries.append(
        path: place.bytes, kind: record.isExecutable ? .executable : .file, digest: name.digest,
        size: size)
      return entries
    }
    let recorded: EntryTable
    do {
      recorded = try workspace.manifests.entries(of: path, root: name.digest)
    } catch is ManifestLookupError {
      return nil
    }
    // What links lead to outside of the folder counts as well, and cannot be looked at.
    let staysInside = recorded.links.allSatisfy { link in
      place.appending(link.path).parent.resolving(link.target) != nil
    }
    return staysInside ? recorded.prefixed(with: place) : nil
  }
}
