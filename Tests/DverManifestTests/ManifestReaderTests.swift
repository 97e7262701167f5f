import DverCore
import DverHashing
import DverManifest
import Testing

@Suite struct ManifestReaderTests {
  @Test(arguments: seeds)
  func readsBackWhatTheBuilderWrote(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for count in [0, 1, 12, 13, 60, 400] {
      let table = EntryTable(randomEntries(count, &numbers))
      let store = NodeStore()
      let summary = try store.build(table, .small)
      #expect(summary.fileCount == Int64(table.fileCount))
      #expect(summary.byteCount == table.byteCount)
      let read = try store.reader(.small).entries(of: summary.digest)
      #expect(read.list == table.list)
    }
  }

  @Test(arguments: seeds)
  func readsAPart(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let entries = randomEntries(500, &numbers)
    let table = EntryTable(entries)
    let store = NodeStore()
    let root = try store.build(table, .small).digest
    for _ in 0..<60 {
      var path = entries[numbers.below(entries.count)].path
      if let cut = path.indices.filter({ path[$0] == 0x2f }).randomElement(using: &numbers),
        numbers.below(2) == 0
      {
        path.removeSubrange(cut...)
      }
      if numbers.below(8) == 0 { path.append(0x21) }
      let wanted = RepositoryPath(normalized: path)
      let expected = entries.filter { RepositoryPath(normalized: $0.path).isInside(wanted) }
      #expect(try store.reader(.small).entries(of: root, at: wanted).list == expected)
    }
    #expect(try store.reader(.small).entries(of: root, at: .root).list == entries)
  }

  @Test func aPartOpensFewNodes() throws {
    let store = NodeStore()
    let root = try store.build(EntryTable(wideEntries(20_000) + [Entry.file("z")])).digest
    let path = try #require(RepositoryPath("frames/00012345.png"))
    #expect(try store.reader().entries(of: root, at: path).count == 1)
    // The root, the folder and one range.
    #expect(store.takeLoads().count == 3)
  }

  @Test(arguments: seeds)
  func readsWhatAnotherVersionDoesNotHave(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let store = NodeStore()
    let before = randomEntries(500, &numbers)
    let kept = before.filter { _ in numbers.below(40) > 0 }
    let after = try store.build(EntryTable(kept), .small).digest
    let root = try store.build(EntryTable(before), .small).digest
    let known = Set(try store.reader(.small).nodes(of: after).map(\.digest))
    let read = try store.reader(.small).entries(of: root, outside: known).list
    #expect(before.filter { !kept.contains($0) }.allSatisfy(read.contains))
    #expect(before.filter(read.contains) == read)
    #expect(read.count < before.count)
    #expect(try store.reader(.small).entries(of: after, outside: known).list.isEmpty)
  }

  @Test func whatAnotherVersionHasIsNotOpened() throws {
    let store = NodeStore()
    let entries = wideEntries(20_000)
    let after = try store.build(EntryTable(Array(entries.dropFirst()))).digest
    let known = Set(try store.reader().nodes(of: after).map(\.digest))
    let root = try store.build(EntryTable(entries)).digest
    _ = store.takeLoads()
    let read = try store.reader().entries(of: root, outside: known)
    #expect(read.list.contains(entries[0]))
    // The root, the folder and the range that has lost an entry.
    #expect(store.takeLoads().count <= 3)
  }

  @Test(arguments: seeds)
  func findsTheObjectsOfSeveralVersions(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let store = NodeStore()
    var (seen, found, expected): (Set<Digest>, [Digest], Set<Digest>) = ([], [], [])
    let first = randomEntries(600, &numbers)
    for version in 0..<3 {
      let table = EntryTable(version == 0 ? first : first.filter { _ in numbers.below(9) > 0 })
      let root = try store.build(table, .small).digest
      let reader = store.reader(.small)
      try reader.addObjects(of: root, seen: &seen, to: &found)
      expected.formUnion(try reader.nodes(of: root).map(\.digest))
      for index in 0..<table.count
      where table.kinds[index] == .file || table.kinds[index] == .executable {
        expected.insert(table.digests[index])
      }
      #expect(Set(found) == expected)
      // What is known costs nothing.
      _ = store.takeLoads()
      try reader.addObjects(of: root, seen: &seen, to: &found)
      #expect(store.takeLoads().isEmpty)
    }
  }

