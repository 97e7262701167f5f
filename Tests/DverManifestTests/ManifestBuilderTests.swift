import DverCore
import DverManifest
import Testing

@Suite struct ManifestBuilderTests {
  @Test(arguments: seeds)
  func agreesWithTheModel(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for count in [0, 1, 11, 12, 13, 14, 40, 150, 700] {
      let entries = randomEntries(count, &numbers)
      let store = NodeStore()
      let summary = try store.build(EntryTable(entries), .small)
      var model = ManifestModel(.small)
      #expect(summary.digest == model.write(entries))
      let files = store.sortedFiles
      #expect(
        files.map(\.location.text)
          == model.files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      for file in files { #expect(file.bytes == model.files[file.location.text]) }
    }
  }

  @Test func reachesEveryShape() throws {
    var numbers = SeededNumbers(seed: 5)
    let store = NodeStore()
    try store.build(EntryTable(randomEntries(700, &numbers)), .small)
    let names = store.sortedFiles.map(\.location.lastComponent)
    #expect(names.contains { $0.elementsEqual("+0".utf8) })
    #expect(names.contains { $0.elementsEqual("++0".utf8) })
    #expect(names.contains { $0.count == 18 && $0.starts(with: "++".utf8) })
    #expect(store.sortedFiles.contains { $0.location.components.count >= 3 })
  }

  @Test(arguments: [1, 2, 3, 7])
  func threadsDoNotMatter(threads: Int) throws {
    var numbers = SeededNumbers(seed: 99)
    let table = EntryTable(wideEntries(9000) + randomEntries(500, &numbers).map(Self.moved))
    let (one, many) = (NodeStore(), NodeStore())
    let first = try one.build(table, threads: 1)
    #expect(try many.build(table, threads: threads) == first)
    #expect(one.sortedFiles.map(\.location) == many.sortedFiles.map(\.location))
    #expect(one.sortedFiles.map(\.digest) == many.sortedFiles.map(\.digest))
  }

  private static func moved(_ entry: Entry) -> Entry {
    var entry = entry
    entry.path = Array("other/".utf8) + entry.path
    return entry
  }

  @Test func childrenComeBeforeTheirParents() throws {
    var numbers = SeededNumbers(seed: 3)
    let store = NodeStore()
    try ManifestBuilder(shape: .small, threads: 1).build(
      EntryTable(randomEntries(700, &numbers))
    ) { file in
      let node = try ManifestNode(parsing: file.bytes.span, location: file.location)
      for line in 0..<node.count where node.kinds[line] == .subtree || node.kinds[line] == .range {
        #expect(store.object(node.digests[line]) != nil)
      }
      store.add(file)
    }
  }

  @Test func appendingRewritesFewLines() throws {
    let before = NodeStore()
    let after = NodeStore()
    let entries = wideEntries(201_000)
    try before.build(EntryTable(entries[..<200_000]))
    try after.build(EntryTable(entries))
    let rewritten = after.sortedFiles.filter { before.object($0.digest) == nil }
    let lineCount = rewritten.reduce(0) { $0 + $1.bytes.count { $0 == 0x0a } }
    // The new thousand, the range they continue and the list of ranges.
    #expect(lineCount < 3000)
    #expect(before.sortedFiles.count > 300)
  }

  @Test func refusesWhatNoManifestHolds() {
    func problem(_ entries: [Entry], sorted: Bool = true) -> ManifestProblem? {
      var table = EntryTable()
      for entry in sorted ? entries.sorted() : entries {
        table.append(
          path: entry.path, kind: entry.kind, digest: entry.digest, size: entry.size,
          target: entry.target)
      }
      do {
        _ = try ManifestBuilder().summary(of: table)
        return nil
      } catch ManifestError.entry(_, let problem) {
        return problem
      } catch {
        Issue.record(error)
        return nil
      }
    }
    #expect(problem([.file("b"), .file("a")], sorted: false) == .order)
    #expect(problem([.file("a"), .file("a")]) == .duplicate)
    #expect(problem([.file("a"), .file("a-b"), .file("a/c")]) == .belowAnother)
    #expect(problem([.file("a"), .empty(Array("a".utf8))]) == .belowAnother)
    #expect(problem([.empty(Array("a".utf8)), .file("a/b")]) == .belowAnother)
    #expect(problem([.file("a/.git/config")]) == .pathReserved)
    #expect(problem([.file(".dver")]) == .pathReserved)
    #expect(problem([.file("../a")]) == .pathComponent)
    #expect(problem([.file("a//b")]) == .pathComponent)
    #expect(problem([.file("a/")]) == .pathComponent)
    #expect(problem([.file("")]) == .pathEmpty)
    #expect(problem([.file([0x61, 0], "")]) == .pathNull)
    #expect(problem([.file([UInt8](repeating: 0x61, count: 4096), "")]) == .pathLength)
    #expect(problem([.link([0x61], to: [])]) == .target)
    var negative = Entry.file("a")
    negative.size = -1
    #expect(problem([negative]) == .size)
    #expect(problem([.file(".gitignore"), .file("a"), .file("a-b"), .file("ab/c")]) == nil)
  }
}

/// Files `frames/00000000.png` and so on.
func wideEntries(_ count: Int) -> [Entry] {
  (0..<count).map { number in
    var digits = Array("\(number)".utf8)
    digits = Array(repeating: 0x30, count: 8 - digits.count) + digits
    let word = UInt64(number) &* 0x9e37_79b9_7f4a_7c15
    return Entry(
      path: Array("frames/".utf8) + digits + Array(".png".utf8), kind: .file,
      digest: Digest(words: (word, ~word, word, word)), size: Int64(number))
  }
}
