import DverParallel
import Synchronization
import TestSupport
import Testing

/// Many processes at once on one cache and one remote: whatever the others do, each finds its data.
struct StressTests {
  private static let workerCount = 8
  private static let roundCount = Torture.isFull ? 40 : 3

  /// Clones of one project that share its cache and its remote.
  private func workspaces(withHeartbeats: Bool = false) throws -> [TemporaryRepository] {
    let first = try TemporaryRepository()
    if withHeartbeats { try first.dver("config", "core.lease", "heartbeat").requireSuccess() }
    try first.write("first\n", to: "base")
    try first.dver("config", "cache.dir", first.outside("cache")).requireSuccess()
    try first.dver("remote", "add", "-d", "shared", first.outside("remote")).requireSuccess()
    try first.dver("add", "base").requireSuccess()
    try first.dver("push").requireSuccess()
    try first.commitAll()
    return try (0..<Self.workerCount).map { try first.clone("clone\($0)") }
  }

  @Test(arguments: [1, 2]) func eachFindsItsData(seed: UInt64) throws {
    try work(in: workspaces(), seed: seed) { _ in nil }
    Torture.note("8 processes", "commands at the same time", Self.roundCount * 8 * 3)
  }

  /// Two hosts, whose clocks differ by an hour, with four processes each.
  @Test(.enabled(if: TestHost.isAvailable, "needs the superuser, unshare and a C compiler"))
  func eachFindsItsDataOnTwoHosts() throws {
    let hosts = [TestHost("host-a"), TestHost("host-b", clockLead: 3600)]
    try work(in: workspaces(withHeartbeats: true), seed: 3) { hosts[$0 % 2] }
    Torture.note(
      "8 processes on 2 hosts", "commands at the same time", Self.roundCount * 8 * 3)
  }

  private func work(
    in workspaces: [TemporaryRepository], seed: UInt64, _ host: @Sendable (Int) -> TestHost?
  ) throws {
    let failures = Mutex<[String]>([])
    try parallelFor(chunks: workspaces.count, threads: workspaces.count) { number in
      do {
        var worker = StressWorker(
          workspaces[number], on: host(number), seed: seed &* 100 &+ UInt64(number))
        for _ in 0..<Self.roundCount { try worker.work() }
        try worker.finish()
      } catch {
        failures.withLock { $0.append("worker \(number): \(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }
}

/// Does random work in one workspace, and remembers what its data is.
private struct StressWorker {
  private let repository: TemporaryRepository
  private let host: TestHost?
  private var generator: SeededGenerator
  private var files: [String: String] = ["base": "first\n"]

  init(_ repository: TemporaryRepository, on host: TestHost?, seed: UInt64) {
    self.repository = repository
    self.host = host
    generator = SeededGenerator(seed: seed)
  }

  private func dver(_ arguments: String...) throws -> CommandResult {
    let command = try repository.dverCommand(arguments)
    return try (host?.command(command) ?? command).run()
  }

  mutating func work() throws {
    let name = "file\(Int.random(in: 0..<3, using: &generator))"
    // Some texts are those of others, so that objects are shared.
    let text = "text \(Int.random(in: 0..<12, using: &generator))\n"
    try repository.write(text, to: name)
    try dver("add", "-q", name).requireSuccess()
    files[name] = text
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: try dver("push", "-q").requireSuccess()
    case 1:
      try dver("gc", "-q", "-w", "-f").requireSuccess()
    case 2:
      try dver("push", "-q").requireSuccess()
      try dver("gc", "-q", "-w", "-c", "-f").requireSuccess()
    case 3:
      try repository.remove(name)
      try dver("undo", "-q").requireAnswer()
      try repository.write(text, to: name)
      try dver("add", "-q", name).requireSuccess()
    case 4:
      try dver("gc", "-q", "--empty-trash", "-f").requireAnswer()
    default:
      try repository.remove(name)
      try dver("checkout", "-q", name).requireSuccess()
    }
    try requireData()
  }

  private func requireData() throws {
    for (name, text) in files.sorted(by: { $0.key < $1.key }) where repository.exists(name) {
      guard try repository.readText(name) == text else {
        throw SupportError("\(name) is not what was added")
      }
    }
  }

  /// The cache still has all that this workspace tracks.
  mutating func finish() throws {
    for name in files.keys.sorted() {
      if repository.exists(name) { try repository.remove(name) }
    }
    try dver("checkout", "-q").requireSuccess()
    for (name, text) in files.sorted(by: { $0.key < $1.key }) {
      guard try repository.readText(name) == text else {
        throw SupportError("\(name) came back as something else")
      }
    }
    try dver("push", "-q").requireSuccess()
    try dver("status", "-q", "-c").requireSuccess()
  }
}
