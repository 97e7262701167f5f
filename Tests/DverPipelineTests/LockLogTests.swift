import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverParallel
import DverPipeline
import TestSupport
import Testing

@Suite struct LockLogTests {
  private let directory: TemporaryDirectory
  private var file: AbsolutePath {
    AbsolutePath(normalized: Array("\(directory.path)/state/lock.log".utf8))
  }

  init() throws { directory = try TemporaryDirectory() }

  private func entry(_ name: String, _ command: String = "run") -> LockLog.Entry {
    .init(
      stage: StageAddress(file: path("sub dir/dver.yaml"), name: name),
      lock: StageLock(commands: [command]), replacing: nil)
  }

  @Test(arguments: Seeds.standard)
  func readsWhatWasAppended(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let entries = (0..<20).map { number in
      LockLog.Entry(
        stage: StageAddress(file: path("dver.yaml"), name: "s\(number)"),
        lock: randomLock(&generator),
        replacing: number % 2 == 0 ? nil : randomLock(&generator))
    }
    let log = LockLog(file)
    for entry in entries { try log.append(entry) }
    #expect(try LockLog(file).entries() == entries)
  }

  @Test func theLatestEntryThatGoesOnFromThePresentOneCounts() throws {
    let locks = (0..<4).map { StageLock(commands: ["\($0)"]) }
    func entry(_ old: Int?, _ new: Int) -> LockLog.Entry {
      LockLog.Entry(
        stage: StageAddress(file: path("dver.yaml"), name: "s"), lock: locks[new],
        replacing: old.map { locks[$0] })
    }
    let entries = [entry(nil, 0), entry(0, 1), entry(2, 3)]
    func latest(_ present: Int?) -> StageLock? {
      LockLog.Entry.latest(of: entries, following: present.map { locks[$0] })?.lock
    }
    #expect(latest(nil) == locks[1])
    #expect(latest(0) == locks[1])
    #expect(latest(1) == nil)
    #expect(latest(2) == locks[3])
    #expect(latest(3) == nil)
  }

  @Test func aTornOrDamagedLineIsNotRead() throws {
    try LockLog(file).append(entry("a"))
    try LockLog(file).append(entry("b"))
    let whole = try #require(try FileSystem.contents(of: file))
    for count in 0..<whole.count {
      try FileSystem.replaceContents(of: file, with: Array(whole[..<count]))
      #expect(try LockLog(file).entries().allSatisfy { [entry("a"), entry("b")].contains($0) })
      try LockLog(file).append(entry("c"))
      #expect(try LockLog(file).entries().last == entry("c"))
    }
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 1
      try FileSystem.replaceContents(of: file, with: damaged)
      #expect(try LockLog(file).entries().allSatisfy { [entry("a"), entry("b")].contains($0) })
    }
  }

  @Test func foldingEmptiesTheLogUnlessItFails() throws {
    let log = LockLog(file)
    try log.fold { _ in Issue.record("there is nothing to fold") }
    try log.append(entry("a"))
    struct Stop: Error {}
    #expect(throws: Stop.self) { try log.fold { _ in throw Stop() } }
    var folded: [LockLog.Entry] = []
    try LockLog(file).fold { folded = $0 }
    #expect(folded == [entry("a")])
    #expect(try log.entries() == [])
    try log.append(entry("b"))
    #expect(try log.entries() == [entry("b")])
  }

  @Test func threadsAndDescriptorsAppendWholeLines() throws {
    let (first, second, entry) = (LockLog(file), LockLog(file), entry)
    try parallelFor(chunks: 100, threads: 8) { number in
      try (number % 2 == 0 ? first : second).append(entry("s\(number)", "run"))
    }
    #expect(Set(try first.entries().map(\.stage.name)) == Set((0..<100).map { "s\($0)" }))
  }

  private func randomLock(_ generator: inout SeededGenerator) -> StageLock {
    func record(_ path: String, _ generator: inout SeededGenerator) -> OutputRecord {
      let bytes = generator.bytes(8)
      return OutputRecord(
        path: Array(path.utf8) + generator.bytes(6),
        name: Bool.random(using: &generator)
          ? ContentName(
            digest: SHA256.digest(of: bytes.span), isDirectory: Bool.random(using: &generator))
          : nil,
        size: Bool.random(using: &generator) ? Int64.random(in: 0...9, using: &generator) : nil,
        fileCount: 3, isExecutable: Bool.random(using: &generator))
    }
    return StageLock(
      commands: ["a\n b%\t", "", "ü"], commandIsList: Bool.random(using: &generator),
      environment: Bool.random(using: &generator)
        ? [EnvironmentVariable(name: "A", value: "1\n"), .init(name: "B", value: "")] : [],
      dependencies: [record("d", &generator), record("e", &generator)],
      parameters: [
        .init(
          file: "params.yaml",
          values: [
            .init(key: "a.b c", value: .double(.random(in: -1...1, using: &generator))),
            .init(key: "m", value: .map([.init(key: "k", value: .list([.null, .bool(true)]))])),
            .init(key: "l", value: ParameterValue(integer: "-18446744073709551616") ?? .null),
            .init(key: "n", value: .integer(.random(in: .min ... .max, using: &generator))),
            .init(key: "s", value: .string("x\ny")), .init(key: "e", value: .list([])),
          ])
      ], outputs: [record("o", &generator)])
  }
}
