import DverCore
import DverManifest
import Testing

@Suite struct ManifestMergeTests {
  private typealias Choice = ManifestMerge.Choice

  /// Merges as `resolve` does.
  private func merge(
    _ base: [Entry], _ ours: [Entry], _ theirs: [Entry], choose: ([UInt8]) -> Choice? = { _ in nil }
  ) -> (merge: ManifestMerge, result: [Entry]?) {
    let (old, mine, other) = (EntryTable(base), EntryTable(ours), EntryTable(theirs))
    let merge = ManifestMerge(
      ours: ManifestDiff.changes(from: old, to: mine),
      theirs: ManifestDiff.changes(from: old, to: other), choose: choose)
    guard merge.conflicts.isEmpty else { return (merge, nil) }
    let result = merge.applied(to: mine) { source, path in
      let entries = source == .theirs ? theirs : base
      return entries.first { $0.path == path }?.target ?? []
    }
    return (merge, result.list)
  }

  // MARK: A model

  /// The rules told once more, slowly, on dictionaries.
  private struct Model {
    let base: [[UInt8]: Entry]
    let ours: [[UInt8]: Entry]
    let theirs: [[UInt8]: Entry]
    var conflicts: Set<[UInt8]> = []
    var result: [[UInt8]: Entry] = [:]

