package import DverCore

/// The name and the place of a node.
package struct ManifestNodeName: Hashable, Sendable {
  package let digest: Digest
  /// Below the manifest folder of the data set.
  package let location: RepositoryPath
}

extension ManifestReader {
  /// Every node of the manifest, sorted by place; a digest may stand at several places.
  ///
  /// Opens no more nodes than it takes to find the others, so counts are not checked.
  package func nodes(of root: Digest) throws -> [ManifestNodeName] {
    let tree = try loadTree(root, selection: .all, opensRanges: false)
    let references = tree.nodes.map(\.reference) + tree.unopened
    return references.map { ManifestNodeName(digest: $0.digest, location: $0.location) }
      .sorted { $0.location < $1.location }
  }
}
