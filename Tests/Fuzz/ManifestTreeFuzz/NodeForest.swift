import DverCore
import DverHashing
import DverManifest
import Synchronization

/// Manifest nodes as the bytes of one file, a NUL between two of them, the root first.
///
/// No chance would find a node with the digest that its parent names. So a `t` or `r` line has there, in
/// the first two digits, the number of a node behind its own; the digest, and what lies below the child,
/// are put in when the file is read. A line whose digits name no node stays as it is.
struct NodeForest {
  /// What a parent says of a node.
  private struct Child {
    let digest: Digest
    let fileCount: Int64
    let byteCount: Int64
  }

  private(set) var root = Digest.zero
  private(set) var nodes: [Digest: [UInt8]] = [:]

  private static let place = RepositoryPath(normalized: Array("node".utf8))
  private static let lineFeed = UInt8(ascii: "\n")

  init(_ bytes: [UInt8]) {
    let texts = bytes.split(separator: 0, omittingEmptySubsequences: false).prefix(256)
    var children: [Int: Child] = [:]
    for (number, text) in texts.enumerated().reversed() {
      let lines = text.split(separator: Self.lineFeed, omittingEmptySubsequences: false)
      let node = Array(lines.map { Self.sealed($0, children) }.joined(separator: [Self.lineFeed]))
      root = Self.digest(of: node)
      nodes[root] = node
      let read = try? ManifestNode(parsing: node.span, location: Self.place)
      children[number] = Child(
        digest: root, fileCount: read?.fileCount ?? 0, byteCount: read?.byteCount ?? 0)
    }
  }

  private static func sealed(
    _ line: ArraySlice<UInt8>, _ children: [Int: Child]
  ) -> [UInt8] {
    var fields = line.split(separator: UInt8(ascii: " "), maxSplits: 4)
    guard fields.count == 5, fields[0] == [UInt8(ascii: "t")] || fields[0] == [UInt8(ascii: "r")],
      let number = Int(String(decoding: fields[1].prefix(2), as: UTF8.self), radix: 16),
      let child = children[number]
    else { return Array(line) }
    let numbers = [child.digest.hex, String(child.fileCount), String(child.byteCount)]
    fields.replaceSubrange(1...3, with: numbers.map { ArraySlice($0.utf8) })
    return Array(fields.joined(separator: [UInt8(ascii: " ")]))
  }

  static func digest(of bytes: [UInt8]) -> Digest { SHA256.digest(of: bytes.span) }
}

extension NodeForest {
  /// The manifest of `entries`.
  init(of entries: EntryTable, _ shape: ManifestShape) throws {
    let files = Mutex<[ManifestNodeFile]>([])
    let builder = ManifestBuilder(shape: shape, threads: 1)
    let summary = try builder.build(entries) { file in files.withLock { $0.append(file) } }
    self.init([])
    root = summary.digest
    nodes = Dictionary(files.withLock { $0 }.map { ($0.digest, $0.bytes) }) { $1 }
  }

  /// The file that reads as these nodes.
  var bytes: [UInt8] {
    var (order, next) = ([root], 0)
    while next < order.count {
      order += Self.children(of: nodes[order[next]] ?? []).filter { nodes[$0] != nil }
      next += 1
    }
    // The last of equal nodes stands behind all their parents.
    let numbers = Dictionary(order.enumerated().map { ($1, $0) }) { $1 }
    let texts = order.map { digest in
      var text = String(decoding: nodes[digest] ?? [], as: UTF8.self)
      for child in Self.children(of: Array(text.utf8)) {
        guard let number = numbers[child] else { continue }
        let digits = String(number + 256, radix: 16).dropFirst()
        text = text.replacing(child.hex, with: digits + child.hex.dropFirst(2))
      }
      return Array(text.utf8)
    }
    return Array(texts.joined(separator: [0]))
  }

  private static func children(of node: [UInt8]) -> [Digest] {
    let read = try? ManifestNode(parsing: node.span, location: place)
    guard let read else { return [] }
    return (0..<read.count).filter { !read.kinds[$0].isEntry }.map { read.digests[$0] }
  }
}
