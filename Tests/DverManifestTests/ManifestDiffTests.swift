import DverCore
import DverManifest
import Testing

@Suite struct ManifestDiffTests {
  /// Changes as a dictionary would find them.
  private func naive(_ old: [Entry], _ new: [Entry]) -> [String] {
    let before = Dictionary(uniqueKeysWithValues: old.map { ($0.key, $0) })
    let after = Dictionary(uniqueKeysWithValues: new.map { ($0.key, $0) })
    let keys = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
    return keys.sorted { $0.lexicographicallyPrecedes($1) }.map { key in
      let path = before[key]?.path ?? after[key]?.path ?? []
      return "\(PathQuoting.quoted(path)): \(Self.text(before[key])) -> \(Self.text(after[key]))"
    }
  }

  private static func text(_ entry: Entry?) -> String {
    entry.map { "\($0.kind) \($0.digest) \($0.size)" } ?? "none"
  }

  private static func text(_ side: ManifestChanges.Side?) -> String {
    side.map { "\($0.kind) \($0.digest) \($0.size)" } ?? "none"
  }

  private func lines(_ changes: ManifestChanges) -> [String] {
    (0..<changes.count).map { index in
      let change = changes.changes[index]
      let path = PathQuoting.quoted(changes.paths[index])
      return "\(path): \(Self.text(change.old)) -> \(Self.text(change.new))"
    }
  }

  /// `entries` after a few edits, some of them to whole folders.
  private func edited(_ entries: [Entry], _ numbers: inout SeededNumbers) -> [Entry] {
    var table = EntryTable(entries)
    for _ in 0..<numbers.below(6) where table.count > 0 {
      let list = table.list
      let path = list[numbers.below(list.count)].path
      let cut = path.indices.filter { path[$0] == 0x2f }.randomElement(using: &numbers)
      switch numbers.below(4) {
      case 0: table = table.replacing([RepositoryPath(normalized: path)], with: EntryTable())
      case 1:
        let folder = RepositoryPath(normalized: Array(path[..<(cut ?? path.count)]))
        table = table.replacing([folder], with: EntryTable())
      case 2: table = table.replacing([], with: EntryTable([Entry.file(path, "changed")]))
      default:
        let folder = Array(path[..<(cut ?? 0)]) + (cut == nil ? [] : [0x2f])
        let added = (0..<numbers.below(40)).map { number in
          Entry.file(folder + Array("added\(number)".utf8), "added")
        }
        table = table.replacing([], with: EntryTable(added))
      }
    }
    return table.list
  }

  @Test(arguments: seeds)
  func agreesWithTheNaiveDiff(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for count in [0, 10, 14, 60, 250, 700] {
      let old = randomEntries(count, &numbers)
      for new in [edited(old, &numbers), randomEntries(count, &numbers), []] {
        let expected = naive(old, new)
        let (left, right) = (EntryTable(old), EntryTable(new))
        #expect(lines(ManifestDiff.changes(from: left, to: right)) == expected)
        let (before, after) = (NodeStore(), NodeStore())
        let (first, second) = (try before.build(left, .small), try after.build(right, .small))
        let changes = try ManifestDiff.changes(
          from: first.digest, before.reader(.small), to: second.digest, after.reader(.small))
        #expect(lines(changes) == expected)
      }
    }
  }

  @Test func equalPartsAreNotOpened() throws {
    let store = NodeStore()
    let entries = wideEntries(12_000) + [Entry.file("z/last")]
    let old = try store.build(EntryTable(entries))
    var changed = entries
    changed[6000] = Entry.file(changed[6000].path, "new content")
    let new = try store.build(EntryTable(changed))
    let changes = try ManifestDiff.changes(
      from: old.digest, store.reader(), to: new.digest, store.reader())
    #expect(changes.count == 1)
    // Root, folder and one range on either side.
    #expect(store.takeLoads().count == 6)
  }

  @Test func equalRootsReadNothing() throws {
    let store = NodeStore()
    let root = try store.build(EntryTable([Entry.file("a")])).digest
    let changes = try ManifestDiff.changes(from: root, store.reader(), to: root, store.reader())
    #expect(changes.isEmpty)
    #expect(store.takeLoads().isEmpty)
  }

  @Test func pairsEqualFilesAsRenames() {
    let old = EntryTable([
      Entry.file("a", "same"), .file("b", "same"), .file("c", "other"), .file("empty", ""),
      .file("stays", "same"), .link(Array("l".utf8), to: Array("same".utf8)),
    ])
    let new = EntryTable([
      Entry.file("n/1", "same", executable: true), .file("n/2", "same"), .file("n/3", "same"),
      .file("n/empty", ""), .file("stays", "same"), .file("c", "changed"),
      .link(Array("n/l".utf8), to: Array("same".utf8)),
    ])
    let changes = ManifestDiff.changes(from: old, to: new)
    let pairs = ManifestDiff.renames(in: changes).map { rename in
      [rename.old, rename.new].map { String(decoding: changes.paths[$0], as: UTF8.self) }
    }
    #expect(pairs == [["a", "n/1"], ["b", "n/2"]])
  }
}
