import Glibc
import TestSupport
import Testing

/// Two hosts on one file system, which cannot see each other's processes and whose locks count for
/// nothing: what one does not say, the other cannot know.
@Suite(
  .enabled(if: TestHost.isAvailable, "needs the superuser, unshare and a C compiler"))
struct TwoHostTests {
  private static let here = TestHost("host-a")
  /// Clocks that are right, an hour ahead and an hour behind.
  private static let others = (Torture.isFull ? [0, 3600, -3600] : [3600]).map {
    TestHost("host-b", clockLead: $0)
  }
  private static let takenOver = "while this process was stopped; nothing more was changed"

  /// A workspace with heartbeats, and two versions of its data, of which one is used.
  private func repository(intervalMilliseconds: Int = 200) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.dver("config", "core.lease", "heartbeat").requireSuccess()
    try repository.dver("config", "core.lease_interval", "\(intervalMilliseconds)")
      .requireSuccess()
    for version in ["one", "two"] {
      try write(version, to: repository)
      try repository.dver("add", "-q", "data").requireSuccess()
    }
    try repository.commitAll()
    return repository
  }

  private static let fileCount = 20

  private func write(_ version: String, to repository: TemporaryRepository) throws {
    for number in 0..<Self.fileCount {
      try repository.write("\(version) \(number)\n", to: "data/\(number)")
    }
  }

  private func requireData(_ version: String, in repository: TemporaryRepository) throws {
    try repository.remove("data")
    try repository.dver("checkout", "-q").requireSuccess()
    for number in 0..<Self.fileCount {
      #expect(try repository.readText("data/\(number)") == "\(version) \(number)\n")
    }
    try repository.dver("verify", "-q").requireSuccess()
    try repository.dver("status", "-q").requireSuccess()
  }

  @discardableResult
  private func run(
    _ host: TestHost, _ arguments: [String], in repository: TemporaryRepository
  ) throws -> CommandResult {
    try host.command(repository.dverCommand(arguments)).run()
  }

  /// Starts dver, and returns once it has stopped at a rename.
  private func stopped(
    _ arguments: [String], in repository: TemporaryRepository, at count: Int, renameTo part: String
  ) throws -> RunningCommand {
    let mark = repository.outside("stopped")
    let running = try Self.here.command(
      repository.dverCommand(arguments),
      stop: .init(at: count, renameTo: part, mark: mark)
    ).start()
    try running.wait(until: { repository.exists(mark) })
    return running
  }

  /// Waits until a process that is stopped has missed five heartbeats.
  private func waitUntilDead(
    _ frozen: RunningCommand, at folder: String, in repository: TemporaryRepository,
    milliseconds: Int64
  ) throws {
    let file = try #require(try repository.files(folder).first)
    let last = try #require(repository.modified("\(folder)/\(file)"))
    let probe = repository.outside("clock")
    try frozen.wait(until: {
      try repository.write("", to: probe)
      return (repository.modified(probe) ?? 0) - last > 5_000_000 * milliseconds
    })
  }

  // MARK: Collecting

  @Test(arguments: others) func aFrozenCollectorIsReplacedAndKnowsIt(_ other: TestHost) throws {
    let repository = try repository()
    // Before the first object goes.
    let frozen = try stopped(["gc", "-w", "-f"], in: repository, at: 1, renameTo: "/trash/")
    try run(other, ["gc", "-w", "-f"], in: repository).requireSuccess()
    frozen.sendToGroup(SIGCONT)
    let result = try frozen.wait().requireStatus(5)
    #expect(result.standardError.contains(Self.takenOver))
    // What both have condemned can be brought back.
    try repository.dver("undo", "-q").requireSuccess()
    try requireData("one", in: repository)
    try write("two", to: repository)
    try repository.dver("add", "-q", "data").requireSuccess()
    try requireData("two", in: repository)
  }

  @Test(arguments: others) func nobodyWaitsForAKilledCollector(_ other: TestHost) throws {
    let repository = try repository()
    let killed = try stopped(["gc", "-w", "-f"], in: repository, at: 5, renameTo: "/trash/")
    killed.sendToGroup(SIGKILL)
    try killed.wait().requireKilled()
    try run(other, ["gc", "-w", "-f"], in: repository).requireSuccess()
    try requireData("two", in: repository)
  }

  @Test func aCollectorWhomNobodyReplacedGoesOn() throws {
    let repository = try repository(intervalMilliseconds: 20)
    let frozen = try stopped(["gc", "-w", "-f"], in: repository, at: 5, renameTo: "/trash/")
    try waitUntilDead(
      frozen, at: ".dver/cache/leases/collect.lease", in: repository, milliseconds: 20)
    frozen.sendToGroup(SIGCONT)
    try frozen.wait().requireSuccess()
    try requireData("two", in: repository)
  }

  // MARK: Storing

  /// Between the objects and the pointer that names them, and when the pointer is about to change.
  @Test(arguments: ["/objects/", "/state/operations/"])
  func whoSleptWhileItsObjectsWereCollectedSaysSo(_ part: String) throws {
    let repository = try repository()
    try write("three", to: repository)
    let frozen = try stopped(["add", "-q", "data"], in: repository, at: 1, renameTo: part)
    try waitUntilDead(
      frozen, at: ".dver/cache/leases/users.lease", in: repository, milliseconds: 200)
    let other = Self.others[0]
    try run(other, ["gc", "-w", "-f"], in: repository).requireSuccess()
    try run(other, ["gc", "--empty-trash", "-f"], in: repository).requireSuccess()
    frozen.sendToGroup(SIGCONT)
    let result = try frozen.wait().requireStatus(5)
    #expect(result.standardError.contains(Self.takenOver))
    for number in 0..<Self.fileCount {
      #expect(try repository.readText("data/\(number)") == "three \(number)\n")
    }
    try repository.dver("add", "-q", "data").requireSuccess()
    try requireData("three", in: repository)
  }

  @Test(arguments: others) func objectsOfTheLivingAreLeftAlone(_ other: TestHost) throws {
    let repository = try repository(intervalMilliseconds: 60_000)
    try write("three", to: repository)
    // Stands still with the workspace lock, for less than five of its intervals.
    let holder = try stopped(
      ["config", "core.project", "p"], in: repository, at: 1, renameTo: "/state/operations/")
    try repository.write("[core]\n\tlease-interval = 1000\n", to: ".dver/config.local")
    let adding = try Self.here.command(repository.dverCommand(["add", "-q", "data"])).start()
    // Its objects are older than its last sign of life.
    let users = ".dver/cache/leases/users.lease"
    var beats: Set<Int64> = []
    try adding.wait(until: {
      for file in (try? repository.files(users)) ?? [] {
        if let beat = repository.modified("\(users)/\(file)") { beats.insert(beat) }
      }
      return beats.count > 2
    })
    try run(other, ["gc", "-w", "-f"], in: repository).requireSuccess()
    try run(other, ["gc", "--empty-trash", "-f"], in: repository).requireSuccess()
    holder.sendToGroup(SIGCONT)
    try holder.wait().requireSuccess()
    try adding.wait().requireSuccess()
    try requireData("three", in: repository)
  }

  // MARK: Running stages

  /// The first one to run it waits at a gate; each leaves a line.
  private func addStage(to repository: TemporaryRepository) throws {
    try repository.write("1\n", to: "in")
    let log = repository.outside("log")
    let command =
      "echo run >> \(log); test $(wc -l < \(log)) -gt 1 || { echo part > o; cat gate; }; "
      + "test -e done || echo made > o"
    try repository.shell("mkfifo gate").requireSuccess()
    try repository.write(
      "stages: {a: {cmd: '\(command)', deps: [in], outs: [o]}}\n", to: "dver.yaml")
  }

  @Test(arguments: others) func twoReprosShareTheWork(_ other: TestHost) throws {
    let repository = try repository(intervalMilliseconds: 1000)
    try addStage(to: repository)
    let first = try Self.here.command(repository.dverCommand(["repro"])).start()
    try first.wait(until: { repository.exists("o") })
    let second = try other.command(repository.dverCommand(["repro"])).start()
    // The first one would be dead by now, did it not say otherwise.
    var beats: Set<Int64> = []
    try second.wait(until: {
      let folder = ".dver/state/claims/a.lease"
      for lease in (try? repository.files(folder)) ?? [] {
        if let beat = repository.modified("\(folder)/\(lease)") { beats.insert(beat) }
      }
      return beats.count > 5
    })
    try repository.shell("echo > gate").requireSuccess()
    try first.wait().requireSuccess()
    let result = try second.wait().requireSuccess()
    let said = result.standardOutput + result.standardError
    #expect(said.contains(" on host-a, which runs stage 'a'"))
    #expect(try repository.readText(repository.outside("log")) == "run\n")
    #expect(try repository.readText("o") == "made\n")
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test(arguments: others) func theStageOfAKilledReproIsRunAgain(_ other: TestHost) throws {
    let repository = try repository()
    try addStage(to: repository)
    let first = try Self.here.command(repository.dverCommand(["repro"])).start()
    try first.wait(until: { repository.exists("o") })
    first.sendToGroup(SIGKILL)
    try first.wait().requireKilled()
    try run(other, ["repro"], in: repository).requireSuccess()
    #expect(try repository.readText(repository.outside("log")) == "run\nrun\n")
    #expect(try repository.readText("o") == "made\n")
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test(arguments: others) func theStageOfAFrozenReproIsRunAgain(_ other: TestHost) throws {
    let repository = try repository()
    try addStage(to: repository)
    let first = try Self.here.command(repository.dverCommand(["repro"])).start()
    try first.wait(until: { repository.exists("o") })
    first.sendToGroup(SIGSTOP)
    try run(other, ["repro"], in: repository).requireSuccess()
    #expect(try repository.readText("o") == "made\n")
    // Its command ends, and finds nothing to do.
    try repository.write("", to: "done")
    try repository.shell("echo > gate").requireSuccess()
    first.sendToGroup(SIGCONT)
    let result = first.wait()
    #expect(result.status != .exited(0))
    #expect(result.standardError.contains(Self.takenOver))
    #expect(try repository.readText("o") == "made\n")
    try repository.dver("status", "-q").requireSuccess()
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText(repository.outside("log")) == "run\nrun\n")
  }
}
