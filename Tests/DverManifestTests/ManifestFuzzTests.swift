import DverCore
import DverHashing
import DverManifest
import TestSupport
import Testing

/// Damaged manifests: an error that names the line, or exactly the one text of what was read.
@Suite struct ManifestFuzzTests {
  private static let place = RepositoryPath(normalized: Array("+".utf8))

  private func nodes() throws -> [[UInt8]] {
    var numbers = SeededNumbers(seed: 5)
    let store = NodeStore()
    try store.build(EntryTable(randomEntries(60, &numbers)), .small)
    let small = NodeStore()
    try small.build(EntryTable(randomEntries(12, &numbers)))
    return (small.sortedFiles + store.sortedFiles.prefix(4)).map(\.bytes)
  }

  /// Nothing that a line says may be left out of what was read.
  private func check(_ bytes: [UInt8]) throws {
    let node = try ManifestNode(parsing: bytes.span, location: Self.place)
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    guard lines.count == node.count + 2, lines.last?.isEmpty == true else {
      throw SupportError("\(node.count) lines were read of \(lines.count - 2)")
    }
    for (index, line) in lines.dropFirst().dropLast().enumerated() {
      let text = Array(line)
      guard printed(node, index) == text else {
        throw SupportError("line \(index + 2) is not canonical")
      }
    }
  }

  /// The line as the format says it is written, put together independently of the writer.
  private func printed(_ node: ManifestNode, _ index: Int) -> [UInt8] {
    let path = PathQuoting.quoted(Array(node.paths[index]))
    let digest = node.digests[index].hex
    let text =
      switch node.kinds[index] {
      case .file: "f \(digest) \(node.sizes[index]) \(path)"
      case .executable: "x \(digest) \(node.sizes[index]) \(path)"
      case .link: "l \(PathQuoting.quoted(node.targets[index] ?? []))\t\(path)"
      case .emptyDirectory: "e \(path)"
      case .subtree: "t \(digest) \(node.fileCounts[index]) \(node.sizes[index]) \(path)"
      case .range: "r \(digest) \(node.fileCounts[index]) \(node.sizes[index]) \(path)"
      }
    return Array(text.utf8)
  }

  @Test func nodesAreCanonicalOrRefused() throws {
    try fuzz(
      "manifest node", files: nodes(), words: ["\"", "\\377", "../", "./", "//", "\t", " "],
      read: check,
      isExpected: { ($0 as? ManifestError)?.message.contains("+") == true })
  }

  /// A whole tree of which each node may be damaged: the reader finds the same entries as a builder
  /// would make the same nodes of, or says which node is wrong.
  @Test func treesAreCanonicalOrRefused() throws {
    var numbers = SeededNumbers(seed: 9)
    let entries = randomEntries(60, &numbers)
    let whole = NodeStore()
    let root = try whole.build(EntryTable(entries), .small)
    let rootText = try #require(whole.object(root.digest))
    try fuzz(
      "manifest tree", files: [rootText], rounds: 200,
      read: { bytes in
        let store = NodeStore()
        for file in whole.sortedFiles { store.add(file) }
        let digest = store.add(bytes)
        let read = try store.reader(.small, threads: 1, maximumEntryCount: 10_000)
          .entries(of: digest)
        let again = NodeStore()
        guard try again.build(read, .small, threads: 1).digest == digest else {
          throw SupportError("another node has the same entries")
        }
      }, isExpected: { $0 is ManifestError || $0 is NodeStore.Missing })
  }
}
