import DverCore
import DverManifest
import Glibc
import Testing

/// Manifests that another implementation wrote (`fixtures/manifest/generate.py`).
@Suite struct ManifestFixtureTests {
  private static let names: [Entry] = [
    .file("plain.txt", "plain"),
    .file(" blank at both ends ", "1"),
    .file("\u{e9}t\u{e9}/na\u{ef}ve", "22"),
    .file("new\nline", "333"),
    .file("say \"hi\"", "4444"),
    .file("back\\slash", "55555"),
    .file(Array("not".utf8) + [0xff] + Array("utf8".utf8) + [0xc3, 0xa9], ""),
    .file(Array("bell".utf8) + [7, 8, 9, 11, 12, 13, 1, 0x7f], "7"),
    .file("a", "a"),
    .file("a-b", "a-b"),
    .file("run.sh", "#!/bin/sh\n", executable: true),
    .link(Array("link".utf8), to: Array("../shared/labels.csv".utf8)),
    .link(Array("odd link".utf8), to: Array("tab\there".utf8)),
    .empty(Array("empty".utf8)),
    .empty(Array("b/c\nd".utf8)),
  ]

  private func fixture(_ name: String) throws -> [UInt8] {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    guard let file = unsafe fopen("/\(root)/fixtures/manifest/\(name)", "rb") else {
      throw NodeStore.Missing()
    }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = unsafe getc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return bytes
  }

  private func listing(_ store: NodeStore) -> String {
    store.sortedFiles.map { "\($0.digest) \($0.location.text)\n" }.joined()
  }

  @Test(arguments: [("empty.node", []), ("names.node", names)])
  func oneNode(name: String, entries: [Entry]) throws {
    let expected = try fixture(name)
    let store = NodeStore()
    let root = try store.build(EntryTable(entries)).digest
    #expect(store.object(root) == expected)
    let other = NodeStore()
    let digest = other.add(expected)
    #expect(try other.reader().entries(of: digest).list == entries.sorted())
  }

  @Test func subtreesAndRanges() throws {
    let many = (0..<256).map { Entry.file("many:files/\($0)", "\($0)") }
    let few = (0..<255).map { Entry.file("few/\($0)", "\($0)") }
    let store = NodeStore()
    try store.build(EntryTable(Self.names + wideEntries(9000) + many + few))
    let expected = try fixture("standard.list")
    #expect(listing(store) == String(decoding: expected, as: UTF8.self))
  }

  @Test func rangesOfRanges() throws {
    let many = (0..<60).map { Entry.file("many:files/\($0 % 9)/\($0)", "\($0)") }
    let store = NodeStore()
    try store.build(EntryTable(Self.names + wideEntries(400) + many), .small)
    let expected = try fixture("nested.list")
    #expect(listing(store) == String(decoding: expected, as: UTF8.self))
  }
}