    init(
      _ base: [Entry], _ ours: [Entry], _ theirs: [Entry], choose: ([UInt8]) -> Choice?
    ) {
      func byKey(_ entries: [Entry]) -> [[UInt8]: Entry] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0) })
      }
      (self.base, self.ours, self.theirs) = (byKey(base), byKey(ours), byKey(theirs))
      let roots = Self.roots(self.base, self.ours, self.theirs)
      let keys = Set(self.base.keys).union(self.ours.keys).union(self.theirs.keys)
      for key in keys {
        let (old, mine, other) = (self.base[key], self.ours[key], self.theirs[key])
        let path = key.last == 0x2f ? Array(key.dropLast()) : key
        let root = roots.first { path == $0 || path.starts(with: $0 + [0x2f]) }
        if let root {
          // What no side changed there is not in question.
          if mine == old, other == old {
            result[key] = old
          } else if let choice = choose(root) {
            result[key] = choice == .ours ? mine : other
          } else {
            conflicts.insert(root)
          }
        } else if mine == other || other == old {
          result[key] = mine
        } else if mine == old {
          result[key] = other
        } else if let merged = Self.field(old, mine, other) {
          result[key] = merged
        } else if let choice = choose(path) {
          result[key] = choice == .ours ? mine : other
        } else {
          conflicts.insert(path)
        }
      }
      let present = result
      for (key, entry) in present where entry.kind == .emptyDirectory {
        if present.keys.contains(where: { $0.count > key.count && $0.starts(with: key) }) {
          result[key] = nil
        }
      }
    }

    private static func field(_ old: Entry?, _ mine: Entry?, _ other: Entry?) -> Entry? {
      guard let old, let mine, let other,
        [old, mine, other].allSatisfy({ $0.kind == .file || $0.kind == .executable })
      else { return nil }
      guard mine.digest == old.digest || other.digest == old.digest || mine.digest == other.digest
      else { return nil }
      var merged = mine.digest == old.digest ? other : mine
      merged.kind = mine.kind == old.kind ? other.kind : mine.kind
      return merged
    }

    private static func roots(
      _ base: [[UInt8]: Entry], _ ours: [[UInt8]: Entry], _ theirs: [[UInt8]: Entry]
    ) -> [[UInt8]] {
      func news(_ side: [[UInt8]: Entry]) -> [Entry] {
        side.filter { base[$0.key] != $0.value }.map(\.value)
      }
      var roots: Set<[UInt8]> = []
      for (files, others) in [(news(ours), news(theirs)), (news(theirs), news(ours))] {
        for file in files where file.kind != .emptyDirectory {
          let isFolder = others.contains { $0.key.starts(with: file.path + [0x2f]) }
          if isFolder { roots.insert(file.path) }
        }
      }
      return roots.filter { root in
        !roots.contains { root != $0 && root.starts(with: $0 + [0x2f]) }
      }
    }
  }

  // MARK: Random trees

  /// Few names, so that both sides often meet.
  private func randomPath(_ numbers: inout SeededNumbers) -> [UInt8] {
    let depth = 1 + numbers.below(3)
    let parts = (0..<depth).map { _ in ["a", "b", "a-b", "c"][numbers.below(4)] }
    return Array(parts.joined(separator: "/").utf8)
  }

  private func randomEntry(_ path: [UInt8], _ numbers: inout SeededNumbers) -> Entry {
    switch numbers.below(6) {
    case 0: .link(path, to: Array("to\(numbers.below(2))".utf8))
    case 1: .empty(path)
    case 2: .file(path, "\(numbers.below(3))", executable: true)
    default: .file(path, "\(numbers.below(3))")
    }
  }

  private func edited(_ entries: [Entry], _ numbers: inout SeededNumbers) -> [Entry] {
    var table = EntryTable(entries)
    for _ in 0..<numbers.below(6) {
      let path = randomPath(&numbers)
      switch numbers.below(3) {
      case 0: table = table.replacing([RepositoryPath(normalized: path)], with: EntryTable())
      default: table = table.replacing([], with: EntryTable([randomEntry(path, &numbers)]))
      }
    }
    return table.list
  }

  @Test(arguments: seeds)
  func agreesWithTheModel(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for round in 0..<400 {
      let base = edited(edited([], &numbers), &numbers)
      let (ours, theirs) = (edited(base, &numbers), edited(base, &numbers))
      let mode = round % 4
      func choose(_ path: [UInt8]) -> Choice? {
        mode == 0
          ? nil : mode == 1 ? .ours : mode == 2 ? .theirs : path.count % 2 == 0 ? .ours : .theirs
      }
      let model = Model(base, ours, theirs, choose: choose)
      let (merge, result) = merge(base, ours, theirs, choose: choose)
      let shown = "\(base) \(ours) \(theirs)"
      #expect(Set(merge.conflicts.map(\.path)) == model.conflicts, "\(seed) \(round): \(shown)")
      guard let result else { continue }
      #expect(result == model.result.values.sorted(), "\(seed) \(round): \(shown)")
      // What comes out can be recorded.
      _ = try ManifestBuilder().summary(of: EntryTable(result))
    }
  }

  @Test(arguments: seeds)
  func sidesMayChangePlaces(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<100 {
      let base = edited([], &numbers)
      let (ours, theirs) = (edited(base, &numbers), edited(base, &numbers))
      let one = merge(base, ours, theirs) { _ in .ours }.result
      let other = merge(base, theirs, ours) { _ in .theirs }.result
      #expect(one == other)
      #expect(merge(base, ours, base).result == ours)
      #expect(merge(base, base, theirs).result == theirs)
      #expect(merge(base, ours, ours).result == ours)
    }
  }

  @Test func modeAndContentAreTwoThings() {
    let base = [Entry.file("a", "1")]
    let result = merge(base, [.file("a", "1", executable: true)], [.file("a", "22")]).result
    #expect(result == [.file("a", "22", executable: true)])
  }

  @Test func conflictsSayWhatEachSideDid() {
    let base = ["m", "d", "k"].map { Entry.file($0, "0") }
    let ours = [Entry.file("k", "1"), .file("m", "1"), .file("n", "1")]
    let theirs = [Entry.file("d", "2"), .file("k/x", "2"), .file("m", "2"), .file("n", "2")]
    let conflicts = merge(base, ours, theirs).merge.conflicts
    #expect(
      conflicts.map { "\(String(decoding: $0.path, as: UTF8.self)) \($0.ours) \($0.theirs)" } == [
        "d deleted modified", "k file folder", "m modified modified", "n added added",
      ])
  }
}
