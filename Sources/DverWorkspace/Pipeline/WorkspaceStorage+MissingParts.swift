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

  func recordedName(
    of path: RepositoryPath, in made: (path: RepositoryPath, record: OutputRecord?)?
  ) throws -> ContentName? {
    let pointer = try knownCatalog().output(containing: path).map {
      (path: $0.path, record: Optional($0.record))
    }
    guard let output = made ?? pointer, let record = output.record, let name = record.name,
      let member = path.relative(to: output.path)
    else { return nil }
    guard name.isDirectory else { return member.isRoot ? name : nil }
    guard let entries = try entries(of: record, at: output.path, .root),
      let part = entries.part(at: member), part.staysInside
    else { return nil }
    if part.paths.count == 1, part.paths[0].isEmpty {
      // What a link leads to is not known.
      return part.kinds[0] == .link ? nil : ContentName(digest: part.digests[0], isDirectory: false)
    }
    return ContentName(digest: try ManifestBuilder().summary(of: part).digest, isDirectory: true)
  }

  func completedName(
    of folder: RepositoryPath, tracked: [RepositoryPath],
    made: [(path: RepositoryPath, record: OutputRecord?)]
  ) throws -> ContentName? {
    let (location, key) = try place(of: .inside(folder))
    var directory: DirectoryContent?
    switch try scanner.content(at: location, key: key) {
    case .directory(let found): directory = found
    case .missing: break
    case .file: return nil
    }
    let catalog = try knownCatalog()
    var entries = directory?.entries ?? EntryTable()
    entries = entries.withoutBookkeeping() ?? entries
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
    let entries = place.isRoot ? recorded : recorded.prefixed(with: place)
    return entries.staysInside ? entries : nil
  }
}

extension EntryTable {
  /// Whether no link leaves the folder: what it leads to counts as well, and cannot be looked at.
  fileprivate var staysInside: Bool {
    links.allSatisfy { RepositoryPath(normalized: $0.path).parent.resolving($0.target) != nil }
  }

  /// What is at `member`, with paths counted from there, that of a file empty; `nil` where nothing is.
  fileprivate func part(at member: RepositoryPath) -> EntryTable? {
    guard !member.isRoot else { return self }
    let found = entries(at: member)
    guard !found.isEmpty else { return nil }
    var part = EntryTable()
    if found.count == 1, found.kinds[0] == .emptyDirectory,
      found.paths[0].elementsEqual(member.bytes)
    {
      return part
    }
    for index in 0..<found.count {
      part.append(
        path: found.paths[index].dropFirst(member.bytes.count + 1), kind: found.kinds[index],
        digest: found.digests[index], size: found.sizes[index], target: found.targets[index])
    }
    return part
  }
}
