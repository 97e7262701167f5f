import DverCore
import DverFileSystem
import Glibc
import TestSupport
import Testing

/// Several commands at once, and commands that are stopped.
struct ConcurrencyTests {
  @Test func addsAtTheSameTimeAllSucceed() throws {
    let repository = try TemporaryRepository()
    let names = (0..<4).map { "file\($0)" }
    for name in names { try repository.write("\(name)\n", to: name) }
    let running = try names.map { try repository.dverCommand(["add", $0]).start() }
    for command in running { try command.wait().requireSuccess() }
    try repository.requireClean()
    let staged = try repository.git("diff", "--cached", "--name-only").requireSuccess().lines
    #expect(Set(staged).isSuperset(of: names.map { "\($0).dver" }))
    let ignored = try repository.readText(".gitignore").split(separator: "\n").sorted()
    #expect(ignored.map(String.init) == names.map { "/\($0)" })
  }

  @Test func membersOfOneDirectoryAddedAtTheSameTimeAreAllRecorded() throws {
    let repository = try TemporaryRepository()
    let names = (0..<8).map { "d/file\($0)" }
    for name in names { try repository.write("old \(name)\n", to: name) }
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    for name in names { try repository.write("new \(name)\n", to: name) }
    let running = try names.map { try repository.dverCommand(["add", $0]).start() }
    for command in running { try command.wait().requireSuccess() }
    try repository.requireClean()
    try repository.remove("d")
    try repository.dver("checkout").requireSuccess()
    for name in names { #expect(try repository.readText(name) == "new \(name)\n") }
  }

  @Test func membersGivenTogetherAreAllRecorded() throws {
    let repository = try TemporaryRepository()
    for name in ["a", "b", "gone"] { try repository.write("old\n", to: "d/\(name)") }
    try repository.dver("add", "-q", "d").requireSuccess()
    for name in ["a", "b", "sub/c"] { try repository.write("new\n", to: "d/\(name)") }
    try repository.remove("d/gone")
    try repository.dver("add", "d/a", "d/b", "d/sub", "d/gone").requireSuccess()
    try repository.requireClean()
    try repository.dver("add", "d/a", "d/neither").requireStatus(2)
    try repository.requireClean()
  }

  /// `dver add d/big`, or of all of `d`, stopped while it hashes; `d` and its members are in git.
  private func stoppedAdd(
    _ target: String = "d/big"
  ) throws -> (repository: TemporaryRepository, add: RunningCommand) {
    let repository = try TemporaryRepository()
    try repository.write("old\n", to: "d/small")
    try repository.write("old\n", to: "d/big")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    try repository.shell("truncate -s 1G d/big").requireSuccess()
    let add = try repository.dverCommand(["add", target]).start()
    // Something is on its way to the cache, which takes a while.
    try add.wait(until: {
      try repository.shell("ls .dver/cache/tmp/*/[0-9]*").status == .exited(0)
    })
    add.send(SIGSTOP)
    return (repository, add)
  }

  @Test func aMemberRecordedWhileAnotherIsHashedStays() throws {
    let (repository, add) = try stoppedAdd()
    try repository.write("new\n", to: "d/small")
    try repository.dver("add", "d/small").requireSuccess()
    add.send(SIGCONT)
    try add.wait().requireSuccess()
    try repository.requireClean()
  }

  @Test(arguments: [["move", "d", "moved"], ["remove", "d"]])
  func whatIsNoLongerTrackedDoesNotComeBack(_ arguments: [String]) throws {
    let (repository, add) = try stoppedAdd("d")
    try repository.dverCommand(arguments).run().requireSuccess()
    let before = try repository.git("status", "--porcelain").requireSuccess().lines
    add.send(SIGCONT)
    let result = add.wait()
    try result.requireStatus(2)
    #expect(result.standardError.contains("d is not tracked by d.dver any more"))
    #expect(!repository.exists("d.dver"))
    #expect(try repository.git("status", "--porcelain").requireSuccess().lines == before)
  }

  @Test func aMemberOfWhatIsNoLongerTrackedIsRefused() throws {
    let (repository, add) = try stoppedAdd()
    try repository.dver("remove", "d").requireSuccess()
    add.send(SIGCONT)
    let result = add.wait()
    try result.requireStatus(2)
    #expect(result.standardError.contains("d is not tracked by d.dver any more"))
    #expect(!repository.exists("d.dver"))
  }

  @Test func whoeverPlacesFilesWaitsForACheckout() throws {
    let repository = try SmallCase.linked()
    try repository.dver("config", "--local", "core.lock_timeout", "1").requireSuccess()
    try repository.write("new\n", to: "new.csv")
    try repository.dver("remove", "-q", "--outs", "single.csv").requireSuccess()
    let file = unsafe open("\(repository.path)/.dver/state/checkout", O_RDWR | O_CREAT, 0o644)
    try #require(lockf(file, F_TLOCK, 0) == 0)
    let commands = [
      ["undo"], ["unprotect", "data"], ["remove", "data"], ["remove", "--outs", "data"],
      ["add", "new.csv"],
    ]
    for command in commands { try repository.dverCommand(command).run().requireStatus(5) }
    close(file)
    try repository.dver("unprotect", "data").requireSuccess()
    try repository.requireClean()
  }

  @Test func collectionsDisturbNobody() throws {
    let repository = try TemporaryRepository()
    let names = (0..<4).map { "file\($0)" }
    // Two versions, of which the first one is about to be collected, and then added again.
    for text in ["one", "two"] {
      for name in names { try repository.write("\(text) \(name)\n", to: name) }
      try repository.run(["add", "-q"] + names).requireSuccess()
    }
    try repository.commitAll()
    for name in names { try repository.write("one \(name)\n", to: name) }
    var running: [RunningCommand] = []
    for name in names {
      running.append(try repository.dverCommand(["gc", "-w", "-f"]).start())
      running.append(try repository.dverCommand(["add", name]).start())
      running.append(try repository.dverCommand(["gc", "--empty-trash", "-f"]).start())
    }
    for command in running { try command.wait().requireSuccess() }
    try repository.requireClean()
    try repository.dver("verify").requireSuccess()
    for name in names { try repository.remove(name) }
    try repository.dver("checkout").requireSuccess()
    for name in names { #expect(try repository.readText(name) == "one \(name)\n") }
  }

  @Test func statusWorksWhileAStageRuns() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    let command = "mkfifo gate; touch started; cat gate; cat in > o"
    try repository.write(
      "stages: {a: {cmd: '\(command)', deps: [in], outs: [o]}}\n", to: "dver.yaml")
    let running = try repository.dverCommand(["repro"]).start()
    try running.wait(until: { repository.exists("started") })
    try repository.dver("status").requireAnswer()
    try repository.shell("echo > gate").requireSuccess()
    try running.wait().requireSuccess()
    #expect(try repository.readText("o") == "1\n")
    try repository.requireClean()
  }

  @Test func ctrlCStopsAddWithoutATrace() throws {
    let repository = try TemporaryRepository()
    try repository.shell("truncate -s 4G big").requireSuccess()
    let running = try repository.dverCommand(["add", "big"]).start()
    // Made when the first object is on its way, which takes seconds.
    try running.wait(until: { repository.exists(".dver/cache/pending") })
    running.sendToGroup(SIGINT)
    try running.wait().requireStatus(130)
    #expect(try repository.files(".dver/cache/tmp").isEmpty)
    #expect(!repository.exists("big.dver"))
    try repository.dver("add", "big").requireSuccess()
    try repository.requireClean()
  }

  @Test(arguments: [".dver/state/lock", ".dver/cache/leases/collect"])
  func ctrlCStopsWaitingForAnotherProcess(_ file: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "x")
    try repository.dver("add", "x").requireSuccess()
    try repository.dver("config", "core.lock_timeout", "3600").requireSuccess()
    let path = AbsolutePath(normalized: Array("\(repository.path)/\(file)".utf8))
    try FileSystem.makeDirectories(path.parent)
    let lease = try Lease(
      path, purpose: "dver add", settings: LeaseSettings(), scratch: path.parent, timeout: .zero)
    let words = file.hasPrefix(".dver/state") ? ["remove", "x.dver"] : ["gc", "-w", "-f"]
    var command = try repository.dverCommand(words)
    let shell = ["-c", "exec \"$0\" \"$@\" 2> seen", command.executable]
    command.arguments = shell.map { Array($0.utf8) } + command.arguments
    command.executable = "/bin/sh"
    let running = try command.start()
    try running.wait(until: {
      try repository.exists("seen") && repository.readText("seen").contains("Waiting for")
    })
    running.sendToGroup(SIGINT)
    try running.wait().requireStatus(130)
    withExtendedLifetime(lease) {}
    #expect(repository.exists("x.dver"))
  }

