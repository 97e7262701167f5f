import TestSupport
import Testing

/// Records of operations that say something else than dver wrote, under a right checksum: the next
/// command answers, and nothing of the user is lost.
struct OperationRecordTests {
  /// A command that died may have written it, and the record of that is about to go.
  @Test(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
  func whatIsThereAlreadyIsSyncedToo() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    let (operations, result) = try FaultPlan(root: repository.root).operations(
      of: repository.dverCommand(["add", "d"]))
    try result.requireSuccess()
    let synced = Set(operations.filter { $0.name == "fsync" }.map(\.path))
    for name in ["d.dver", ".dver/manifests/d/+"] {
      #expect(synced.contains("/work/\(name)"))
    }
  }

  @Test func damagedRecordsAreAnswered() throws {
    let repository = try SmallCase.twoVersions()
    let folder = ".dver/state/operations"
    let done = try repository.files(folder).filter { $0.hasSuffix(".done") }
    let records = try done.map { try repository.read("\(folder)/\($0)") }
    let before = try Soundness(before: repository)
    var mutator = ByteMutator(
      seed: 7,
      donors: records + ["../", "-", "\"\\377\"", "move 1 1 ", "data - - "].map { Array($0.utf8) })
    let count = Torture.isFull ? 1000 : 8
    for round in 0..<count {
      for record in records {
        try repository.remove(folder)
        let body = mutator.mutated(record.dropLast(69))
        try repository.write(body, to: "body")
        let digest = try repository.shell("sha256sum < body").requireSuccess().standardOutput
        try repository.remove("body")
        try repository.write(
          body + Array("end \(digest.prefix(64))\n".utf8), to: "\(folder)/000000000009.open")
        let command = round % 2 == 0 ? ["status"] : ["add", "data", "single.csv"]
        try repository.dverCommand(command).run().requireAnswer()
        try before.requireNothingLost()
      }
    }
    Torture.note("fuzz: operation record", "sealed again", count * records.count)
  }

  @Test func recordsOfANewerVersionAreLeftToIt() throws {
    let repository = try SmallCase.changed()
    let path = ".dver/state/operations/000000000009.open"
    for body in ["dver-operation 2\n", "dver-operation 1\ncommand x\nstarted 1\nnew 1\n"] {
      try repository.write(body, to: "body")
      let digest = try repository.shell("sha256sum < body").requireSuccess().standardOutput
      try repository.remove("body")
      let record = "\(body)end \(digest.prefix(64))\n"
      try repository.write(record, to: path)
      for command in [["status"], ["add", "data"]] {
        let result = try repository.dverCommand(command).run().requireStatus(2)
        #expect(result.standardError.contains("install a newer dver"))
      }
      #expect(try repository.readText(path) == record)
    }
    // One that is cut never counted.
    try repository.write("dver-operation 2\n", to: path)
    try repository.dver("add", "data", "single.csv").requireSuccess()
    #expect(!repository.exists(path))
    try repository.requireClean()
  }
}
