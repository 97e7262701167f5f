import TestSupport
import Testing

/// Damaged files of dver's own give a right answer or an error, and never damaged data.
struct DamageTests {
  /// Each byte with its lowest and its highest bit turned, and the file cut at each byte; of long
  /// files a part.
  private func damages(of bytes: [UInt8]) -> [[UInt8]] {
    let step = Torture.isFull ? 1 : max(1, bytes.count / 120)
    return stride(from: 0, to: bytes.count, by: step).flatMap { position in
      var (low, high) = (bytes, bytes)
      low[position] ^= 1
      high[position] ^= 0x80
      return position % 3 == 0
        ? [low, high, Array(bytes[..<position])] : position % 2 == 0 ? [low] : [high]
    }
  }

  /// Damages `path` in each way, runs the commands, and puts the file back.
  private func damage(
    _ path: String, in repository: TemporaryRepository, _ body: ([UInt8]) throws -> Void
  ) throws {
    let bytes = try repository.read(path)
    let mode = try repository.entry(path).mode
    let damages = damages(of: bytes)
    Torture.note("files", "byte flipped, or cut there", damages.count)
    for damaged in damages {
      try repository.remove(path)
      try repository.write(damaged, to: path)
      do {
        try body(damaged)
      } catch {
        throw SupportError("\(path) as '\(String(decoding: damaged, as: UTF8.self))': \(error)")
      }
      try repository.remove(path)
      try repository.write(bytes, to: path)
      try repository.chmod(mode, path)
    }
  }

  @Test(arguments: ["data.dver", "single.csv.dver", ".dver/manifests/data/+"])
  func damagedRecordsLoseNothing(_ path: String) throws {
    let repository = try SmallCase.withData()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    let sound = try Soundness(before: repository)
    try damage(path, in: repository) { _ in
      try repository.dver("status").requireAnswer()
      try repository.dver("checkout", "-f").requireAnswer()
      try sound.requireNothingLost()
    }
    try repository.dver("checkout", "-f").requireSuccess()
    try repository.requireClean()
  }

  @Test func aDamagedLockLosesNothing() throws {
    let repository = try SmallCase.pipeline()
    try repository.dver("repro", "-q").requireSuccess()
    let sound = try Soundness(before: repository)
    try damage("dver.lock", in: repository) { _ in
      try repository.dver("status").requireAnswer()
      try repository.dver("checkout", "-f").requireAnswer()
      try sound.requireNothingLost()
    }
  }

  @Test func oneDamagedObjectKeepsNothingElseBack() throws {
    let repository = try TemporaryRepository()
    for name in ["a", "b", "c"] { try repository.write("\(name)\n", to: "d/\(name)") }
    try repository.dver("add", "d").requireSuccess()
    try repository.commitAll()
    for name in try repository.files(".dver/cache/objects") {
      let path = ".dver/cache/objects/\(name)"
      guard try repository.readText(path) == "b\n" else { continue }
      try repository.chmod(0o644, path)
      try repository.write("X\n", to: path)
    }
    try repository.remove("d")
    let result = try repository.dver("checkout").requireStatus(4)
    #expect(result.standardOutput == "A\td/a\nA\td/c\n2 files added\n")
    #expect(result.standardError.contains("copy of d/b was damaged"))
    #expect(result.standardError.contains("1 object is missing: d/b\nhint: run 'dver pull'"))
    try repository.write("b\n", to: "d/b")
    try repository.dver("add", "d").requireSuccess()
    try repository.requireClean()
  }

  @Test func addingOneFileVouchesForNoOther() throws {
    let repository = try TemporaryRepository()
    for name in ["a", "b"] { try repository.write("\(name)\n", to: name) }
    try repository.dver("add", "a", "b").requireSuccess()
    let sum = try repository.shell("sha256sum < b").requireSuccess().standardOutput.prefix(64)
    let object = ".dver/cache/objects/\(sum.prefix(2))/\(sum.dropFirst(2))"
    try repository.dver("status").requireSuccess()
    try repository.chmod(0o644, object)
    try repository.write("X\n", to: object)
    try repository.write("changed\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.dver("add", "b").requireSuccess()
    #expect(try repository.readText(object) == "b\n")
  }

  @Test func aDamagedObjectNeverReachesTheWorkspace() throws {
    let repository = try TemporaryRepository()
    try repository.write("id\n1\n", to: "single.csv")
    try repository.dver("add", "-q", "single.csv").requireSuccess()
    let object = try #require(try repository.files(".dver/cache/objects").first)
    try damage(".dver/cache/objects/\(object)", in: repository) { damaged in
      try repository.remove("single.csv")
      try repository.dver("checkout", "-f").requireStatus(4)
      guard !repository.exists("single.csv") else { throw SupportError("it was checked out") }
      let quarantined = try repository.tree(".dver/cache/quarantine").contains {
        $0.kind == .file(damaged)
      }
      guard quarantined else { throw SupportError("it is not in quarantine") }
    }
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("single.csv") == "id\n1\n")
  }

  /// Puts something else where the loose object of a content would be.
  private func shadow(
    _ content: String, with damage: String, in repository: TemporaryRepository
  ) throws {
    let sum = try repository.shell("printf %s '\(content)' | sha256sum").requireSuccess()
      .standardOutput.prefix(64)
    try repository.write(
      damage, to: ".dver/cache/objects/\(sum.prefix(2))/\(sum.dropFirst(2))")
  }

