/// What an entry of a tracked directory is.
package enum EntryKind: UInt8, Sendable, BitwiseCopyable {
  case file
  /// A file that its owner may execute.
  case executable
  /// A symbolic link, recorded and never followed.
  case link
  /// A directory without entries of its own.
  case emptyDirectory
}

/// The entries of one tracked directory: what its manifest records.
///
/// Sorted by the raw bytes of the path, where the path of an empty directory counts with a `/`
/// behind it. Paths are relative to the directory and stored without that slash. Columns have equal
/// counts; 42 bytes an entry and the path.
package struct EntryTable: Sendable {
  package private(set) var paths = PathTable()
  package private(set) var kinds: [EntryKind] = []
  /// The digest of a file's bytes, or of a link's target; zeros for an empty directory.
  package private(set) var digests: [Digest] = []
  /// The bytes of a file; 0 for links and empty directories.
  package private(set) var sizes: [Int64] = []
  /// The targets of links, by entry number.
  package private(set) var targets: [Int: [UInt8]] = [:]

  package init() {}

  /// Takes whole columns of equal counts.
  package init(
    paths: PathTable, kinds: [EntryKind], digests: [Digest], sizes: [Int64],
    targets: [Int: [UInt8]]
  ) {
    precondition(paths.count == kinds.count && kinds.count == digests.count)
    precondition(kinds.count == sizes.count)
    self.paths = paths
    self.kinds = kinds
    self.digests = digests
    self.sizes = sizes
    self.targets = targets
  }

  package var count: Int { kinds.count }
  package var isEmpty: Bool { kinds.isEmpty }

  package mutating func reserveCapacity(_ count: Int, pathByteCount: Int) {
    paths.reserveCapacity(count, byteCount: pathByteCount)
    kinds.reserveCapacity(count)
    digests.reserveCapacity(count)
    sizes.reserveCapacity(count)
  }

  /// Adds the entry that follows all present ones in order.
  package mutating func append(
    path: some Collection<UInt8>, kind: EntryKind, digest: Digest, size: Int64,
    target: [UInt8]? = nil
  ) {
    if let target { targets[count] = target }
    paths.append(path)
    kinds.append(kind)
    digests.append(digest)
    sizes.append(size)
  }

  /// Adds the entry that follows all present ones; its path is `folder` and `path` with nothing
  /// between them.
  package mutating func append(
    joining folder: Span<UInt8>, _ path: Span<UInt8>, kind: EntryKind, digest: Digest, size: Int64,
    target: [UInt8]? = nil
  ) {
    if let target { targets[count] = target }
    paths.append(joining: folder, path)
    kinds.append(kind)
    digests.append(digest)
    sizes.append(size)
  }

  /// Adds entries `range` of `other`, which follow all present ones in order.
  package mutating func append(contentsOf other: EntryTable, _ range: Range<Int>) {
    for index in range where other.kinds[index] == .link {
      targets[count + index - range.lowerBound] = other.targets[index]
    }
    paths.append(contentsOf: other.paths, range)
    kinds.append(contentsOf: other.kinds[range])
    digests.append(contentsOf: other.digests[range])
    sizes.append(contentsOf: other.sizes[range])
  }

  /// Replaces what entry `index` holds, but not its path.
  package mutating func update(
    _ index: Int, kind: EntryKind, digest: Digest, size: Int64, target: [UInt8]? = nil
  ) {
    kinds[index] = kind
    digests[index] = digest
    sizes[index] = size
    targets[index] = target
  }

  /// The count of `file`, `executable` and `link` entries.
  package var fileCount: Int { kinds.count { $0 != .emptyDirectory } }
  /// The bytes of all files.
  package var byteCount: Int64 { sizes.reduce(0, +) }
}
