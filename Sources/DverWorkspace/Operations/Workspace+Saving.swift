import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

extension Workspace {
  /// Puts what a path holds into the cache, so that it may be dropped and brought back; costs a look
  /// at what the cache has already.
  ///
  /// `.git` and `.dver` below the path, and what `.dverignore` hides, are not content.
  func saveContent(of path: RepositoryPath) throws -> WorkspaceContent {
    let transaction = try storing()
    var scanner = ContentScanner(workspace: self, transaction: transaction)
    scanner.omitsDangling = true
    let content = try scanner.content(of: path)
    try save(content, in: transaction)
    try transaction.finish()
    // It may be the only copy before long.
    try noteInSharedCache(content.name.map { [(name: $0, path: path)] } ?? [])
    return content
  }

  /// Puts the nodes and the targets of links of a directory into the cache, unless they are there:
  /// what it takes, beside its files, to make it again.
  func saveNodes(of content: WorkspaceContent) throws {
    guard case .directory(let directory) = content,
      try cacheIfPresent()?.contains(directory.name.digest) != true
    else { return }
    let transaction = try storing()
    try save(content, in: transaction)
    try transaction.finish()
  }

  /// Puts the nodes of a recorded directory into the cache, which may be in git alone.
  ///
  /// - Returns: Whether they were all to be found.
  func storeNodes(of root: Digest, at path: RepositoryPath) throws -> Bool {
    do {
      let transaction = try storing()
      for node in try manifests.reader(of: path).nodes(of: root) {
        try transaction.store(manifests.node(node.digest, node.location, of: path))
      }
      try transaction.finish()
      return true
    } catch is ManifestLookupError {
      return false
    }
  }

  private func save(_ content: WorkspaceContent, in transaction: StoreTransaction) throws {
    guard case .directory(let directory) = content else { return }
    for target in directory.entries.targets.sorted(by: { $0.key < $1.key }) {
      try transaction.store(target.value)
    }
    if try !transaction.store.contains(directory.name.digest) {
      _ = try manifests.store(directory.entries, in: transaction)
    }
  }

  /// Puts the target of a link at `path` into the cache; what is left of the state of the path.
  func saveLink(_ target: [UInt8]) throws -> DataState {
    let transaction = try storing()
    let digest = try transaction.store(target)
    try transaction.finish()
    return .link(digest)
  }
}