  /// Of the same size or not.
  @Test(arguments: ["8\n", "longer\n"]) func aDamagedFileHidesNoPack(_ damage: String) throws {
    let repository = try TemporaryRepository()
    for number in 0..<300 { try repository.write("\(number)\n", to: "d/\(number)") }
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try shadow("7\n", with: damage, in: repository)
    try repository.remove("d")
    let result = try repository.dver("checkout").requireSuccess()
    #expect(result.standardError.contains("copy of d/7 was damaged"))
    #expect(try repository.readText("d/7") == "7\n")
    try repository.requireClean()
  }

  @Test(arguments: ["8\n", "longer\n"]) func aDamagedFileHidesNoTrash(_ damage: String) throws {
    for empties in [false, true] {
      let repository = try TemporaryRepository()
      for version in ["1\n", "2\n"] {
        try repository.write(version, to: "x")
        try repository.dver("add", "-q", "x").requireSuccess()
        try repository.commitAll()
      }
      try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
      try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
      try shadow("1\n", with: damage, in: repository)
      if empties {
        try repository.dver("gc", "--empty-trash", "-f").requireSuccess()
        try repository.dver("verify", "-q").requireSuccess()
      }
      let result = try repository.dver("checkout").requireSuccess()
      #expect(result.standardError.contains("copy of x was damaged") == !empties)
      #expect(try repository.readText("x") == "1\n")
      try repository.requireClean()
    }
  }

  @Test func addReplacesADamagedObject() throws {
    let repository = try TemporaryRepository()
    try repository.write("id\n1\n", to: "single.csv")
    try repository.dver("add", "-q", "single.csv").requireSuccess()
    let object = try #require(try repository.files(".dver/cache/objects").first)
    try damage(".dver/cache/objects/\(object)", in: repository) { _ in
      try repository.dver("add", "-f", "single.csv").requireAnswer()
      try repository.remove(".dver/tmp")
      try repository.dver("add", "single.csv").requireSuccess()
      try repository.requireTrueNames()
    }
  }

  @Test func aDamagedIndexMakesNoLie() throws {
    let repository = try SmallCase.withData()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    // Once more, so that the files are old enough to be known.
    try repository.dver("status").requireSuccess()
    for file in try repository.files(".dver/tmp") where !file.hasSuffix(".log") {
      try damage(".dver/tmp/\(file)", in: repository) { _ in
        try repository.requireClean()
      }
    }
    for file in try repository.files(".dver/tmp") where !file.hasSuffix(".log") {
      try repository.write("x\n", to: "data/a")
      try repository.write("id\n9\n", to: "single.csv")
      try damage(".dver/tmp/\(file)", in: repository) { _ in
        let result = try repository.dver("status").requireSuccess()
        guard result.standardOutput.contains("data"), result.standardOutput.contains("single.csv")
        else { throw SupportError("status lies: \(result.transcript)") }
      }
    }
  }

  @Test func aDamagedRecordOfAnOperationIsNotCarriedOut() throws {
    let repository = try SmallCase.changed()
    let folder = ".dver/state/operations"
    let last = try #require(try repository.files(folder).last)
    let record = try repository.read("\(folder)/\(last)")
    let pointer = try repository.read("data.dver")
    let open = "\(folder)/000000000099.open"
    try repository.write(record, to: open)
    try damage(open, in: repository) { _ in
      try repository.dver("status").requireAnswer()
      try repository.dver("add", "single.csv").requireSuccess()
      guard !repository.exists(open), try repository.read("data.dver") == pointer else {
        throw SupportError("a damaged record had an effect")
      }
    }
  }

  @Test func damagedNotesOfAStageThatDiedLoseNothing() throws {
    let repository = try DyingStage.killed()
    try repository.shell("cp -a .dver ../saved").requireSuccess()
    let notes = try repository.files(".dver/state").filter {
      $0.hasPrefix("aside/") && !$0.hasSuffix(".lock") || $0 == "lock.log"
    }
    for note in notes {
      let path = ".dver/state/\(note)"
      let bytes = try repository.read(path)
      if bytes == Array(DyingStage.oldOutput.utf8) { continue }
      for damaged in damages(of: bytes).enumerated().filter({ $0.offset % 3 == 0 }) {
        try repository.shell("rm -rf .dver o; cp -a ../saved .dver").requireSuccess()
        try repository.write(damaged.element, to: path)
        try repository.dver("status").requireAnswer()
        try repository.dver("repro").requireAnswer()
        let isSafe = try repository.tree().contains {
          $0.kind == .file(Array(DyingStage.oldOutput.utf8))
        }
        guard isSafe else { throw SupportError("the old output is gone: \(path)") }
      }
    }
  }
}

/// A stage whose command kills dver while the old outputs are set aside.
enum DyingStage {
  static let oldOutput = "first\n"

  /// The output had been edited, so that no object holds it, when dver died.
  static func killed() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("0\n", to: "in")
    let command = "echo partial > o; if test -e crash; then kill -9 $PPID; exit 1; fi; cat in > o"
    try repository.write(
      "stages: {a: {cmd: '\(command)', deps: [in], outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write(oldOutput, to: "o")
    try repository.write("second\n", to: "in")
    try repository.write("", to: "crash")
    try repository.dver("repro").requireKilled()
    try repository.remove("crash")
    return repository
  }
}
