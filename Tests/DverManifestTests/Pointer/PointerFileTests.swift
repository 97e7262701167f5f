import DverCore
import DverManifest
import DverYAML
import Testing

@Suite struct PointerFileTests {
  static let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  static let name = ContentName(hex)

  @Test func printsWhatTheFormatSays() {
    let directory = OutputRecord(
      path: Array("images".utf8), name: ContentName(Self.hex + ".dir"), size: 12, fileCount: 3)
    #expect(
      PointerFile.new(directory).text == """
        outs:
        - path: images
          hash: sha256
          sha256: \(Self.hex).dir
          size: 12
          nfiles: 3

        """)
    let tool = OutputRecord(
      path: Array("a: b".utf8) + [0xff], name: Self.name, size: 0, isExecutable: true)
    #expect(
      PointerFile.new(tool).text == """
        outs:
        - path: '"a: b\\377"'
          hash: sha256
          sha256: \(Self.hex)
          size: 0
          isexec: true

        """)
  }

  @Test(arguments: [
    Array("a".utf8), [0xff, 0x0a], Array("\"x".utf8), Array("null".utf8), Array("a\u{85}b\n".utf8),
    Array("- #: ".utf8), Array("d/.../e".utf8),
  ])
  func everyPathReadsBack(path: [UInt8]) throws {
    let record = OutputRecord(path: path, name: Self.name, size: 7)
    let pointer = try PointerFile.parse(bytes: PointerFile.new(record), source: "p")
    #expect(pointer.outputs.map(\.record) == [record])
  }

  @Test func readsEveryField() throws {
    let pointer = try PointerFile.parse(bytes: Fixture.bytes("images.dver"), source: "p")
    let output = try #require(pointer.outputs.first)
    #expect(output.record.path == Array("images".utf8))
    #expect(output.record.name?.isDirectory == true)
    #expect(output.record.size == 147_897_477_120)
    #expect(output.record.fileCount == 1_281_167)
    #expect(output.remote == "archive")
    #expect(output.isCached && output.isPushed && !output.persists)
    #expect(output.annotations.summary == "from the camera trap")
    #expect(output.annotations.labels == ["vision", "raw"])
    #expect(
      pointer.meta == .map([.init(key: "reviewed", value: .string("2024-05-01"))]))
  }

  @Test func readsAnImport() throws {
    let text = """
      frozen: true
      wdir: ..
      deps:
      - path: data/x.csv
        repo:
          url: https://example.org/r.git
          rev: main
          rev_lock: 12345678
      outs:
      - {path: x.csv, cache: false, persist: true, push: false}
      """
    let pointer = try PointerFile.parse(bytes: Array(text.utf8), source: "p")
    #expect(pointer.isFrozen)
    #expect(pointer.workingDirectory == Array("..".utf8))
    #expect(pointer.dependencies.first?.repository?.url == "https://example.org/r.git")
    #expect(pointer.dependencies.first?.repository?.revision == "main")
    #expect(pointer.dependencies.first?.repository?.lockedRevision == "12345678")
    let output = try #require(pointer.outputs.first)
    #expect(!output.isCached && output.persists && !output.isPushed)
    #expect(output.record.name == nil)
  }

  @Test func printedPointersReadBack() throws {
    let text = """
      frozen: true
      desc: 'a: b'
      wdir: ..
      deps:
      - path: data/x.csv
        repo:
          url: https://example.org/r.git
          rev: main
          rev_lock: '12345678'
          config:
            core:
              remote: r
      outs:
      - path: x.csv
        hash: sha256
        sha256: \(Self.hex)
        size: 3
        cache: false
        persist: true
        push: false
        remote: r
        desc: text
        type: csv
        labels:
        - a
        - b
        meta:
          k: 1
      meta:
      - 1

      """
    let pointer = try PointerFile.parse(bytes: Array(text.utf8), source: "p")
    #expect(pointer.printed().text == text)
    let images = try PointerFile.parse(bytes: Fixture.bytes("images.dver"), source: "p")
    #expect(try PointerFile.parse(bytes: images.printed(), source: "p") == images)
  }

  @Test func updatingKeepsEverythingElse() throws {
    let bytes = try Fixture.bytes("images.dver")
    var record = try PointerFile.parse(bytes: bytes, source: "p").outputs[0].record
    #expect(try PointerFile.updating(bytes, with: record, source: "p") == bytes)
    record.name = ContentName(Self.hex + ".dir")
    record.size = 5
    record.fileCount = 1
    let expected = bytes.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        if line.contains("sha256: ") { return "  sha256: \(Self.hex).dir" }
        if line.contains("size: ") { return "  size: 5" }
        return line.contains("nfiles: ") ? "  nfiles: 1" : String(line)
      }.joined(separator: "\n")
    #expect(try PointerFile.updating(bytes, with: record, source: "p").text == expected)
  }

  @Test func updatingFromDirectoryToExecutableFileAndBack() throws {
    let directory = OutputRecord(
      path: Array("x".utf8), name: ContentName(Self.hex + ".dir"), size: 12, fileCount: 3)
    let file = OutputRecord(path: Array("x".utf8), name: Self.name, size: 4, isExecutable: true)
    let text =
      "outs:\r\n- nfiles: 3\r\n  sha256: \(Self.hex).dir # d\r\n  size: 12\r\n  path: x\r\n"
    let changed = try PointerFile.updating(Array(text.utf8), with: file, source: "p")
    #expect(
      changed.text
        == "outs:\r\n- sha256: \(Self.hex) # d\r\n  size: 4\r\n  path: x\r\n"
        + "  hash: sha256\r\n  isexec: true\r\n")
    let back = try PointerFile.updating(changed, with: directory, source: "p")
    #expect(try PointerFile.parse(bytes: back, source: "p").outputs[0].record == directory)
  }

  @Test func updatingAnUnknownPathIsRefused() throws {
    let text = "outs:\n- path: a\n- path: b\n"
    #expect(throws: FileFormatError.self) {
      try PointerFile.updating(
        Array(text.utf8), with: OutputRecord(path: Array("c".utf8)), source: "p")
    }
  }

  @Test(arguments: [
    ("", "p:1:1: the file is empty"),
    ("a\n", "p:1:1: expected a mapping, not 'a'"),
    ("{}\n", "p:1:1: the key 'outs' is missing"),
    ("outs: []\n", "p:1:7: outs: expected at least one item"),
    (
      "outs:\n- pth: a\n",
      "p:2:3: outs[0]: the key 'path' is missing\n"
        + "p:2:3: outs[0].pth: unknown key, did you mean 'path'?"
    ),
    ("outs:\n- path: a\nfrozn: true\n", "p:3:1: frozn: unknown key, did you mean 'frozen'?"),
    (
      "outs:\n- path: /a\n",
      "p:2:9: outs[0].path: expected a relative path that stays inside the folder, not /a"
    ),
    (
      "outs:\n- path: b/../../a\n",
      "p:2:9: outs[0].path: expected a relative path that stays inside the folder, not b/../../a"
    ),
    (
      "outs:\n- path: .\n",
      "p:2:9: outs[0].path: expected a relative path that stays inside the folder, not ."
    ),
    ("outs:\n- path: a\n- path: a\n", "p:3:3: outs[1].path: this path stands in the file twice"),
    (
      "outs:\n- path: a\n  sha256: 12\n  size: -1\n  hash: md5\n",
      "p:3:11: outs[0].sha256: expected 64 hexadecimal digits, with .dir for a directory, not '12'\n"
        + "p:4:9: outs[0].size: expected a count, not '-1'\n"
        + "p:5:9: outs[0].hash: expected sha256, not 'md5'"
    ),
    ("outs:\n- path: a\n  md5: x\n", "p:3:3: outs[0].md5: dver records sha256, not md5"),
    (
      "outs:\n- path: a\n  cache: yes\n",
      "p:3:10: outs[0].cache: expected true or false, not 'yes'"
    ),
  ])
  func reportsEveryProblemWithItsPlace(text: String, message: String) {
    let error = #expect(throws: FileFormatError.self) {
      try PointerFile.parse(bytes: Array(text.utf8), source: "p")
    }
    #expect(error?.message == message)
  }

  @Test func damageIsAnErrorOrAnotherPointerButNeverACrash() throws {
    let record = OutputRecord(path: Array("x y".utf8), name: Self.name, size: 4)
    for bytes in PointerFile.new(record).damaged {
      guard let pointer = try? PointerFile.parse(bytes: bytes, source: "p") else { continue }
      for output in pointer.outputs {
        _ = try? PointerFile.updating(bytes, with: output.record, source: "p")
        var changed = output.record
        changed.size = 99
        guard let edited = try? PointerFile.updating(bytes, with: changed, source: "p") else {
          continue
        }
        let records = try PointerFile.parse(bytes: edited, source: "p").outputs.map(\.record)
        #expect(records.contains(changed))
      }
    }
  }
}
