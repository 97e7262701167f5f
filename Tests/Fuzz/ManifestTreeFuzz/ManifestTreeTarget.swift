import DverCore
import DverManifest
import FuzzSupport

/// A manifest of many nodes: an error that names one of them, or the one tree that its entries make.
enum ManifestTreeTarget: FuzzTarget {
  /// Reaches every case with some dozen entries.
  private static let shape = ManifestShape(
    inlinedEntryLimit: 12, subtreeEntryMinimum: 4, rangeZeroBits: 2, rangeLineLimit: 6,
    outerRangeZeroBits: 4)
  /// A node that is named again and again may stand for any number of entries.
  private static let maximumEntryCount = 10_000

  static var properties: [([UInt8]) throws -> Void] {
    [isWhatItsEntriesMake, namesItsNodes]
  }

  static var seeds: [[UInt8]] {
    get throws { try [5, 12, 40, 120].map { try NodeForest(of: entries($0), shape).bytes } }
  }

  /// Trees that are cut into nodes in other places.
  static var refusedSeeds: [[UInt8]] {
    get throws {
      let numbers = [
        (20, 4, 2, 6, 4), (6, 4, 2, 6, 4), (12, 8, 2, 6, 4), (12, 2, 2, 6, 4), (12, 4, 3, 6, 4),
        (12, 4, 1, 6, 4), (12, 4, 2, 40, 4), (12, 4, 2, 1, 4), (12, 4, 2, 6, 3), (12, 4, 2, 6, 6),
      ]
      let table = entries(120)
      let sound = try NodeForest(of: table, shape).bytes
      let others = try numbers.map { inlined, subtree, bits, lines, outerBits in
        let shape = ManifestShape(
          inlinedEntryLimit: inlined, subtreeEntryMinimum: subtree, rangeZeroBits: bits,
          rangeLineLimit: lines, outerRangeZeroBits: outerBits)
        return try NodeForest(of: table, shape).bytes
      }
      return others.filter { $0 != sound }
    }
  }

  static func isExpected(_ error: any DverError) -> Bool { error is ManifestError }

  private static func isWhatItsEntriesMake(_ bytes: [UInt8]) throws {
    let forest = NodeForest(bytes)
    let table = try reader(of: forest).entries(of: forest.root)
    let summary = try reading { try builder.summary(of: table) }
    try require(summary.digest == forest.root, "another tree has the same entries")
    try require(summary.fileCount == table.fileCount, "\(summary.fileCount) files")
    try require(summary.byteCount == table.byteCount, "\(summary.byteCount) bytes")
    try checkDifferences(table, forest)
  }

  /// Blocks that two trees have in common are passed over, which changes nothing.
  private static func checkDifferences(_ table: EntryTable, _ forest: NodeForest) throws {
    let other = try other.get()
    let found = try reading {
      try ManifestDiff.changes(
        from: other.forest.root, reader(of: other.forest), to: forest.root, reader(of: forest))
    }
    let expected = ManifestDiff.changes(from: other.table, to: table)
    try require(
      found.changes == expected.changes && found.paths.bytes == expected.paths.bytes,
      "\(found.count) changes, of whole tables \(expected.count)")
  }

  /// What trees are compared with.
  private static let other = Result {
    let table = entries(40)
    return (table: table, forest: try NodeForest(of: table, shape))
  }

  private static func namesItsNodes(_ bytes: [UInt8]) throws {
    let forest = NodeForest(bytes)
    let reader = reader(of: forest)
    let names = Set(try reader.nodes(of: forest.root).map(\.digest))
    var (seen, objects) = (Set<Digest>(), [Digest]())
    try reader.addObjects(of: forest.root, seen: &seen, to: &objects)
    try require(names == seen, "\(names.count) nodes by their places, \(seen.count) by objects")
  }

  private static var builder: ManifestBuilder { ManifestBuilder(shape: shape, threads: 1) }

  private static func reader(of forest: NodeForest) -> ManifestReader {
    ManifestReader(shape: shape, threads: 1, maximumEntryCount: maximumEntryCount) {
      digest, place in
      guard let node = forest.nodes[digest] else {
        throw ManifestError.node(place, problem: .header)
      }
      return node
    }
  }

  /// Entries of every kind, some in folders.
  private static func entries(_ count: Int) -> EntryTable {
    let folders = ["", "deep/er/", "wide/", "wide/b\u{e9}/", "\""]
    let paths = (0..<count).map { Array("\(folders[$0 % folders.count])\($0)".utf8) }
    var table = EntryTable()
    for (index, path) in paths.sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
      let digest = Digest(words: (UInt64(index), 0, 0, 1))
      switch index % 9 {
      case 1: table.append(path: path, kind: .executable, digest: digest, size: 7)
      case 2:
        let digest = NodeForest.digest(of: path)
        table.append(path: path, kind: .link, digest: digest, size: 0, target: path)
      case 3: table.append(path: path, kind: .emptyDirectory, digest: .zero, size: 0)
      default: table.append(path: path, kind: .file, digest: digest, size: Int64(index))
      }
    }
    return table
  }
}
