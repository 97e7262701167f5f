import DverCore
import Glibc
import TestSupport
import Testing

@testable import DverFileSystem

/// Files by which others tell whether a process lives.
struct LifeSignTests {
  private let directory: TemporaryDirectory
  private var root: AbsolutePath { AbsolutePath(normalized: Array(directory.path.utf8)) }
  private var path: AbsolutePath { root.appending("signs/sign") }
  private var scratch: AbsolutePath { root.appending("scratch") }

  static let foreign = ProcessIdentity(
    host: "elsewhere", boot: "another", pidNamespace: "pid:[1]", process: 7, start: 1)
  /// Somebody else has the number by now.
  static let ended = ProcessIdentity(
    host: ProcessIdentity.current.host, boot: ProcessIdentity.current.boot,
    pidNamespace: ProcessIdentity.current.pidNamespace, process: getpid(), start: 1)

  /// Writes the file of a process that last showed its life some seconds ago.
  static func leave(
    _ path: AbsolutePath, _ identity: ProcessIdentity, interval: Int?, age: Int,
    scratch: AbsolutePath
  ) throws {
    let heartbeat = interval.map { "heartbeat: \($0)\n" } ?? ""
    try FileSystem.replaceContents(
      of: path, with: Array((identity.text + heartbeat + "purpose: dver test\n").utf8))
    let time = try FileSystem.clock(in: scratch) - Int64(age) * 1_000_000_000
    let stamp = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
    let status = unsafe path.withCString { name in
      unsafe utimensat(AT_FDCWD, name, [stamp, stamp], 0)
    }
    try #require(status == 0)
  }

  init() throws {
    directory = try TemporaryDirectory()
    try FileSystem.makeDirectories(path.parent)
    try FileSystem.makeDirectories(scratch)
  }

  private func sign(_ settings: LeaseSettings, endsWithFile: Bool = false) throws -> LifeSign {
    try LifeSign(
      path, purpose: "dver\ntest", settings: settings, unseen: scratch.appending("unseen"),
      endsWithFile: endsWithFile)
  }

  private func verdict() throws -> LifeSign.Verdict {
    try LifeSign.verdict(on: path, scratch: scratch)
  }

  @Test(arguments: LeaseTests.kinds) func aliveWhileItIsHeld(_ settings: LeaseSettings) throws {
    #expect(try verdict() == .gone)
    do {
      let sign = try sign(settings)
      #expect(try verdict() == .alive)
      #expect(try !LifeSign.isDead(path, scratch: scratch))
      try sign.check()
    }
    guard settings.choice == .lock else { return }
    #expect(try verdict() == .dead(.current, mayWake: false))
    #expect(try LifeSign.isDead(path, scratch: scratch))
  }

  @Test(arguments: LeaseTests.kinds) func theFileGoesWhereAsked(_ settings: LeaseSettings) throws {
    do { _ = try sign(settings, endsWithFile: true) }
    #expect(try verdict() == .gone)
  }

  @Test func oneThatMaySleepLosesItsName() throws {
    try Self.leave(path, Self.foreign, interval: 100_000, age: 500, scratch: scratch)
    #expect(try verdict() == .dead(Self.foreign, mayWake: true))
    #expect(try LifeSign.isDead(path, scratch: scratch))
    #expect(try FileSystem.names(in: path.parent) == [Array("sign.dead".utf8)])
    #expect(try LifeSign.files(in: path.parent) == [path])
    // Had it been awake when its name was taken, it would have to be waited for.
    try Self.leave(
      path.parent.appending("sign.dead"), Self.foreign, interval: 100_000, age: 300,
      scratch: scratch)
    #expect(try !LifeSign.isDead(path, scratch: scratch))
    try Self.leave(
      path.parent.appending("sign.dead"), Self.foreign, interval: 100_000, age: 500,
      scratch: scratch)
    #expect(try LifeSign.isDead(path, scratch: scratch))
    try LifeSign.forget(path)
    #expect(try FileSystem.names(in: path.parent) == [])
  }

  @Test func anIntervalThatNobodyWaitsForIsNone() throws {
    for interval in [86_400_001, Int.max] {
      try Self.leave(path, Self.foreign, interval: interval, age: 0, scratch: scratch)
      #expect(try verdict() == .dead(Self.foreign, mayWake: false))
    }
    try Self.leave(path, Self.foreign, interval: 86_400_000, age: 4 * 86_400, scratch: scratch)
    #expect(try verdict() == .alive)
    #expect(LeaseSettings(intervalMilliseconds: .max).intervalMilliseconds == 86_400_000)
  }

  @Test func ofOtherHostsOnlyHeartbeatsTell() throws {
    // The number and the namespace are those of a process that lives here.
    let stranger = ProcessIdentity(
      host: ProcessIdentity.current.host, boot: "another",
      pidNamespace: ProcessIdentity.current.pidNamespace, process: getpid(),
      start: ProcessIdentity.current.start)
    try Self.leave(path, stranger, interval: 100_000, age: 500, scratch: scratch)
    #expect(try verdict() == .dead(stranger, mayWake: true))
    try Self.leave(path, Self.ended, interval: 100_000, age: 0, scratch: scratch)
    #expect(try verdict() == .dead(Self.ended, mayWake: false))
    try Self.leave(path, .current, interval: 100_000, age: 0, scratch: scratch)
    #expect(try verdict() == .alive)
  }

  @Test func identitiesAreReadAsTheyWereWritten() throws {
    let text = ProcessIdentity.current.text
    let lines = try #require(ProcessIdentity.lines(of: text))
    #expect(ProcessIdentity(lines) == .current)
    #expect(ProcessIdentity.current.start > 0)
    #expect(!ProcessIdentity.current.isKnownDead)
    #expect(Self.ended.isKnownDead)
    #expect(!Self.foreign.isKnownDead)
  }
}
