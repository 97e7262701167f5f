package import DverCore

/// One node of a manifest in memory: its lines in order, as columns.
package struct ManifestNode: Sendable {
  /// What a line stands for.
  package enum LineKind: UInt8, Sendable {
    case file
    case executable
    case link
    case emptyDirectory
    /// A subdirectory with a node of its own.
    case subtree
    /// A run of the directory's entries with a node of its own.
    case range

    package var isEntry: Bool { self != .subtree && self != .range }

    /// The kind of the entry that the line is; `nil` for subtrees and ranges.
    package var entryKind: EntryKind? {
      switch self {
      case .file: .file
      case .executable: .executable
      case .link: .link
      case .emptyDirectory: .emptyDirectory
      case .subtree, .range: nil
      }
    }
  }

  /// Paths without quoting, relative to the directory of the node; those of empty directories and
  /// subtrees, and of ranges that begin with an empty directory, end in a slash.
  package internal(set) var paths = PathTable()
  package internal(set) var kinds: [LineKind] = []
  /// Of a file's bytes, of a link's target or of a child node; zeros for an empty directory.
  package internal(set) var digests: [Digest] = []
  /// The files below each line.
  package internal(set) var fileCounts: [Int64] = []
  /// The bytes below each line.
  package internal(set) var sizes: [Int64] = []
  /// The targets of links, by line.
  package internal(set) var targets: [Int: [UInt8]] = [:]

  /// The count of lines behind the header.
  package var count: Int { kinds.count }
  /// The files below the node, as it says.
  package internal(set) var fileCount: Int64 = 0
  /// The bytes below the node, as it says.
  package internal(set) var byteCount: Int64 = 0
  /// How many lines are subtrees.
  package internal(set) var subtreeCount = 0
  /// How many lines are ranges.
  package internal(set) var rangeCount = 0
  /// How many lines are entries.
  package var entryCount: Int { count - subtreeCount - rangeCount }

  package static let header = Array("dver-manifest 1\n".utf8)

  init() {}

  /// Reads the bytes of one node, which is kept at `location`.
  ///
  /// Throws at the first line that dver would not write. What depends on the node's place in the
  /// tree, or on its children, is not checked here.
  package init(parsing text: Span<UInt8>, location: RepositoryPath) throws(ManifestError) {
    var parser = ManifestParser(location: location)
    try parser.parse(text)
    self = parser.node
  }

  /// The path of a line without the slash that it may end in, and whether it does.
  func withKey<Result, Failure: Error>(
    _ line: Int, _ body: (Span<UInt8>, Bool) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try paths.withPath(line) { (path) throws(Failure) in
      let hasSlash = !path.isEmpty && path[path.count - 1] == RepositoryPath.slash
      return try body(hasSlash ? path.extracting(droppingLast: 1) : path, hasSlash)
    }
  }
}
