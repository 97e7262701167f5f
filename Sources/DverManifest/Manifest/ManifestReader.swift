package import DverCore
import DverHashing
import DverParallel
import Synchronization

/// Reads manifests from wherever their nodes are.
///
/// Every node is hashed, and refused where dver would not have written it at its place. Reading all
/// of a tree checks everything: what is accepted is what ``ManifestBuilder`` makes of the entries.
/// Reading a part of it checks each node that is opened.
package struct ManifestReader: Sendable {
  /// Finds the bytes of the node with this digest, which was written to this place below the data
  /// set's manifest folder. Called from several threads.
  package typealias Loader = @Sendable (Digest, RepositoryPath) throws -> [UInt8]

  let shape: ManifestShape
  let threads: Int
  let maximumEntryCount: Int
  /// The folder that the nodes' places count from, for messages.
  private let folder: RepositoryPath
  let load: Loader

  /// Nodes that refer to the same child again and again can describe more entries than any memory
  /// holds; `maximumEntryCount` is where reading gives up.
  ///
  /// - Parameter folder: What the places of the nodes count from, for messages.
  package init(
    shape: ManifestShape = .standard, threads: Int = processorCount,
    maximumEntryCount: Int = 1 << 26, folder: RepositoryPath = .root, load: @escaping Loader
  ) {
    self.folder = folder
    self.shape = shape
    self.threads = threads
    self.maximumEntryCount = maximumEntryCount
    self.load = load
  }

  /// All entries of the manifest with the root node `root`.
  package func entries(of root: Digest) throws -> EntryTable {
    try entries(of: root, selection: .all)
  }

  /// The entry at `path` and all entries below it, from the nodes that may hold them alone; paths
  /// count from the data set's folder. Empty where there is nothing.
  package func entries(of root: Digest, at path: RepositoryPath) throws -> EntryTable {
    try entries(of: root, selection: ManifestSelection(path))
  }

  /// The entries that stand in none of the nodes `known` nor below one, which are not opened: most of
  /// what another version does not have.
  package func entries(of root: Digest, outside known: Set<Digest>) throws -> EntryTable {
    guard !known.contains(root) else { return EntryTable() }
    return try entries(of: root, selection: ManifestSelection(.root, outside: known))
  }

  private func entries(of root: Digest, selection: ManifestSelection) throws -> EntryTable {
    let tree = try loadTree(root, selection: selection)
    var assembly = ManifestAssembly(tree: tree, selection: selection, shape: shape)
    do {
      return try assembly.run()
    } catch {
      throw error.inside(folder)
    }
  }

  /// Reads and checks one node.
  func node(_ reference: ManifestNodeReference) throws -> ManifestNode {
    let bytes = try load(reference.digest, reference.location)
    let actual = SHA256.digest(of: bytes.span)
    do throws(ManifestError) {
      guard actual == reference.digest else {
        throw .mismatch(node: reference.location, expected: reference.digest, actual: actual)
      }
      let node = try ManifestNode(parsing: bytes.span, location: reference.location)
      try ManifestNodeCheck(reference: reference, node: node, shape: shape).check()
      return node
    } catch {
      throw error.inside(folder)
    }
  }
}

/// Which entries are wanted.
struct ManifestSelection: Sendable {
  /// The path of the entry or directory; empty for everything.
  private let path: [UInt8]
  /// The path with a slash behind it.
  private let directory: [UInt8]
  /// The first name behind all those below the path: that with the byte that follows the slash.
  private let end: [UInt8]
  /// The nodes whose entries are not.
  private let known: Set<Digest>

  static let all = ManifestSelection(.root)

  init(_ path: RepositoryPath, outside known: Set<Digest> = []) {
    self.path = path.bytes
    self.known = known
    directory = path.bytes + [RepositoryPath.slash]
    end = path.bytes + [RepositoryPath.slash + 1]
  }

  var isAll: Bool { path.isEmpty && known.isEmpty }

  /// Whether entries of a child may be wanted.
  func mayReach(_ child: ManifestNodeReference) -> Bool {
    guard !known.contains(child.digest) else { return false }
    return child.first.map { mayReach(rangeOf: child.prefix, from: $0, upTo: child.upper) }
      ?? mayReach(directory: child.prefix)
  }

  /// Whether the entry at `prefix` and `name`, without a slash at its end, is wanted.
  func contains(_ prefix: [UInt8], _ name: Span<UInt8>) -> Bool {
    guard !path.isEmpty else { return true }
    var full = prefix
    full.append(name)
    return full == path || full.starts(with: directory)
  }

  /// Whether the directory `prefix`, written with a slash at its end, may hold a wanted entry.
  private func mayReach(directory prefix: [UInt8]) -> Bool {
    path.isEmpty || prefix.starts(with: directory) || directory.starts(with: prefix)
  }

  /// Whether a range of the directory `prefix` from `first` up to `upper` may hold one.
  private func mayReach(
    rangeOf prefix: [UInt8], from first: [UInt8], upTo upper: [UInt8]?
  ) -> Bool {
    guard !path.isEmpty else { return true }
    let low = prefix + first
    let high = upper.map { prefix + $0 }
    func isBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
      compareBytes(left.span, right.span) < 0
    }
    let holdsPath = !isBefore(path, low) && (high.map { isBefore(path, $0) } ?? true)
    return holdsPath || isBefore(low, end) && (high.map { isBefore(directory, $0) } ?? true)
  }
}
