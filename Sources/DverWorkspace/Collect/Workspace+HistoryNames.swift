import DverCore
import DverGit
import DverManifest
import DverObjectStore

/// What a workspace needs in a shared cache that came there with a copy of the one that it had.
extension Workspace {
  /// What the commits and the index of this clone record, and what was put in place here, as far as a
  /// store has it; nothing where no data has ever been in place.
  func historyNames(
    in store: ObjectStore
  ) throws -> [(name: ContentName, path: RepositoryPath)] {
    guard try hasTracked() else { return [] }
    var found = try Dictionary(readTracked().map { ($0.name, $0.path) }) { first, _ in first }
    if let git = try git() {
      // What cannot be read is told by what works with it.
      let staged = (try? StagedManifests(workspace: self, git: git).catalog().outputs) ?? []
      for output in staged {
        if let name = output.name { found[name] = output.path }
      }
      let kept = try? keptRevisions(.everything, in: git).map(\.revision)
      let revisions = try kept ?? git.allCommits()
      try walkCatalogFiles(of: revisions, in: git) { path, text in
        for name in Self.recordedNames(in: text) where found[name] == nil { found[name] = path }
        return true
      }
    }
    return found.filter { Self.isWhole($0.key, in: store) }.map { (name: $0.key, path: $0.value) }
  }

  /// Whether all nodes of a directory are in a store: a list that names others keeps everybody from
  /// collecting.
  private static func isWhole(_ name: ContentName, in store: ObjectStore) -> Bool {
    guard name.isDirectory else { return true }
    var marker = CollectMarker()
    let reader = ManifestReader { digest, _ in try store.read(digest) }
    return (try? marker.add(name, reader: reader)) != nil
  }

  /// Goes through the pointers and locks of some revisions, each text once, until `body` returns
  /// `false`. What a partial clone lacks is left out.
  func walkCatalogFiles(
    of revisions: [GitRevision], in git: GitRepository,
    _ body: (_ path: RepositoryPath, _ text: [UInt8]) throws -> Bool
  ) throws {
    let prefix = gitPrefix(in: git)
    var trees: Set<GitObjectID> = []
    var blobs: Set<GitObjectID> = []
    for revision in revisions where trees.insert(revision.tree).inserted {
      try progress.check()
      let files = try? git.files(
        in: revision.tree, below: prefix.bytes,
        descend: { path in Self.isLookedInto(path, prefix) },
        where: { path in Self.isCatalogFile(path) })
      guard let files else { continue }
      for index in 0..<files.count where blobs.insert(files.ids[index]).inserted {
        guard let path = prefix.workspacePath(files.paths[index]),
          let text = try? git.blob(files.ids[index])
        else { continue }
        guard try body(path, text) else { return }
      }
    }
  }
}
