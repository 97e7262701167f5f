import TestSupport
import Testing

@testable import DverTable

@Suite struct RowComparisonTests {
  private func compare(
    _ old: String, _ new: String, key: [String] = [], limit: Int? = nil,
    _ layout: TableFormat.Layout = .delimited(by: 0x2c)
  ) throws -> RowComparison {
    try RowComparison(
      from: Tables.version(old, layout), to: Tables.version(new, layout),
      key: key.map { Array($0.utf8) }, limit: limit)
  }

  private func text(_ cells: [NamedCell]) -> String {
    cells.map {
      "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))"
    }.joined(separator: " ")
  }

  @Test func rowsWithTheSameKeyAreJoined() throws {
    let found = try compare(
      "id,price,note\n1,2,a\n2,3,b\n3,4,c\n", "id,price,note\n3,4,c\n1,2.5,a\n4,5,d\n",
      key: ["id"])
    #expect((found.oldCount, found.newCount) == (3, 3))
    #expect((found.modifiedCount, found.addedCount, found.deletedCount) == (1, 1, 1))
    #expect(found.changes.map(\.kind) == [.modified, .added, .deleted])
    #expect(found.changes.map { text($0.key) } == ["id=1", "id=4", "id=2"])
    #expect(text(found.changes[0].old) == "price=2")
    #expect(text(found.changes[0].new) == "price=2.5")
    #expect((found.changes[0].oldRow, found.changes[0].newRow) == (1, 2))
    #expect(text(found.changes[1].new) == "id=4 price=5 note=d")
    #expect((found.changes[1].oldRow, found.changes[1].newRow) == (nil, 3))
    #expect(text(found.changes[2].old) == "id=2 price=3 note=b")
    #expect((found.changes[2].oldRow, found.changes[2].newRow) == (2, nil))
    #expect(found.columns.retyped.map(\.name) == [Array("price".utf8)])
    #expect(found.columns.retyped.first?.old == .integer)
    #expect(found.columns.retyped.first?.new == .float)
  }

  @Test func withoutAKeyRowsAreCounted() throws {
    let found = try compare("a\nx\nx\ny\n", "a\nx\nz\nx\nx\n")
    #expect((found.modifiedCount, found.addedCount, found.deletedCount) == (0, 2, 1))
    #expect(found.changes.map { text($0.new + $0.old) } == ["a=z", "a=x", "a=y"])
    #expect(found.changes.map { $0.newRow ?? $0.oldRow } == [2, 4, 3])
  }

  @Test func cellsBehindTheLastColumnCount() throws {
    let more = try compare("id,a\n1,2\n", "id,a\n1,2,3\n", key: ["id"])
    #expect(more.changes.map { text($0.old) } == ["further cells="])
    #expect(more.changes.map { text($0.new) } == ["further cells=3"])
    let fewer = try compare("id,a\n1,2,3\n", "id,a\n1,2\n", key: ["id"])
    #expect(fewer.changes.map { text($0.old) } == ["further cells=3"])
    #expect(fewer.changes.map { text($0.new) } == ["further cells="])
    // A column may have no name.
    #expect(try compare(",a\n5,x\n", ",a\n,x,5\n").changeCount == 2)
  }

  @Test func aHeadingHasALimit() throws {
    let wide = String(repeating: ",", count: 30_000) + "\n1\n"
    let error = #expect(throws: VersionError.self) { _ = try compare(wide, wide) }
    #expect(error?.message.contains("more than 20000 columns") == true)
  }

  @Test func anotherOrderIsSaid() throws {
    for key in [[], ["a"]] {
      let found = try compare("a,b\n1,2\n3,4\n", "a,b\n3,4\n1,2\n", key: key)
      #expect(found.hasSameRows && found.isReordered)
      let same = try compare("a,b\n1,2\n3,4\n", "a,b\r\n\"1\",2\r\n3,4", key: key)
      #expect(same.hasSameRows && !same.isReordered)
    }
  }

