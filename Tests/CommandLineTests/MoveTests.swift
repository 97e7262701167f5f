import TestSupport
import Testing

@Suite struct MoveTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a.csv")
    for number in 0..<3 { try repository.write("\(number)\n", to: "data/images/\(number).txt") }
    try repository.dver("add", "data/a.csv", "data/images").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func requireClean(_ repository: TemporaryRepository) throws {
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(status.standardOutput == "{}\n")
  }

  @Test func aFileTakesItsPointerAndIgnoreLineAlong() throws {
    let repository = try repository()
    try repository.append("desc: a table # mine\nmeta: {by: me}\n", to: "data/a.csv.dver")
    try repository.dver("move", "data/a.csv", "b.csv").requireSuccess()
    #expect(!repository.exists("data/a.csv"))
    #expect(!repository.exists("data/a.csv.dver"))
    #expect(try repository.readText("b.csv") == "1\n")
    let pointer = try repository.readText("b.csv.dver")
    #expect(pointer.contains("path: b.csv\n"))
    #expect(pointer.hasSuffix("desc: a table # mine\nmeta: {by: me}\n"))
    #expect(try repository.readText(".gitignore") == "/b.csv\n")
    #expect(try repository.readText("data/.gitignore") == "/images\n")
    try requireClean(repository)
    let staged = try repository.git("diff", "--cached", "--name-only", "--no-renames").lines
    #expect(staged == [".gitignore", "b.csv.dver", "data/.gitignore", "data/a.csv.dver"])
  }

  @Test func aDirectoryTakesItsManifestAlong() throws {
    let repository = try repository()
    try repository.makeDirectory("archive")
    try repository.dver("move", "data/images", "archive").requireSuccess()
    #expect(try repository.readText("archive/images/2.txt") == "2\n")
    #expect(repository.exists(".dver/manifests/archive/images/+"))
    #expect(!repository.exists(".dver/manifests/data"))
    try requireClean(repository)
    try repository.remove("archive/images")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("archive/images/0.txt") == "0\n")
  }

  @Test func aPointerStandsForItsData() throws {
    let repository = try repository()
    try repository.dver("move", "a.csv.dver", "c.csv.dver", in: "data").requireSuccess()
    #expect(try repository.readText("data/c.csv") == "1\n")
    #expect(try repository.readText("data/c.csv.dver").contains("path: c.csv\n"))
    try requireClean(repository)
  }

  @Test func pathsCountFromTheCurrentFolder() throws {
    let repository = try repository()
    let moved = try repository.dver("move", "--json", "a.csv", "../top.csv", in: "data")
    #expect(
      try moved.requireSuccess().standardOutput
        == #"{"old": "data/a.csv", "new": "top.csv", "pointer": "top.csv.dver"}"# + "\n")
  }

  @Test(arguments: [[0x2d], Array("with blank *[1] ".utf8), [0x61, 0x0a, 0x22], Array("ü".utf8)])
  func oddNamesWork(name: [UInt8]) throws {
    let repository = try repository()
    try repository.dver("move", "--", "data/a.csv", Array("data/".utf8) + name).requireSuccess()
    #expect(try repository.readText(Array("data/".utf8) + name) == "1\n")
    try requireClean(repository)
    #expect(try repository.git("status", "--porcelain").standardOutput.contains("??") == false)
    try repository.dver("move", "--", Array("data/".utf8) + name, "data/a.csv").requireSuccess()
    try requireClean(repository)
  }

  @Test func dataThatIsNotInPlaceMovesItsPointer() throws {
    let repository = try repository()
    try repository.remove("data/images")
    try repository.dver("move", "data/images", "pictures").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("pictures/1.txt") == "1\n")
  }

  @Test func importedDataKeepsItsSource() throws {
    let repository = try repository()
    try repository.append("deps:\n- path: ../../elsewhere/x.csv\n", to: "data/a.csv.dver")
    try repository.dver("move", "data/a.csv", "deep/er/a.csv").requireSuccess()
    let pointer = try repository.readText("deep/er/a.csv.dver")
    #expect(pointer.contains("- path: ../../../elsewhere/x.csv\n"))
  }

  @Test func keysWithoutAMeaningStay() throws {
    let repository = try repository()
    let keys = "desc: d\nfrozen: true\ncmd: x y\nalways_changed: true\nmeta: {a: 1}\n"
    try repository.append(keys, to: "data/a.csv.dver")
    try repository.dver("move", "data/a.csv", "b.csv").requireSuccess()
    #expect(try repository.readText("b.csv.dver").hasSuffix(keys))
    try repository.write("2\n", to: "b.csv")
    try repository.dver("add", "b.csv").requireSuccess()
    #expect(try repository.readText("b.csv.dver").hasSuffix(keys))
  }

  @Test func aPointerOfSeveralPathsStays() throws {
    let repository = try repository()
    try repository.write("2\n", to: "b")
    try repository.dver("add", "b").requireSuccess()
    let item = try repository.readText("b.dver").split(separator: "\n").dropFirst()
    let other = try repository.readText("data/a.csv.dver").split(separator: "\n").dropFirst()
    let both = (["outs:"] + item + other).joined(separator: "\n") + "\n"
    try repository.write(both, to: "data/many.dver")
    for path in ["b.dver", "data/a.csv.dver"] { try repository.remove(path) }
    try repository.move("b", to: "data/b")
    try repository.dver("move", "data/b", "data/c").requireSuccess()
    #expect(try repository.readText("data/many.dver").contains("path: c\n"))
    try requireClean(repository)
    let refused = try repository.dver("move", "data/c", "c").requireStatus(2)
    #expect(refused.standardError.contains("can track paths below data only"))
  }

  @Test func stagesThatReadTheDataAreNamed() throws {
    let repository = try repository()
    try repository.write(
      "stages:\n  s:\n    cmd: 'x'\n    deps: [data/a.csv]\n",
      to: "dver.yaml")
    let moved = try repository.dver("move", "data/a.csv", "b.csv").requireSuccess()
    #expect(moved.standardError.contains("stage 's' depends on data/a.csv"))
  }

  @Test func nothingIsOverwritten() throws {
    let repository = try repository()
    try repository.write("mine\n", to: "there")
    try repository.write("mine\n", to: "free.dver.txt")
    try repository.write("outs:\n- path: x\n", to: "taken.dver")
    try repository.write("stages:\n  s:\n    cmd: 'x'\n    outs: [out]\n", to: "dver.yaml")
    try repository.write("*.tmp\n", to: ".dverignore")
    try repository.symlink("data", at: "link")
    let before = try repository.tree(ignoring: [".git", ".dver"])
    for (source, target, text) in [
      ("data/a.csv", "there", "there exists already"),
      ("data/a.csv", "data/a.csv", "data/a.csv exists already"),
      ("data/a.csv", "taken", "taken.dver exists already"),
      ("data/a.csv", "missing/", "missing/ does not exist"),
      ("data/a.csv", "../away", "outside of the workspace"),
      ("data/a.csv", ".dver/a", "belongs to dver or git"),
      ("data/a.csv", "b.dver", "is a file of dver itself"),
      ("data/a.csv", "b.tmp", "is ignored by .dverignore:1:*.tmp"),
      ("data/a.csv", "data/images/new", "overlaps with data/images"),
      ("data/a.csv", "link/new", "lies below the symbolic link link"),
      ("data/images", "data/images/in", "is inside data/images"),
      ("data/images/0.txt", "b", "is a part of data/images"),
      ("data", "b", "stands for 2 tracked paths"),
      ("nothing", "b", "neither a tracked path nor a stage"),
      ("out", "b", "is an output of stage 's'"),
    ] {
      let result = try repository.dver("move", source, target).requireStatus(2)
      #expect(result.standardError.contains(text), "\(source) \(target): \(result.standardError)")
      #expect(result.standardError.contains("dver: error: "))
    }
    #expect(try repository.tree(ignoring: [".git", ".dver"]) == before)
    try repository.dver("move", "data/a.csv").requireStatus(64)
  }

  @Test(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
  func everyInterruptionLeavesPointerAndDataTogether() throws {
    try forEachFault(
      actions: [.kill, .diskFull],
      prepare: {
        let repository = try TemporaryRepository()
        try repository.write("1\n", to: "data/one")
        try repository.dver("add", "data").requireSuccess()
        return repository
      },
      command: { try $0.dverCommand(["move", "data", "new"]) },
      check: { repository, result, fault in
        if fault.action.kills { try result.requireKilled() }
        let status = try repository.dver("status", "--json").requireSuccess()
        guard status.standardOutput == "{}\n" else {
          throw SupportError("not clean: \(status.transcript)")
        }
        let isMoved = repository.exists("new")
        guard isMoved != repository.exists("data"),
          repository.exists(isMoved ? "new.dver" : "data.dver"),
          !repository.exists(isMoved ? "data.dver" : "new.dver"),
          try repository.readText(isMoved ? "new/one" : "data/one") == "1\n"
        else { throw SupportError("pointer and data disagree") }
        if !isMoved { try repository.dver("move", "data", "new").requireSuccess() }
        try repository.dver("remove", "--outs", "new").requireSuccess()
        guard !repository.exists("new") else { throw SupportError("the data stayed") }
      })
  }
}
