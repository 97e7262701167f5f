import DverCore
import DverParallel
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import DverFileSystem

/// Rights that one process at a time has, by locks and by heartbeats.
struct LeaseTests {
  private let directory: TemporaryDirectory
  private var root: AbsolutePath { AbsolutePath(normalized: Array(directory.path.utf8)) }
  private var path: AbsolutePath { root.appending("lease") }
  private var folder: AbsolutePath { root.appending("lease.lease") }
  private var scratch: AbsolutePath { root.appending("scratch") }

  /// So slow that nobody dies while a test runs.
  static let slow = LeaseSettings(.heartbeat, intervalMilliseconds: 60_000)
  static let kinds = [LeaseSettings(.lock), slow]

  init() throws { directory = try TemporaryDirectory() }

  private func lease(_ settings: LeaseSettings, purpose: String = "dver test") throws -> Lease {
    try Lease(
      path, purpose: purpose, settings: settings, scratch: scratch, timeout: .zero)
  }

  private func isFree(_ settings: LeaseSettings) throws -> Bool {
    do {
      _ = try lease(settings)
      return true
    } catch is LockError {
      return false
    }
  }

  /// What a process of another host left, which showed its life some seconds ago.
  private func leaveForeign(
    _ age: Int, interval: Int = 100_000, token: String = "0123456789abcdef",
    _ identity: ProcessIdentity = LifeSignTests.foreign
  ) throws {
    try FileSystem.makeDirectories(folder)
    try LifeSignTests.leave(
      folder.appending(token), identity, interval: interval, age: age, scratch: scratch)
  }

  // MARK: One at a time

  @Test(arguments: kinds, kinds) func oneAtATime(_ one: LeaseSettings, _ other: LeaseSettings)
    throws
  {
    let held = try lease(one, purpose: "dver gc")
    let error = #expect(throws: LockError.self) { try lease(other) }
    #expect(error?.holder.hasPrefix("dver gc, process \(getpid())") == true)
    try held.check()
  }

  @Test(arguments: kinds) func itEndsWithItsHolder(_ settings: LeaseSettings) throws {
    do { _ = try lease(settings) }
    #expect(try isFree(settings))
    #expect(try isFree(settings))
    #expect(try FileSystem.names(in: folder) ?? [] == [])
    #expect(try FileSystem.names(in: scratch) ?? [] == [])
  }

  @Test(arguments: kinds) func waitingNamesTheHolderOnce(_ settings: LeaseSettings) throws {
    let held = Mutex<Lease?>(try lease(settings, purpose: "dver gc"))
    var told: [String] = []
    _ = try Lease(
      path, purpose: "dver test", settings: settings, scratch: scratch, timeout: .seconds(60),
      waiting: { holder in
        told.append(holder)
        held.withLock { $0 = nil }
      })
    #expect(told.count == 1)
    #expect(told.first?.contains("dver gc, process \(getpid())") == true)
  }

  @Test(arguments: kinds) func waitingCanBeGivenUp(_ settings: LeaseSettings) throws {
    let held = try lease(settings)
    var turns = 0
    #expect(throws: CancellationError.self) {
      _ = try Lease(
        path, purpose: "dver test", settings: settings, scratch: scratch, timeout: .seconds(3600),
        check: {
          turns += 1
          if turns == 2 { throw CancellationError() }
        })
    }
    #expect(turns == 2)
    withExtendedLifetime(held) {}
  }

  @Test(arguments: kinds) func manyThreadsTakeTurns(_ settings: LeaseSettings) throws {
    let inside = Atomic(0)
    let turns = Atomic(0)
    try parallelFor(chunks: 8, threads: 8) { _ in
      for _ in 0..<20 {
        let lease: Lease
        do { lease = try self.lease(settings) } catch is LockError { continue }
        #expect(inside.add(1, ordering: .relaxed).newValue == 1)
        try lease.check()
        turns.add(1, ordering: .relaxed)
        #expect(inside.subtract(1, ordering: .relaxed).newValue == 0)
        withExtendedLifetime(lease) {}
      }
    }
    #expect(turns.load(ordering: .relaxed) > 0)
    #expect(try isFree(settings))
  }

  // MARK: The dead

  @Test func whoShowsNoLifeForFiveIntervalsIsDead() throws {
    try leaveForeign(300)
    #expect(try !isFree(Self.slow))
    #expect(try !isFree(LeaseSettings(.lock)))
    try leaveForeign(500)
    #expect(try isFree(Self.slow))
    try leaveForeign(500)
    #expect(try isFree(LeaseSettings(.lock)))
  }

  @Test func theHoldersOwnIntervalCounts() throws {
    try leaveForeign(200, interval: 60_000)
    #expect(try !isFree(LeaseSettings(.heartbeat, intervalMilliseconds: 20)))
  }

  @Test func whoseTimeLiesAheadLives() throws {
    try leaveForeign(-3600)
    #expect(try !isFree(Self.slow))
  }

  @Test func aProcessOfThisHostThatHasEndedIsDeadAtOnce() throws {
    try leaveForeign(0, interval: 60_000, LifeSignTests.ended)
    #expect(try isFree(Self.slow))
  }

  @Test func oneOfManyTakesOverFromTheDead() throws {
    for round in 0..<60 {
      try leaveForeign(3600, token: "dead\(round)")
      let won = Mutex<[Lease]>([])
      try parallelFor(chunks: 6, threads: 6) { _ in
        do {
          let lease = try self.lease(Self.slow)
          won.withLock { $0.append(lease) }
        } catch is LockError {
          return
        }
      }
      let winners = won.withLock { $0 }
      #expect(winners.count == 1)
      try winners.first?.check()
      #expect(try FileSystem.names(in: folder)?.count == 1)
    }
  }

  // MARK: Waking up

  @Test func whoseNameWasTakenKnowsIt() throws {
    let settings = LeaseSettings(.heartbeat, intervalMilliseconds: 20)
    let lease = try lease(settings)
    let name = try #require(try FileSystem.names(in: folder)?.first)
    // As whoever finds it dead does, and then takes its place.
    try FileSystem.removeFile(folder.appending(name))
    try leaveForeign(0, interval: 60_000)
    var error: LeaseLostError?
    while error == nil {
      do { try lease.check() } catch let lost as LeaseLostError { error = lost }
    }
    #expect(
      error?.message.contains("taken over by dver test, process 7 on elsewhere, while") == true)
    #expect(error?.exitStatus == .locked)
    // It goes without touching the other one's.
    withExtendedLifetime(lease) {}
    #expect(try !isFree(settings))
  }

  @Test func goingLeavesTheNextOnesLease() throws {
    do {
      let lease = try lease(Self.slow)
      for name in try FileSystem.names(in: folder) ?? [] {
        try FileSystem.removeFile(folder.appending(name))
      }
      try leaveForeign(0)
      withExtendedLifetime(lease) {}
    }
    #expect(try FileSystem.names(in: folder)?.count == 1)
  }

  @Test func heartbeatsKeepItAlive() throws {
    let settings = LeaseSettings(.heartbeat, intervalMilliseconds: 20)
    let lease = try lease(settings)
    let name = try #require(try FileSystem.names(in: folder)?.first)
    let file = folder.appending(name)
    var times: Set<Int64> = []
    while times.count < 10 {
      times.insert(try #require(try FileSystem.status(of: file)).modified)
      try lease.check()
    }
  }
}