  @Test func onlyColumnsOfBothVersionsCount() throws {
    for key in [[], ["id"]] {
      let found = try compare("id,a,b\n1,2,3\n4,5,6\n", "c,b,id\n0,3,1\n0,7,4\n", key: key)
      #expect(found.columns.added == [Array("c".utf8)])
      #expect(found.columns.deleted == [Array("a".utf8)])
      #expect(found.columns.isReordered)
      #expect(found.modifiedCount == (key.isEmpty ? 0 : 1))
      #expect(found.addedCount == (key.isEmpty ? 1 : 0))
    }
  }

  @Test func whatIsBehindTheLastColumnCounts() throws {
    let found = try compare("id,a\n1,2,3\n", "id,a\n1,2,4\n", key: ["id"])
    #expect(found.changes.map { text($0.old) } == ["further cells=3"])
    #expect(found.changes.map { text($0.new) } == ["further cells=4"])
  }

  @Test func keysOfSeveralColumnsAreOneKey() throws {
    let found = try compare("a,b,c\n1,2,x\n2,1,y\n", "a,b,c\n1,2,z\n2,1,y\n", key: ["b", "a"])
    #expect(found.changes.map { text($0.key) } == ["b=2 a=1"])
  }

  @Test func repeatedKeysAndMissingColumnsAreErrors() {
    func message(_ old: String, _ new: String, _ key: String) -> String? {
      do {
        _ = try compare(old, new, key: [key])
        return nil
      } catch {
        return (error as? VersionError).map { "\($0.message); \($0.hint ?? "")" }
      }
    }
    #expect(
      message("id\n1\n", "id\n5\n2\n1\n2\n2\n1\n", "id")
        == "the new version: the key id=2 occurs more than once: in rows 2 and 4; "
        + "name more columns with --key, or compare without it")
    #expect(
      message("id,b\n1,2\n", "ix,b\n1,3\n", "id")
        == "the new version: there is no column 'id'; did you mean 'ix'?")
    #expect(
      message("first,b\n1,2\n", "first,b\n1,3\n", "key")
        == "there is no column 'key'; the columns are 'first', 'b'")
    #expect(
      message("id,id\n1,2\n", "id,id\n1,3\n", "id")
        == "the old version: there are several columns 'id'; ")
    #expect(message("", "id\n1\n", "id") == nil)
    #expect(
      message("a\n\"", "id\n1\n", "a")
        == "the old version: row 1 begins a quote that is not closed; ")
  }

  @Test func aLimitIsSharedByTheKinds() throws {
    let old = "id,v\n" + (0..<40).map { "\($0),a\n" }.joined()
    let new = "id,v\n" + (0..<20).map { "\($0),b\n" }.joined() + "90,c\n"
    func kinds(_ limit: Int?) throws -> [Int] {
      let found = try compare(old, new, key: ["id"], limit: limit)
      #expect((found.modifiedCount, found.addedCount, found.deletedCount) == (20, 1, 20))
      return [.modified, .added, .deleted].map { kind in
        found.changes.count { $0.kind == kind }
      }
    }
    #expect(try kinds(nil) == [20, 1, 20])
    #expect(try kinds(10) == [6, 1, 3])
    #expect(try kinds(0) == [0, 0, 0])
    #expect(try kinds(1) == [1, 0, 0])
    #expect(try kinds(1000) == [20, 1, 20])
  }

  @Test func jsonLinesAreComparedByMember() throws {
    let found = try compare(
      #"{"id": 1, "v": {"a": 1, "b": 2}}"# + "\n" + #"{"id": 2, "v": 1}"#,
      #"{"v": {"b": 2, "a": 1}, "id": 1}"# + "\n" + #"{"id": 2, "v": "1"}"#, key: ["id"],
      .jsonLines)
    #expect((found.modifiedCount, found.addedCount, found.deletedCount) == (1, 0, 0))
    #expect(text(found.changes[0].old) == "v=1")
    #expect(text(found.changes[0].new) == "v=\"1\"")
    #expect(!found.columns.isReordered)
  }

  @Test func membersThatOneVersionHasAloneDoNotCount() throws {
    for key in [[], ["id"]] {
      let found = try compare(
        #"{"id": 1}"#, #"{"id": 1, "n": 2}"#, key: key, .jsonLines)
      #expect(found.hasSameRows && !found.isReordered)
      #expect(found.columns.added == [Array("n".utf8)])
    }
  }

  @Test func whatChangesBetweenThePassesIsAnError() throws {
    let calls = Counter()
    let new = ByteSource(byteCount: 10) { take in
      let isFirst = calls.next() < 2
      _ = try take(Array((isFirst ? "a\n1\n2\n" : "a\n1\n").utf8).span)
    }
    #expect(throws: VersionError.self) {
      try RowComparison(
        from: Tables.version("a\n1\n"),
        to: TableVersion(new, format: TableFormat(.delimited(by: 0x2c))))
    }
  }

  @Test func whatReadingThrowsComesOut() {
    struct Stop: Error {}
    let stopping = ByteSource(byteCount: 10) { take in
      _ = try take(Array("a\n1\n".utf8).span)
      throw Stop()
    }
    #expect(throws: Stop.self) {
      try RowComparison(
        from: Tables.version("a\n1\n"),
        to: TableVersion(stopping, format: TableFormat(.delimited(by: 0x2c))))
    }
  }

  // MARK: Against a model

  @Test(arguments: Seeds.standard)
  func keyedComparisonAgreesWithASlowModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      let count = Int.random(in: 0..<60, using: &generator)
      func table() -> [Int: String] {
        var rows: [Int: String] = [:]
        for _ in 0..<count {
          rows[Int.random(in: 0..<50, using: &generator)] =
            ["", "a", "b,\"\n"].randomElement(using: &generator)
        }
        return rows
      }
      func print(_ rows: [Int: String]) -> String {
        "id,v\n"
          + rows.shuffled(using: &generator).map {
            "\($0.key),\"\($0.value.replacing("\"", with: "\"\""))\"\n"
          }.joined()
      }
      let (old, new) = (table(), table())
      let found = try compare(print(old), print(new), key: ["id"])
      #expect(found.addedCount == new.keys.count { old[$0] == nil })
      #expect(found.deletedCount == old.keys.count { new[$0] == nil })
      let modified = new.filter { old[$0.key] != nil && old[$0.key] != $0.value }
      #expect(
        Set(found.changes.filter { $0.kind == .modified }.map { text($0.key + $0.old + $0.new) })
          == Set(modified.map { "id=\($0.key) v=\(old[$0.key] ?? "") v=\($0.value)" }))
      for kind in [RowChange.Kind.modified, .added, .deleted] {
        let rows = found.changes.filter { $0.kind == kind }.compactMap { $0.newRow ?? $0.oldRow }
        #expect(rows == rows.sorted())
      }
    }
  }

  @Test(arguments: Seeds.standard)
  func comparisonWithoutAKeyAgreesWithASlowModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      func rows() -> [String] {
        (0..<Int.random(in: 0..<80, using: &generator)).map { _ in
          ["a", "b", "c", "d", "e"].randomElement(using: &generator) ?? ""
        }
      }
      let (old, new) = (rows(), rows())
      let found = try compare(
        (["h"] + old).joined(separator: "\n"), (["h"] + new).joined(separator: "\n"))
      var balance: [String: Int] = [:]
      for row in new { balance[row, default: 0] += 1 }
      for row in old { balance[row, default: 0] -= 1 }
      #expect(found.addedCount == balance.values.filter { $0 > 0 }.reduce(0, +))
      #expect(found.deletedCount == -balance.values.filter { $0 < 0 }.reduce(0, +))
      for change in found.changes {
        let (row, list) = change.newRow.map { ($0, new) } ?? (change.oldRow ?? 0, old)
        #expect(text(change.old + change.new) == "h=\(list[row - 1])")
      }
    }
  }
}
