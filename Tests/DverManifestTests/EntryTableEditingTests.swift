import DverCore
import DverManifest
import Testing

@Suite struct EntryTableEditingTests {
  private func path(_ text: String) -> RepositoryPath {
    RepositoryPath(normalized: Array(text.utf8))
  }

  private func edit(_ entries: [Entry], remove: [String], add: [Entry] = []) -> [String] {
    EntryTable(entries).replacing(remove.map(path), with: EntryTable(add)).list.map {
      String(decoding: $0.key, as: UTF8.self)
    }
  }

  @Test func removesAFileOrAFolder() {
    let entries: [Entry] = [.file("a"), .file("a-b"), .file("b/c"), .file("b/d/e"), .file("b0")]
    #expect(edit(entries, remove: ["a"]) == ["a-b", "b/c", "b/d/e", "b0"])
    #expect(edit(entries, remove: ["b"]) == ["a", "a-b", "b0"])
    #expect(edit(entries, remove: ["b/d", "none"]) == ["a", "a-b", "b/c", "b0"])
    #expect(edit(entries, remove: [""]) == [])
  }

  @Test func anEntryBelowAnEmptyDirectoryEndsIt() {
    let entries: [Entry] = [.empty(Array("d".utf8)), .file("d-e")]
    #expect(edit(entries, remove: [], add: [.file("d/x/y")]) == ["d-e", "d/x/y"])
  }

  @Test func aDirectoryWithoutEntriesIsGoneUnlessGiven() {
    let entries: [Entry] = [.file("d/x"), .file("e")]
    #expect(edit(entries, remove: ["d/x"]) == ["e"])
    #expect(edit(entries, remove: ["d/x"], add: [.empty(Array("d".utf8))]) == ["d/", "e"])
  }

  @Test func aFileTakesThePlaceOfAFolderAndBack() {
    let entries: [Entry] = [.file("d-"), .file("d/x"), .file("d/y")]
    #expect(edit(entries, remove: [], add: [.file("d")]) == ["d", "d-"])
    #expect(edit([.file("d"), .file("d-")], remove: [], add: [.file("d/z")]) == ["d-", "d/z"])
  }

  @Test(arguments: seeds)
  func agreesWithFiltering(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let entries = randomEntries(200, &numbers)
    for _ in 0..<40 {
      let added = randomEntries(numbers.below(12), &numbers)
      let removed = (0..<numbers.below(4)).map { _ in
        let path = entries[numbers.below(entries.count)].path
        let cut = path.indices.filter { path[$0] == 0x2f }.randomElement(using: &numbers)
        return RepositoryPath(normalized: Array(path[..<(cut ?? path.count)]))
      }
      let kept = entries.filter { entry in
        let path = RepositoryPath(normalized: entry.path)
        return !removed.contains { path.isInside($0) }
          && !added.contains { other in
            let other = RepositoryPath(normalized: other.path)
            return path.isInside(other) || other.isInside(path)
          }
      }
      let result = EntryTable(entries).replacing(removed, with: EntryTable(added))
      #expect(result.list == (kept + added).sorted())
      _ = try ManifestBuilder(threads: 1).summary(of: result)
    }
  }

  @Test func entriesAtAPath() {
    let table = EntryTable([Entry.file("a"), .file("a-b"), .file("b/c"), .empty(Array("b/d".utf8))])
    func names(_ text: String) -> [String] {
      table.entries(at: path(text)).list.map { String(decoding: $0.key, as: UTF8.self) }
    }
    #expect(names("a") == ["a"])
    #expect(names("b") == ["b/c", "b/d/"])
    #expect(names("b/d") == ["b/d/"])
    #expect(names("c") == [])
    #expect(names("") == ["a", "a-b", "b/c", "b/d/"])
    let several = table.entries(at: ["b/d", "b", "c", "a"].map(path))
    #expect(several.list.map { String(decoding: $0.key, as: UTF8.self) } == ["a", "b/c", "b/d/"])
  }
}
