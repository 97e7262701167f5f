import DverCore
import DverHashing
import DverParallel
import Synchronization

/// The nodes of a manifest that were read, parents before children.
struct LoadedManifest {
  /// A class because the nodes are passed around for every entry.
  final class Node: Sendable {
    let reference: ManifestNodeReference
    let node: ManifestNode
    /// The children of the lines that are subtrees or ranges, in order; `nil` where the child was
    /// not wanted.
    let children: [Int?]

    init(_ reference: ManifestNodeReference, _ node: ManifestNode, children: [Int?]) {
      self.reference = reference
      self.node = node
      self.children = children
    }
  }

  var nodes: [Node] = []
  /// Nodes that exist, but need not be opened for the question at hand.
  var unopened: [ManifestNodeReference] = []
}

extension ManifestReader {
  /// Reads the nodes that may hold wanted entries, level by level.
  ///
  /// - Parameter opensRanges: Whether ranges that cannot have children are opened.
  func loadTree(
    _ root: Digest, selection: ManifestSelection, opensRanges: Bool = true
  ) throws -> LoadedManifest {
    var tree = LoadedManifest()
    let budget = ReadBudget(maximumEntryCount: maximumEntryCount)
    var wave = [ManifestNodeReference(root: root)]
    while !wave.isEmpty {
      let nodes = try parallelMap(wave, threads: threads) { reference in
        let node = try node(reference)
        try budget.spend(node, prefixCount: reference.prefix.count)
        return node
      }
      let waveEnd = tree.nodes.count + wave.count
      var below: [ManifestNodeReference] = []
      for (reference, node) in zip(wave, nodes) {
        let isOpened = opensRanges || !hasOnlyLeafRanges(reference, node)
        var children: [Int?] = []
        let found = self.children(of: node, reference, selection)
        try budget.spendNodes(found.count)
        for child in found {
          if let child, !isOpened, child.role != .directory {
            tree.unopened.append(child)
          } else {
            children.append(child == nil ? nil : waveEnd + below.count)
            if let child { below.append(child) }
          }
        }
        tree.nodes.append(LoadedManifest.Node(reference, node, children: children))
      }
      // Directories of one level share no entry, and each must have this many.
      let directoryCount = below.count { $0.role == .directory }
      guard directoryCount <= maximumEntryCount / shape.subtreeEntryMinimum else {
        throw ManifestError.tooLarge(maximumEntryCount: maximumEntryCount)
      }
      wave = below
    }
    return tree
  }

  private func hasOnlyLeafRanges(
    _ reference: ManifestNodeReference, _ node: ManifestNode
  ) -> Bool {
    if reference.role != .directory { return true }
    let check = ManifestNodeCheck(reference: reference, node: node, shape: shape)
    return !check.allStartOuterRanges()
  }

  private func children(
    of node: ManifestNode, _ reference: ManifestNodeReference, _ selection: ManifestSelection
  ) -> [ManifestNodeReference?] {
    guard node.entryCount < node.count else { return [] }
    var lines = ChildLines(reference: reference, node: node)
    var found: [ManifestNodeReference?] = []
    found.reserveCapacity(node.count - node.entryCount)
    while let child = lines.next() {
      found.append(selection.mayReach(child) ? child : nil)
    }
    return found
  }
}

/// Walks the lines of a node that name children.
struct ChildLines {
  private let reference: ManifestNodeReference
  private let node: ManifestNode
  private var line = 0
  private var isFirstRange = true

  init(reference: ManifestNodeReference, node: ManifestNode) {
    self.reference = reference
    self.node = node
  }

  mutating func next() -> ManifestNodeReference? {
    while line < node.count, node.kinds[line].isEntry { line += 1 }
    guard line < node.count else { return nil }
    defer {
      if node.kinds[line] == .range { isFirstRange = false }
      line += 1
    }
    return Self.child(line, of: node, reference, isFirstRange: isFirstRange)
  }

  /// The child that line `line`, a subtree or range, names.
  static func child(
    _ line: Int, of node: ManifestNode, _ reference: ManifestNodeReference, isFirstRange: Bool
  ) -> ManifestNodeReference {
    guard node.kinds[line] == .range else {
      return reference.child(line, of: node, upper: nil, isFirstRange: false, pathWord: nil)
    }
    let word = node.paths.withPath(line) { SHA256.digest(of: $0) }.words.0
    let following = (line + 1..<node.count).first { node.kinds[$0] == .range }
    return reference.child(
      line, of: node, upper: following.map { Array(node.paths[$0]) }, isFirstRange: isFirstRange,
      pathWord: word)
  }
}

/// What one read may still take, shared by its threads.
final class ReadBudget: Sendable {
  private let maximumEntryCount: Int
  private let entries = Atomic(0)
  private let pathBytes = Atomic(0)
  private let nodes = Atomic(0)

  init(maximumEntryCount: Int) { self.maximumEntryCount = maximumEntryCount }

  func spendNodes(_ count: Int) throws(ManifestError) {
    try spend(nodes, count, limit: 4096 + maximumEntryCount / Self.entriesPerNode)
  }

  func spend(_ node: ManifestNode, prefixCount: Int) throws(ManifestError) {
    try spend(entries, node.entryCount, limit: maximumEntryCount)
    let bytes = node.paths.bytes.count + node.entryCount * prefixCount
    // What a table of paths can hold.
    try spend(pathBytes, bytes, limit: Int(UInt32.max))
  }

  private func spend(
    _ counter: borrowing Atomic<Int>, _ amount: Int, limit: Int
  ) throws(ManifestError) {
    guard counter.add(amount, ordering: .relaxed).newValue <= limit else {
      throw .tooLarge(maximumEntryCount: maximumEntryCount)
    }
  }

  /// Fewer than a tree has on average: a range has 512, a subtree at least 256.
  private static let entriesPerNode = 64
}
