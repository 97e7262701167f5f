import DverCore
import DverHashing
import DverManifest
import Testing

@Suite struct ManifestNodeTests {
  private static let place = RepositoryPath(normalized: Array("+".utf8))
  private static let hex = String(repeating: "0123456789abcdef", count: 4)

  private func parse(_ text: String) throws -> ManifestNode {
    try ManifestNode(parsing: Array(text.utf8).span, location: Self.place)
  }

  private func problem(_ lines: String) -> ManifestProblem? {
    problem(Array(("dver-manifest 1\n" + lines).utf8))
  }

  private func problem(_ text: [UInt8]) -> ManifestProblem? {
    do {
      _ = try ManifestNode(parsing: text.span, location: Self.place)
      return nil
    } catch {
      guard case .line(_, _, let problem) = error else { return nil }
      return problem
    }
  }

  @Test func readsEveryKindOfLine() throws {
    let node = try parse(
      """
      dver-manifest 1
      f \(Self.hex) 4096 cats/1.jpg
      e empty/
      l ../shared/labels.csv\tlabels.csv
      t \(Self.hex) 1300 143210000 n01440764/
      x \(Self.hex) 812 tools/prep.sh
      r \(Self.hex) 3911 14321000 zebra/000.jpg

      """)
    #expect(
      node.kinds == [.file, .emptyDirectory, .link, .subtree, .executable, .range])
    #expect(node.fileCounts == [1, 0, 1, 1300, 1, 3911])
    #expect(node.sizes == [4096, 0, 0, 143_210_000, 812, 14_321_000])
    #expect(node.paths[1].elementsEqual("empty/".utf8))
    #expect(node.targets[2] == Array("../shared/labels.csv".utf8))
    #expect(node.digests[2] == SHA256.digest(of: Array("../shared/labels.csv".utf8).span))
    #expect(node.digests[0].hex == Self.hex)
    #expect((node.fileCount, node.byteCount) == (5214, 157_535_908))
  }

  @Test func headerAloneIsAnEmptyRoot() throws {
    #expect(try parse("dver-manifest 1\n").count == 0)
  }

  @Test func refusesWhatIsNotCanonical() {
    let f = "f \(Self.hex) 1 "
    #expect(problem([]) == .header)
    #expect(problem(Array("dver-manifest 2\n".utf8)) == .header)
    #expect(problem(Array("dver-manifest 1".utf8)) == .header)
    #expect(problem(Array("dver-manifest 1\r\n".utf8)) == .header)
    #expect(problem("\n") == .lineKind)
    #expect(problem("g \(Self.hex) 1 a\n") == .lineKind)
    #expect(problem("f\n") == .lineKind)
    #expect(problem("f\t\(Self.hex) 1 a\n") == .lineKind)
    #expect(problem(f + "a") == .lineEnd)
    #expect(problem(f + "a\r\n") == .quoting)
    #expect(problem("f \(Self.hex.uppercased()) 1 a\n") == .digest)
    #expect(problem("f \(Self.hex.dropLast()) 1 a\n") == .digest)
    #expect(problem("f \(Self.hex.dropLast())o 1 a\n") == .digest)
    #expect(problem("f \(Self.hex)0 1 a\n") == .separator)
    #expect(problem("f  \(Self.hex) 1 a\n") == .digest)
    #expect(problem("f \(Self.hex)  1 a\n") == .number)
    #expect(problem("f \(Self.hex) 01 a\n") == .number)
    #expect(problem("f \(Self.hex) +1 a\n") == .number)
    #expect(problem("f \(Self.hex) -1 a\n") == .number)
    #expect(problem("f \(Self.hex) 9223372036854775808 a\n") == .numberRange)
    #expect(problem("f \(Self.hex) 1\n") == .separator)
    #expect(problem("f \(Self.hex) 1 \n") == .pathEmpty)
    #expect(problem("f \(Self.hex) 9223372036854775807 a\n" + f + "b\n") == .size)
    #expect(problem("t \(Self.hex) 1 a/\n") == .number)
    #expect(problem("t \(Self.hex) 1 1 a\n") == .pathSlash)
    #expect(problem("e a\n") == .pathSlash)
    #expect(problem(f + "a/\n") == .pathSlash)
    #expect(problem("e /\n") == .pathEmpty)
    #expect(problem("l a\n") == .separator)
    #expect(problem("l \ta\n") == .target)
    #expect(problem("l a\t\n") == .pathEmpty)
    #expect(problem("l a\tb\tc\n") == .quoting)
    #expect(problem("l \"a\\000\"\tb\n") == .pathNull)
    for path in ["/a", "a//b", "./a", "a/.", "a/../b", ".."] {
      #expect(problem(f + path + "\n") == .pathComponent)
    }
    #expect(problem(f + "a/.git/b\n") == .pathReserved)
    #expect(problem(f + "\"a\\000\"\n") == .pathNull)
    for path in ["\"a\"", "\"a\\x\"", "\"a", "a\"b", "a\\b", "\"\\012", "\"\\12\"", "\"\\t\\012\""]
    {
      #expect(problem(f + path + "\n") == .quoting)
    }
    #expect(problem("dver-manifest 1\n".utf8 + Array(f.utf8) + [0x61, 0xff, 0x0a]) == .quoting)
  }

  @Test func refusesWrongOrder() {
    let f = "f \(Self.hex) 1 "
    #expect(problem(f + "b\n" + f + "a\n") == .order)
    #expect(problem(f + "a\n" + f + "a\n") == .duplicate)
    #expect(problem(f + "a\n" + f + "a-b\n" + f + "a/c\n") == .belowAnother)
    #expect(problem("e a/\n" + f + "a/b\n") == .belowAnother)
    #expect(problem("t \(Self.hex) 1 1 a/\n" + f + "a/b\n") == .belowAnother)
    #expect(problem(f + "a\n" + "e a/\n") == .belowAnother)
    // The order is that of the names, not of their quoted spelling.
    #expect(problem(f + "\"\\n\"\n" + f + "!\n") == nil)
    #expect(problem(f + "!\n" + f + "\"\\n\"\n") == .order)
    #expect(problem(f + "a\n" + f + "a-b\n" + "e a0/\n") == nil)
  }

  @Test func anErrorNamesNodeAndLine() {
    #expect(throws: ManifestError.line(node: Self.place, line: 3, problem: .lineKind)) {
      try parse("dver-manifest 1\ne a/\nq\n")
    }
  }

  /// What was read, written again, is what was there: so no damage is read as something else than
  /// another valid node.
  @Test func everyFlipAndCutIsAnErrorOrAnotherCanonicalNode() throws {
    let table = EntryTable([
      .file("a", "1"), .file("b/c", "22", executable: true),
      .link(Array("d".utf8), to: Array("t\n".utf8)), .empty(Array("e".utf8)),
      .file([0x66, 0x0a, 0xff], "3"),
    ])
    let store = NodeStore()
    try store.build(table)
    let text = try #require(store.sortedFiles.first).bytes
    for cut in 0..<text.count { check(Array(text[..<cut])) }
    for index in text.indices {
      for bit in 0..<8 {
        var damaged = text
        damaged[index] ^= 1 << UInt8(bit)
        check(damaged)
      }
    }
  }

  private func check(_ text: [UInt8]) {
    guard let node = try? ManifestNode(parsing: text.span, location: Self.place),
      !node.kinds.contains(where: { $0 == .subtree || $0 == .range })
    else { return }
    let store = NodeStore()
    let root = store.add(text)
    do {
      let table = try store.reader(threads: 1).entries(of: root)
      #expect(try ManifestBuilder(threads: 1).summary(of: table).digest == root)
    } catch {
      Issue.record("a node that parses alone is not readable: \(error)")
    }
  }

  @Test(arguments: seeds)
  func everyDigitOfADigestIsRead(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let digest = Digest(
      words: (numbers.next(), numbers.next(), numbers.next(), numbers.next()))
    #expect(try parse("dver-manifest 1\nf \(digest.hex) 1 a\n").digests == [digest])
    for position in 0..<64 {
      for byte: UInt8 in [0x2f, 0x3a, 0x40, 0x60, 0x67, 0x6f, 0x41, 0x00, 0xb0, 0xff] {
        var text = Array("dver-manifest 1\nf \(digest.hex) 1 a\n".utf8)
        text[18 + position] = byte
        #expect(problem(text) == .digest)
      }
    }
  }
}