  @Test func ctrlCStopsAStageAndItsChildren() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    let command = "test -e go || { echo $$ > pid; mkfifo gate; cat gate; }; cat in > o"
    try repository.write(
      "stages: {a: {cmd: '\(command)', deps: [in], outs: [o]}}\n", to: "dver.yaml")
    let running = try repository.dverCommand(["repro"]).start()
    try running.wait(until: { repository.exists("gate") })
    let process = try #require(
      Int32(try repository.readText("pid").split(separator: "\n").joined()))
    running.sendToGroup(SIGINT)
    try running.wait().requireStatus(130)
    #expect(kill(process, 0) == -1)
    #expect(errno == ESRCH)
    try repository.write("", to: "go")
    try repository.dver("repro").requireSuccess()
    try repository.requireClean()
  }

  @Test func aFileThatChangesIsNeverRecordedWrongly() throws {
    let repository = try TemporaryRepository()
    try repository.write("0\n", to: "data/a")
    let script = "while [ ! -e stop ]; do echo x >> data/a; done"
    let writer = try Command(
      "/bin/sh", ["-c", script], environment: repository.environment, directory: repository.path
    ).start()
    for _ in 0..<10 {
      try repository.dver("add", "data").requireAnswer()
      try repository.requireTrueNames()
    }
    try repository.write("", to: "stop")
    try writer.wait().requireSuccess()
    try repository.dver("add", "data").requireSuccess()
    try repository.requireClean()
  }

  @Test(arguments: ["status", "repro"])
  func theNextCommandBringsOldOutputsBack(_ next: String) throws {
    let repository = try DyingStage.killed()
    if next == "status" {
      try repository.dver("status").requireSuccess()
      #expect(try repository.readText("o") == DyingStage.oldOutput)
    }
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o") == "second\n")
    let isSafe = try repository.tree().contains {
      $0.kind == .file(Array(DyingStage.oldOutput.utf8))
    }
    #expect(isSafe)
    try repository.requireClean()
  }
}