  @Test func aNodeThatIsMissingIsAnError() throws {
    let store = NodeStore()
    var (seen, found): (Set<Digest>, [Digest]) = ([], [])
    let root = Digest(words: (1, 2, 3, 4))
    #expect(throws: (any Error).self) {
      try store.reader().addObjects(of: root, seen: &seen, to: &found)
    }
  }

  @Test(arguments: seeds)
  func listsAllNodes(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for count in [0, 13, 100, 700] {
      let store = NodeStore()
      let root = try store.build(EntryTable(randomEntries(count, &numbers)), .small).digest
      let names = try store.reader(.small).nodes(of: root)
      #expect(names.map(\.location) == store.sortedFiles.map(\.location))
      #expect(names.map(\.digest) == store.sortedFiles.map(\.digest))
    }
  }

  @Test func namesTheDamagedNode() throws {
    let store = NodeStore()
    let root = try store.build(EntryTable(wideEntries(9000))).digest
    let place = try #require(RepositoryPath("frames/+"))
    let reader = ManifestReader { digest, location in
      guard var bytes = store.object(digest) else { throw NodeStore.Missing() }
      if location == place { bytes[30] ^= 1 }
      return bytes
    }
    do {
      _ = try reader.entries(of: root)
      Issue.record("damage went unnoticed")
    } catch ManifestError.mismatch(let node, _, _) {
      #expect(node == place)
    }
  }

  /// Random edits of parents' lines, with digests made to fit: whatever the reader accepts must be
  /// what the builder makes of the entries.
  @Test(arguments: seeds)
  func acceptsOnlyWhatTheBuilderWrites(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let store = NodeStore()
    let table = EntryTable(randomEntries(300, &numbers))
    let root = try store.build(table, .small).digest
    let files = store.sortedFiles
    for _ in 0..<150 {
      let forged = try forge(root, files, store, &numbers)
      guard forged != root, let read = try? store.reader(.small).entries(of: forged) else {
        continue
      }
      #expect(try ManifestBuilder(shape: .small).summary(of: read).digest == forged)
    }
  }

  /// Damages one node and rewrites the digests on its way to the root.
  private func forge(
    _ root: Digest, _ files: [ManifestNodeFile], _ store: NodeStore,
    _ numbers: inout SeededNumbers
  ) throws -> Digest {
    let victim = files[numbers.below(files.count)]
    var lines = victim.bytes.split(separator: 0x0a).map(Array.init)
    guard lines.count > 1 else { return root }
    let line = 1 + numbers.below(lines.count - 1)
    let other = files[numbers.below(files.count)].bytes.split(separator: 0x0a).map(Array.init)
    switch numbers.below(5) {
    case 0: lines.remove(at: line)
    case 1: lines.insert(lines[line], at: line)
    case 2: lines.swapAt(line, 1 + numbers.below(lines.count - 1))
    case 3: lines[line] = other[numbers.below(other.count)]
    default: lines[line][lines[line].count - 1] = UInt8(0x61 + numbers.below(26))
    }
    var old = victim.digest
    var new = store.add(lines.flatMap { $0 + [0x0a] })
    while old != root {
      let hex = Array(old.hex.utf8)
      guard
        let parent = files.first(where: {
          String(decoding: $0.bytes, as: UTF8.self)
            .contains(old.hex)
        })
      else { return root }
      var bytes = parent.bytes
      guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: hex) }) else {
        return root
      }
      bytes.replaceSubrange(start..<start + 64, with: Array(new.hex.utf8))
      new = store.add(bytes)
      old = parent.digest
    }
    return new
  }

  @Test func refusesCountsThatDoNotHold() throws {
    let store = NodeStore()
    let root = try store.build(EntryTable(wideEntries(9000))).digest
    let text = String(decoding: try #require(store.object(root)), as: UTF8.self)
    let forged = store.add(Array(text.replacing(" 9000 ", with: " 9001 ").utf8))
    let place = try #require(RepositoryPath("frames/+"))
    #expect(throws: ManifestError.node(place, problem: .counts)) {
      try store.reader().entries(of: forged)
    }
  }

  @Test func refusesASmallTreeInSeveralNodes() throws {
    let store = NodeStore()
    let below = try store.build(EntryTable([Entry.file("a", "1")]))
    let root = store.add(Array("dver-manifest 1\nt \(below.digest) 1 1 d/\n".utf8))
    #expect(throws: ManifestError.self) { try store.reader().entries(of: root) }
  }

  /// A chain in which each node names the one below twice stands for 2^60 entries.
  @Test func aTreeThatFoldsOntoItselfIsRefused() throws {
    let store = NodeStore()
    var digest = store.add(
      Array("dver-manifest 1\n".utf8) + (0..<12).flatMap { "e e\($0 + 10)/\n".utf8 })
    for _ in 0..<60 {
      digest = store.add(Array("dver-manifest 1\nt \(digest) 0 0 a/\nt \(digest) 0 0 b/\n".utf8))
    }
    let reader = store.reader(.small, maximumEntryCount: 2000)
    #expect(throws: ManifestError.tooLarge(maximumEntryCount: 2000)) {
      try reader.entries(of: digest)
    }
    #expect(throws: ManifestError.tooLarge(maximumEntryCount: 2000)) {
      try reader.nodes(of: digest)
    }
    let empty = store.add(ManifestNode.header)
    #expect(throws: ManifestError.tooLarge(maximumEntryCount: 2000)) {
      try ManifestDiff.changes(from: digest, reader, to: empty, reader)
    }
  }

  @Test func aChainOfSubtreesEndsWithThePath() throws {
    let store = NodeStore()
    var digest = store.add(Array("dver-manifest 1\ne e/\n".utf8))
    for _ in 0..<3000 {
      digest = store.add(Array("dver-manifest 1\nt \(digest) 0 0 a/\n".utf8))
    }
    #expect(throws: ManifestError.self) { try store.reader(.small).entries(of: digest) }
    #expect(throws: ManifestError.self) { try store.reader(.small).nodes(of: digest) }
  }
}
