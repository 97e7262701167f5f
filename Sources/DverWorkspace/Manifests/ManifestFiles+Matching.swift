import DverCore
import DverFileSystem
import DverHashing
import DverManifest

/// Whether the files of manifests are what their pointers say.
extension ManifestFiles {
  /// A file at the place of a node that holds something else; `nil` where there is none. Where a file
  /// is missing, the node is found elsewhere.
  ///
  /// Cost: a `stat` a node; each is read once, and again after its file changed.
  func foreignFile(of path: RepositoryPath, root: Digest) throws -> RepositoryPath? {
    let name = ContentName(digest: root, isDirectory: true)
    var known = try workspace.nodeIndex(of: path)
    var isNew = false
    if known?.name != name {
      guard let listed = try listing(of: path, root: root) else { return nil }
      (known, isNew) = (listed, true)
    }
    guard var index = known else { return nil }
    let target = folder(of: path)
    for node in 0..<index.entries.count {
      let location = RepositoryPath(normalized: Array(index.entries.paths[node]))
      let file = target.appending(location)
      guard let status = try FileSystem.status(of: file) else { continue }
      let stamp = FileStamp(status)
      if stamp == index.stamps[node] { continue }
      let now = FileClock.now()
      let bytes = try FileSystem.contents(of: file)
      guard let bytes, SHA256.digest(of: bytes.span) == index.entries.digests[node] else {
        return location
      }
      let isTold = now.vouches(
        for: stamp, onNetwork: try workspace.clockPlace(of: stamp.device).isNetwork)
      index.stamps[node] = isTold ? stamp : StatIndex.untrusted
      isNew = isNew || isTold
    }
    if isNew { try workspace.saveNodeIndex(index, of: path) }
    return nil
  }

  /// The nodes of a manifest, of whose files nothing is known; `nil` where one is nowhere to be found.
  private func listing(of path: RepositoryPath, root: Digest) throws -> StatIndex? {
    do {
      var index = StatIndex(name: ContentName(digest: root, isDirectory: true))
      for node in try reader(of: path).nodes(of: root).sorted(by: { $0.location < $1.location }) {
        index.entries.append(
          path: node.location.bytes, kind: .file, digest: node.digest, size: 0)
        index.stamps.append(StatIndex.untrusted)
      }
      return index
    } catch is ManifestLookupError {
      return nil
    }
  }
}

/// A file under `.dver/manifests` that is not that of its pointer.
struct ForeignManifest {
  let path: RepositoryPath
  let file: RepositoryPath

  var message: String {
    "\(file) is not of the manifest that \(path) has: "
      + "run 'dver doctor --upgrade' to write it anew before you commit"
  }
}
