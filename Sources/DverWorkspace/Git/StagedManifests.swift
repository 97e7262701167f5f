import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest

/// Holds the manifests of a git index against its pointers and locks.
struct StagedManifests: Sendable {
  private let workspace: Workspace
  private let git: GitRepository
  private let prefix: GitPathPrefix

  init(workspace: Workspace, git: GitRepository) {
    self.workspace = workspace
    self.git = git
    prefix = workspace.gitPrefix(in: git)
  }

  /// The tracked directories of which a node in the index is missing or another one.
  func problems() throws -> [TrackedOutput] {
    let committed = try committedNames()
    return try catalog().outputs.filter { output in
      guard let name = output.name, name.isDirectory else { return false }
      if committed.names[output.path] == name,
        try isAsCommitted(output.path, in: committed.tree)
      {
        return false
      }
      return try !isComplete(output.path, root: name.digest)
    }
  }

  /// What the pointers and locks of the index track, without those in conflict.
  func catalog() throws -> Catalog {
    let tracked = try git.trackedPaths(below: prefix.bytes)
    var found: [(path: [UInt8], id: GitObjectID)] = []
    for index in 0..<tracked.count where Workspace.isCatalogFile(tracked[index]) {
      let path = Array(tracked[index])
      guard let entry = try git.indexEntry(path), entry.mode.isFile else { continue }
      found.append((path, entry.id))
    }
    return try Catalog(try workspace.catalogFiles(found, in: git) { try git.indexBlob(at: $0) })
  }

  /// What HEAD tracks, so that only what changed is read.
  private func committedNames() throws -> (
    names: [RepositoryPath: ContentName], tree: GitObjectID?
  ) {
    guard let head = try git.resolveIfPresent("HEAD"),
      let catalog = try? workspace.catalog(of: head, in: git)
    else { return ([:], nil) }
    let names = catalog.outputs.compactMap { output in output.name.map { (output.path, $0) } }
    return (Dictionary(names) { first, _ in first }, head.tree)
  }

  private func isAsCommitted(_ path: RepositoryPath, in tree: GitObjectID?) throws -> Bool {
    guard let tree else { return false }
    let folder = prefix.gitPath(ManifestFiles.gitPath(of: path, .root))
    let old = try git.files(in: tree, below: folder)
    let new = try git.trackedPaths(below: folder)
    guard old.count == new.count else { return false }
    return try (0..<new.count).allSatisfy { index in
      try old.paths[index].elementsEqual(new[index])
        && git.indexEntry(Array(new[index]))?.id == old.ids[index]
    }
  }

  private func isComplete(_ path: RepositoryPath, root: Digest) throws -> Bool {
    @Sendable func node(_ digest: Digest, _ location: RepositoryPath) throws -> [UInt8] {
      let name = prefix.gitPath(ManifestFiles.gitPath(of: path, location))
      guard let bytes = try git.indexBlob(at: name), SHA256.digest(of: bytes.span) == digest
      else { throw ManifestLookupError(path: path, digest: digest) }
      return bytes
    }
    do {
      let reader = ManifestReader { digest, location in try node(digest, location) }
      // Finding the nodes does not open the last ones.
      for found in try reader.nodes(of: root) { _ = try node(found.digest, found.location) }
      return true
    } catch is ManifestLookupError {
      return false
    }
  }
}

extension Workspace {
  /// Refuses a commit whose manifests are not those of its pointers, for whoever clones it could
  /// not read them.
  package func checkStagedManifests() throws {
    guard let git = try git() else { return }
    let problems = try StagedManifests(workspace: self, git: git).problems()
    guard problems.isEmpty else {
      let paths = problems.map { displayed($0.path) }.joined(separator: ", ")
      throw WorkspaceError.failed(
        "the staged manifests of \(paths) are not those of the staged pointers",
        hint: "run 'dver doctor --upgrade' and commit again")
    }
  }
}
