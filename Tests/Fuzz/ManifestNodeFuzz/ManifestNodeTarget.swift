import DverCore
import DverManifest
import FuzzSupport

/// A manifest node: an error that names the line, or exactly the one text of what was read.
enum ManifestNodeTarget: FuzzTarget {
  private static let place = RepositoryPath(normalized: Array(source.utf8))

  static var properties: [([UInt8]) throws -> Void] { [isCanonical] }

  static var seeds: [[UInt8]] {
    let digest = Digest.zero.hex
    let text = """
      dver-manifest 1
      r \(digest) 3911 14321000 000.jpg
      f \(digest) 1 cats/1.jpg
      e empty/
      l ../shared/labels.csv\tlabels.csv
      t \(digest) 1300 143210000 n01440764/
      l "\\377\\t"\t"new\\nline"
      x \(digest) 9223372036697244806 run.sh

      """
    return [Array(text.utf8)]
  }

  /// Nothing that the text says is left out of what was read, and nothing could be written otherwise.
  private static func isCanonical(_ bytes: [UInt8]) throws {
    let node = try ManifestNode(parsing: bytes.span, location: place)
    var text = ManifestNode.header
    for line in 0..<node.count { text += printed(node, line) + Array("\n".utf8) }
    try require(text == bytes, "printed as \(String(decoding: text, as: UTF8.self))")
  }

  /// The line as the format says it is written, put together independently of the writer.
  private static func printed(_ node: ManifestNode, _ line: Int) -> [UInt8] {
    let path = PathQuoting.quoted(Array(node.paths[line]))
    let digest = node.digests[line].hex
    let (files, bytes) = (node.fileCounts[line], node.sizes[line])
    let text =
      switch node.kinds[line] {
      case .file: "f \(digest) \(bytes) \(path)"
      case .executable: "x \(digest) \(bytes) \(path)"
      case .link: "l \(PathQuoting.quoted(node.targets[line] ?? []))\t\(path)"
      case .emptyDirectory: "e \(path)"
      case .subtree: "t \(digest) \(files) \(bytes) \(path)"
      case .range: "r \(digest) \(files) \(bytes) \(path)"
      }
    return Array(text.utf8)
  }
}
