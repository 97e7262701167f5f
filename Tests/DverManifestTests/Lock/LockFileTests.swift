import DverCore
import DverManifest
import DverYAML
import TestSupport
import Testing

@Suite struct LockFileTests {
  static let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

  @Test func printingTheGoldenFileGivesItsBytes() throws {
    let bytes = try Fixture.bytes("dver.lock")
    #expect(try LockFile.parse(bytes: bytes, source: "l").printed().text == bytes.text)
  }

  @Test func readsEveryField() throws {
    let lock = try LockFile.parse(bytes: Fixture.bytes("dver.lock"), source: "l")
    #expect(lock.entries.map(\.name) == ["prepare", "train@0.1"])
    let prepare = try #require(lock["prepare"])
    #expect(prepare.commands == ["python prepare.py --split 0.2"])
    #expect(prepare.dependencies.map(\.isExecutable) == [false, true])
    #expect(prepare.outputs.first?.name?.isDirectory == true)
    #expect(prepare.outputs.first?.fileCount == 1300)
    #expect(prepare.parameters.map(\.file) == ["conf/more.json", "params.yaml"])
    #expect(
      prepare.parameters[1].values.map(\.value)
        == [.double(1e-5), .double(30000), .integer(20_170_428), .string("1.0")])
    let train = try #require(lock["train@0.1"])
    #expect(train.commandIsList)
    #expect(train.outputs.first?.path == [0x61, 0xff])
    #expect(lock["other"] == nil)
  }

  @Test func anEmptyFileIsAnEmptyLock() throws {
    #expect(try LockFile.parse(bytes: [], source: "l").entries.isEmpty)
    #expect(LockFile().printed().text == "schema: '2.0'\nstages: {}\n")
    #expect(try LockFile.parse(bytes: LockFile().printed(), source: "l").entries.isEmpty)
  }

  @Test(arguments: [
    ("stages: {}\n", "l:1:1: the key 'schema' is missing"),
    ("schema: '1.0'\n", "l:1:9: schema: expected '2.0', not '1.0'"),
    ("schema: '2.0'\nstage: {}\n", "l:2:1: stage: unknown key, did you mean 'stages'?"),
    (
      "schema: '2.0'\nstages:\n  a: {}\n  b: 3\n",
      "l:3:6: stages.a: the key 'cmd' is missing\nl:4:6: stages.b: expected a mapping, not '3'"
    ),
    (
      "schema: '2.0'\nstages:\n  a:\n    cmd: x\n    deps:\n    - path: p\n      md5: q\n",
      "l:7:7: stages.a.deps[0].md5: dver records sha256, not md5"
    ),
  ])
  func reportsEveryProblemWithItsPlace(text: String, message: String) {
    let error = #expect(throws: FileFormatError.self) {
      try LockFile.parse(bytes: Array(text.utf8), source: "l")
    }
    #expect(error?.message == message)
  }

  @Test func replacingTheSameEntriesKeepsTheBytes() throws {
    let text = """
      # ours
      stages:
          b:   # odd style
            outs: [{path: o, sha256: \(Self.hex)}]
            cmd: "x"
          a:
              params: {p: {k: 0x10, m: {y: 1, x: 2}}}
              cmd: y
      schema: '2.0'
      """
    let lock = try LockFile.parse(bytes: Array(text.utf8), source: "l")
    var entries = lock.entries
    entries[1].lock.parameters[0].values[1].value = .map([
      .init(key: "x", value: .integer(2)), .init(key: "y", value: .integer(1)),
    ])
    let result = try LockFile.replacing(entries.reversed(), in: Array(text.utf8), source: "l")
    #expect(result.text == text)
  }

  @Test func replacingTakesTheNewBytesOfTextThatLooksTheSame() throws {
    let composed = StageLock(
      commands: ["cat caf\u{e9}"],
      parameters: [
        .init(
          file: "p", values: [.init(key: "k", value: .map([.init(key: "\u{e9}", value: .null)]))])
      ])
    var decomposed = composed
    decomposed.commands = ["cat cafe\u{301}"]
    var otherKey = composed
    otherKey.parameters[0].values[0].value = .map([.init(key: "e\u{301}", value: .null)])
    let before = LockFile(entries: [.init(name: "a", lock: composed)]).printed()
    for lock in [decomposed, otherKey] {
      let entry = LockFile.Entry(name: "a", lock: lock)
      let after = try LockFile.replacing([entry], in: before, source: "l")
      #expect(after != before)
      #expect(after == LockFile(entries: [entry]).printed())
    }
    #expect(!composed.hasSameMeaning(as: decomposed) && !composed.hasSameMeaning(as: otherKey))
  }

  @Test(arguments: [
    "schema: '2.0'\ndatasets:\n- name: d  # ours\n  type: url\nstages:\n  a:\n    cmd: x\n",
    "schema: '2.0'\nstages:\n  a:\n    cmd: x\ndatasets:\n- name: d\n  type: url\n",
    "{schema: '2.0', stages: {a: {cmd: x}}, datasets: [{name: d, type: url}]}\n",
  ])
  func datasetsOfDVCStay(text: String) throws {
    let entry = LockFile.Entry(name: "b", lock: StageLock(commands: ["y"]))
    let added = try LockFile.replacing([entry], in: Array(text.utf8), source: "l")
    #expect(try LockFile.parse(bytes: added, source: "l").entries.map(\.name) == ["a", "b"])
    let emptied = try LockFile.replacing([], removing: ["a", "b"], in: added, source: "l")
    #expect(
      emptied.text == "schema: '2.0'\nstages: {}\ndatasets:\n- name: d\n  type: url\n")
    let root = try #require(try YAMLDocument.parse(bytes: added, source: "l").root)
    #expect(root["datasets"]?.items.first?["type"]?.text == "url")
  }

  @Test func replacingTouchesOnlyItsEntries() throws {
    let text = """
      schema: '2.0'
      stages:
        a:
          cmd: one   # hand-edited
        # about b
        b:
          cmd: two

        c:
          cmd: |
            three
      # end
      """
    let new = StageLock(commands: ["x: y"])
    let result = try LockFile.replacing(
      [.init(name: "b", lock: new), .init(name: "z", lock: new), .init(name: "d", lock: new)],
      in: Array(text.utf8), source: "l")
    #expect(
      result.text == """
        schema: '2.0'
        stages:
          a:
            cmd: one   # hand-edited
          # about b
          b:
            # run 905ada12a54f7a46
            cmd: 'x: y'

          c:
            cmd: |
              three
          z:
            # run 905ada12a54f7a46
            cmd: 'x: y'
          d:
            # run 905ada12a54f7a46
            cmd: 'x: y'
        # end
        """)
  }

  @Test func removingTakesTheLinesOfAnEntry() throws {
    let bytes = try Fixture.bytes("dver.lock")
    let result = try LockFile.replacing([], removing: ["prepare"], in: bytes, source: "l")
    let lock = try LockFile.parse(bytes: result, source: "l")
    #expect(lock.entries.map(\.name) == ["train@0.1"])
    #expect(bytes.text.hasSuffix(result.text.split(separator: "stages:\n")[1]))
    let empty = try LockFile.replacing([], removing: ["train@0.1"], in: result, source: "l")
    #expect(empty == LockFile().printed())
  }

  @Test func newFilesAndFlowStyleArePrintedAnew() throws {
    let entry = LockFile.Entry(name: "a", lock: StageLock(commands: ["x"]))
    let expected = "schema: '2.0'\nstages:\n  a:\n    # run 227047c3266d0fd4\n    cmd: x\n"
    for text in ["", "schema: '2.0'\nstages: {}\n", "{schema: '2.0', stages: {a: {cmd: y}}}"] {
      #expect(try LockFile.replacing([entry], in: Array(text.utf8), source: "l").text == expected)
    }
    #expect(try LockFile.replacing([], in: [], source: "l") == LockFile().printed())
  }

  @Test func newLinesEndAsTheOthersDo() throws {
    let text = "schema: '2.0'\r\nstages:\r\n  a:\r\n    cmd: x\r\n"
    let entry = LockFile.Entry(name: "b", lock: StageLock(commands: ["y"]))
    let result = try LockFile.replacing([entry], in: Array(text.utf8), source: "l")
    #expect(result.text == text + "  b:\r\n    # run c6130cfbbf6f2a0b\r\n    cmd: y\r\n")
  }

  @Test(arguments: Seeds.standard)
  func printedLocksReadBackAndPrintTheSame(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let lock = LockFile(entries: RandomLock.entries(&generator))
      let bytes = lock.printed()
      let read = try LockFile.parse(bytes: bytes, source: "l")
      #expect(read.entries.map(\.name) == lock.entries.map(\.name))
      for entry in lock.entries {
        #expect(read[entry.name]?.hasSameMeaning(as: entry.lock) == true, "\(bytes.text)")
      }
      #expect(read.printed() == bytes)
    }
  }

  @Test(arguments: Seeds.standard)
  func replacingEqualsPrintingTheResult(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let old = RandomLock.entries(&generator)
      let new = RandomLock.entries(&generator)
      var expected = old
      for entry in new {
        if let position = expected.firstIndex(where: { $0.name == entry.name }) {
          expected[position] = entry
        } else {
          expected.append(entry)
        }
      }
      let bytes = LockFile(entries: old).printed()
      let result = try LockFile.replacing(new, in: bytes, source: "l")
      #expect(result.text == LockFile(entries: expected).printed().text)
    }
  }

  @Test func newEntriesStandWhereTheDefinitionHasThem() throws {
    let lock = StageLock(commands: ["x"])
    func names(_ present: [String], adding new: [String]) throws -> [String] {
      let bytes = LockFile(entries: present.map { .init(name: $0, lock: lock) }).printed()
      let result = try LockFile.replacing(
        new.map { .init(name: $0, lock: lock) }, in: bytes, definition: ["a", "b", "c", "d"],
        source: "l")
      return try LockFile.parse(bytes: result, source: "l").entries.map(\.name)
    }
    #expect(try names([], adding: ["d", "a", "c"]) == ["a", "c", "d"])
    #expect(try names(["b"], adding: ["d", "c", "a"]) == ["a", "b", "c", "d"])
    #expect(try names(["d", "gone", "a"], adding: ["c", "b"]) == ["d", "gone", "a", "b", "c"])
    #expect(try names(["b", "gone"], adding: ["z", "c"]) == ["b", "c", "gone", "z"])
  }

  @Test(arguments: Seeds.standard)
  func theOrderInWhichStagesFinishLeavesNoTrace(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let old = RandomLock.entries(&generator)
      let new = RandomLock.entries(&generator)
      let definition = Set((old + new).map(\.name)).sorted().shuffled(using: &generator)
      let start = LockFile(entries: old).printed()
      let atOnce = try LockFile.replacing(
        new, in: start, definition: definition, source: "l")
      var bytes = start
      for entry in new.shuffled(using: &generator) {
        bytes = try LockFile.replacing([entry], in: bytes, definition: definition, source: "l")
      }
      #expect(bytes.text == atOnce.text)
    }
  }

  @Test func damageIsAnErrorOrAnotherLockButNeverACrash() throws {
    let text = """
      schema: '2.0'
      stages:
        a:
          cmd: x
          params:
            p:
              k: 1.5
          outs:
          - path: o
            sha256: \(Self.hex)
            size: 4

      """
    let entry = LockFile.Entry(name: "a", lock: StageLock(commands: ["new"]))
    for bytes in Array(text.utf8).damaged {
      guard let lock = try? LockFile.parse(bytes: bytes, source: "l") else { continue }
      let result = try LockFile.replacing([entry], in: bytes, source: "l")
      let changed = try LockFile.parse(bytes: result, source: "l")
      #expect(changed["a"]?.commands == ["new"], "\(bytes.text)")
      for other in lock.entries where other.name != "a" {
        #expect(changed[other.name]?.hasSameMeaning(as: other.lock) == true, "\(bytes.text)")
      }
    }
  }
}
