import DverCore
import DverGit
import DverHashing
import DverIgnore
import DverManifest
import DverObjectStore

extension Workspace {
  /// What the pointers and locks of the workspace record.
  func recordedVersion(_ catalog: Catalog) -> DataVersion {
    if let bare { return version(catalog.outputs, of: bare.head, in: bare.git) }
    let manifests = manifests
    return DataVersion(catalog.outputs) { manifests.reader(of: $0) }
  }

  /// What the workspace holds at the tracked paths; hashes only what its stat says may have changed.
  func presentVersion(_ catalog: Catalog) throws -> DataVersion {
    let scanner = ContentScanner(workspace: self)
    var outputs: [TrackedOutput] = []
    var tables: [RepositoryPath: EntryTable] = [:]
    for var output in catalog.outputs where output.isCached {
      let content = try scanner.content(of: output)
      guard let record = content.record(path: output.record.path) else { continue }
      output.record = record
      outputs.append(output)
      if case .directory(let directory) = content { tables[output.path] = directory.entries }
    }
    try saveIndexes()
    progress.end()
    try warnOfHiddenPointers(catalog)
    let manifests = manifests
    return DataVersion(outputs, tables: tables) { manifests.reader(of: $0) }
  }

  /// What a revision records; nothing where there is no revision, as before the first commit.
  func version(of revision: GitRevision?, in git: GitRepository) throws -> DataVersion {
    let outputs = try revision.map { try catalog(of: $0, in: git).outputs } ?? []
    return version(outputs, of: revision, in: git)
  }

  func version(
    _ outputs: [TrackedOutput], of revision: GitRevision?, in git: GitRepository
  ) -> DataVersion {
    DataVersion(outputs) { path in
      self.manifestReader(of: path, in: revision?.tree, git: git)
    }
  }

  /// Reads the manifest of a directory as a revision has it: nodes that the workspace has too from
  /// its files, others from the cache where they are files of their own, else from git, which costs less
  /// than to look through large packs for a few; and what is missing there from wherever it is.
  func manifestReader(
    of path: RepositoryPath, in tree: GitObjectID?, git: GitRepository
  ) -> ManifestReader {
    let prefix = gitPrefix(in: git)
    let manifests = manifests
    return ManifestReader(folder: ManifestFiles.gitPath(of: path, .root)) { digest, location in
      if self.bare == nil, let bytes = try? manifests.nodeFile(digest, location, of: path) {
        return bytes
      }
      if let bytes = try? self.cacheIfPresent()?.readLoose(digest) { return bytes }
      do throws(GitError) {
        let place = prefix.gitPath(ManifestFiles.gitPath(of: path, location))
        let bytes = try tree.flatMap { (tree) throws(GitError) in
          try git.blob(at: place, in: tree)
        }
        if let bytes, SHA256.digest(of: bytes.span) == digest { return bytes }
      } catch {
        // What a partial clone lacks may be in the workspace; if not, git's reason counts.
        guard let bytes = try? manifests.node(digest, location, of: path) else { throw error }
        return bytes
      }
      return try manifests.node(digest, location, of: path)
    }
  }

  // MARK: Two revisions

  /// What two revisions record, without what both record in the same files.
  func versions(
    _ old: GitRevision, _ new: GitRevision, in git: GitRepository
  ) throws -> (old: DataVersion, new: DataVersion) {
    let prefix = gitPrefix(in: git)
    let table = try git.differingFiles(
      old.tree, new.tree, below: prefix.bytes,
      descend: { Self.isLookedInto($0, prefix) },
      where: { Self.isCatalogFile($0) || Self.isIgnoreFile($0) })
    let paths = (0..<table.count).map { table.paths[$0] }
    if paths.contains(where: { Self.isIgnoreFile($0) }) {
      // Files that are equal may be ignored on one side.
      return (try version(of: old, in: git), try version(of: new, in: git))
    }
    return (
      version(try outputs(of: paths, in: old, git), of: old, in: git),
      version(try outputs(of: paths, in: new, git), of: new, in: git)
    )
  }

  private static func isIgnoreFile(_ path: ArraySlice<UInt8>) -> Bool {
    path.split(separator: RepositoryPath.slash).last?.elementsEqual(IgnoreRules.fileName.utf8)
      == true
  }

  /// What the files at `paths`, pipelines together with their locks, track in a revision.
  private func outputs(
    of paths: [ArraySlice<UInt8>], in revision: GitRevision, _ git: GitRepository
  ) throws -> [TrackedOutput] {
    let prefix = gitPrefix(in: git)
    var folders = RevisionFolders(git, tree: revision.tree, prefix: prefix)
    var wanted: Set<RepositoryPath> = []
    for gitPath in paths {
      guard let path = prefix.workspacePath(gitPath) else { continue }
      if path.hasSuffix(CatalogFiles.pointerSuffix) {
        wanted.insert(path)
      } else {
        wanted.insert(path.parent.appending(CatalogFiles.pipelineName.utf8))
        wanted.insert(path.parent.appending(CatalogFiles.lockName.utf8))
      }
    }
    var found: [(path: [UInt8], id: GitObjectID)] = []
    for path in wanted.sorted() where try folders.holds(path) {
      let gitPath = prefix.gitPath(path)
      let entry = try git.entry(at: gitPath, in: revision.tree)
      if let entry, entry.mode.isFile { found.append((gitPath, entry.id)) }
    }
    let files = try catalogFiles(found, in: git) { try git.blob(at: $0, in: revision.tree) }
    return try Catalog(files).outputs
  }
}
