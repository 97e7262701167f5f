import DverCore
import DverGit

/// A file that git left in conflict, with its versions.
struct ConflictedFile: Sendable {
  let path: RepositoryPath
  let conflict: GitConflict
  let base: [UInt8]?
  let ours: [UInt8]?
  let theirs: [UInt8]?

  init(path: RepositoryPath, conflict: GitConflict, in git: GitRepository) throws {
    (self.path, self.conflict) = (path, conflict)
    func bytes(_ entry: GitIndexEntry?) throws -> [UInt8]? {
      guard let entry else { return nil }
      guard entry.mode.isFile else {
        throw WorkspaceError.failed(
          "a version of \(path) is no regular file", hint: "settle the conflict with git")
      }
      return try git.blob(entry.id)
    }
    base = try bytes(conflict.ancestor)
    ours = try bytes(conflict.ours)
    theirs = try bytes(conflict.theirs)
  }
}

/// The files in conflict that are dver's, by what they are.
struct ConflictedFiles: Sendable {
  private(set) var pointers: [RepositoryPath] = []
  private(set) var locks: [RepositoryPath] = []
  private(set) var ignores: [RepositoryPath] = []
  private(set) var nodes: [RepositoryPath] = []
  private(set) var pipelines: [RepositoryPath] = []

  init(_ git: GitRepository, _ prefix: GitPathPrefix) throws {
    let own = RepositoryPath(normalized: Array(".dver".utf8))
    let manifests = own.appending("manifests".utf8)
    for path in try git.unmergedPaths().compactMap({ prefix.workspacePath($0) }) {
      let name = path.lastComponent
      if path.isInside(manifests) {
        nodes.append(path)
      } else if path.isInside(own) {
        continue
      } else if name.elementsEqual(CatalogFiles.lockName.utf8) {
        locks.append(path)
      } else if name.elementsEqual(CatalogFiles.pipelineName.utf8) {
        pipelines.append(path)
      } else if name.elementsEqual(".gitignore".utf8) {
        ignores.append(path)
      } else if path.hasSuffix(CatalogFiles.pointerSuffix) {
        pointers.append(path)
      }
    }
  }
}
