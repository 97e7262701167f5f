import DverCore

/// A node that is to be read, and what is known of it from above.
struct ManifestNodeReference: Sendable {
  enum Role: Sendable {
    /// The node of a directory.
    case directory
    /// A range of a directory's entries, or a range of ranges; the lines tell.
    case range
    /// A range inside a range of ranges.
    case innerRange
  }

  let digest: Digest
  let role: Role
  let location: RepositoryPath
  /// The folder of the directory's nodes.
  let folder: [UInt8]
  /// The path of the directory with a slash behind it; empty for the root.
  let prefix: [UInt8]
  /// The files and bytes that the parent claims; `nil` for the root.
  var claim: (fileCount: Int64, byteCount: Int64)?
  /// The first path of a range, as the parent writes it.
  var first: [UInt8]?
  /// Whether the range is the first one of its directory.
  var isFirst = false
  /// The first path of the range behind this one, if there is one.
  var upper: [UInt8]?

  init(root: Digest) {
    digest = root
    role = .directory
    folder = []
    prefix = []
    location = ManifestLocation.directoryNode(inFolder: [])
  }

  private init(
    digest: Digest, role: Role, location: RepositoryPath, folder: [UInt8], prefix: [UInt8]
  ) {
    self.digest = digest
    self.role = role
    self.location = location
    self.folder = folder
    self.prefix = prefix
  }

  /// The child that line `line` of this node, which was read as `node`, names.
  ///
  /// - Parameters:
  ///   - upper: The path of the next range line, or `nil` for the last.
  ///   - isFirstRange: Whether no range line stands before it.
  func child(
    _ line: Int, of node: ManifestNode, upper: [UInt8]?, isFirstRange: Bool, pathWord: UInt64?
  ) -> ManifestNodeReference {
    let path = Array(node.paths[line])
    var child: ManifestNodeReference
    if node.kinds[line] == .subtree {
      var folder = folder
      if !folder.isEmpty { folder.append(RepositoryPath.slash) }
      ManifestLocation.append(component: path.span.extracting(droppingLast: 1), to: &folder)
      child = ManifestNodeReference(
        digest: node.digests[line], role: .directory,
        location: ManifestLocation.directoryNode(inFolder: folder), folder: folder,
        prefix: prefix + path)
    } else {
      let isFirst = isFirstRange && (role == .directory || self.isFirst)
      let location = ManifestLocation.range(
        inFolder: folder, startingAt: isFirst ? nil : pathWord, isInner: role != .directory)
      child = ManifestNodeReference(
        digest: node.digests[line], role: role == .directory ? .range : .innerRange,
        location: location, folder: folder, prefix: prefix)
      child.first = path
      child.isFirst = isFirst
      child.upper = upper ?? self.upper
    }
    child.claim = (node.fileCounts[line], node.sizes[line])
    return child
  }
}
