package import DverCore
import DverParallel

extension ManifestReader {
  /// Adds the digests of all objects of a manifest: its nodes and its files.
  ///
  /// A manifest that shares nodes with others costs only what it does not share.
  ///
  /// - Parameters:
  ///   - seen: Nodes whose objects are in `found` already; what is met is added. After an error
  ///     neither is of any use.
  ///   - found: In no particular order.
  package func addObjects(
    of root: Digest, seen: inout Set<Digest>, to found: inout [Digest]
  ) throws {
    guard seen.insert(root).inserted else { return }
    var wave = [ManifestNodeReference(root: root)]
    while !wave.isEmpty {
      var below: [ManifestNodeReference] = []
      for start in stride(from: 0, to: wave.count, by: Self.portionCount) {
        let portion = Array(wave[start..<min(start + Self.portionCount, wave.count)])
        let nodes = try parallelMap(portion, threads: threads) { try node($0) }
        for (reference, node) in zip(portion, nodes) {
          found.append(reference.digest)
          for line in 0..<node.count
          where node.kinds[line] == .file || node.kinds[line] == .executable {
            found.append(node.digests[line])
          }
          guard node.entryCount < node.count else { continue }
          var lines = ChildLines(reference: reference, node: node)
          while let child = lines.next() {
            if seen.insert(child.digest).inserted { below.append(child) }
          }
        }
      }
      wave = below
    }
  }

  /// So many nodes are in memory at once.
  private static var portionCount: Int { 256 }
}
