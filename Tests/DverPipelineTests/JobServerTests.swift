import CSystem
import DverFileSystem
import DverParallel
import Glibc
import TestSupport
import Testing

@testable import DverPipeline

@Suite struct JobServerTests {
  private func waiting(_ connection: JobConnection) -> Int32 {
    dver_readable_count(connection.inherited[0])
  }

  private func takeToken(_ connection: JobConnection) -> Bool {
    var token: UInt8 = 0
    guard waiting(connection) > 0 else { return false }
    return unsafe read(connection.inherited[0], &token, 1) == 1
  }

  private func returnToken(_ connection: JobConnection) {
    var token = UInt8(ascii: "+")
    #expect(unsafe write(connection.inherited[1], &token, 1) == 1)
  }

  @Test func handsOutWhatNoStageNeeds() throws {
    let server = JobServer(jobs: 5)
    #expect(server.take())
    let connection = try #require(server.connect())
    var count = 0
    while takeToken(connection) {
      count += 1
      connection.balance()
    }
    #expect(count == 4)
    // The stage and what it runs have all five.
    #expect(!server.take())
    returnToken(connection)
    #expect(server.take())
    connection.close()
  }

  @Test func whatAKilledCommandTookComesBack() throws {
    let server = JobServer(jobs: 4)
    #expect(server.take())
    let connection = try #require(server.connect())
    for _ in 0..<3 {
      #expect(takeToken(connection))
      connection.balance()
    }
    connection.close()
    server.give()
    for _ in 0..<4 { #expect(server.take()) }
    #expect(!server.take())
  }

  @Test func aStageThatWaitsGetsTheNextJob() throws {
    let server = JobServer(jobs: 2)
    let told = Cancellation()
    server.onReturn { told.request() }
    #expect(server.take())
    let connection = try #require(server.connect())
    #expect(takeToken(connection))
    #expect(connection.wantedDescriptor < 0)
    #expect(!server.take())
    #expect(connection.wantedDescriptor >= 0)
    connection.balance()
    #expect(!told.isRequested())
    returnToken(connection)
    connection.balance()
    #expect(told.isRequested())
    #expect(waiting(connection) == 0)
    #expect(server.take())
    connection.close()
  }

  @Test func commandsThatTakeNothingKeepOneJobFromOthersAtMost() throws {
    let server = JobServer(jobs: 6)
    #expect(server.take() && server.take())
    let idle = try #require(server.connect())
    let busy = try #require(server.connect())
    var count = 0
    while takeToken(busy) {
      count += 1
      busy.balance()
    }
    #expect(count == 3)
    #expect(waiting(idle) == 1)
    idle.close()
    busy.balance()
    #expect(takeToken(busy))
    busy.close()
  }

  @Test func tokensThatNobodyGaveDoNotCount() throws {
    let server = JobServer(jobs: 2)
    #expect(server.take())
    let connection = try #require(server.connect())
    returnToken(connection)
    returnToken(connection)
    #expect(server.take())
    #expect(!server.take())
    connection.close()
  }

  @Test func pipesAreUsedAgainThatAreAsTheyWereMade() throws {
    let server = JobServer(jobs: 4)
    #expect(server.take())
    func ends(after use: (JobConnection) -> Void) throws -> [Int32] {
      let connection = try #require(server.connect())
      #expect(waiting(connection) == 1)
      use(connection)
      defer { connection.close() }
      return connection.inherited
    }
    let first = try ends { _ in }
    #expect(try ends { if takeToken($0) { returnToken($0) } } == first)
    let held = try #require(server.connect())
    #expect(held.inherited == first)
    let second = try ends { _ in }
    #expect(second != first)
    held.close()
    var kept: [JobConnection] = []
    // A token that is still out, one too many, and an end that does not wait.
    let spoil: [(JobConnection) -> Void] = [
      { #expect(takeToken($0)) }, { returnToken($0) },
      { _ = fcntl($0.inherited[0], F_SETFL, O_NONBLOCK) },
    ]
    for spoil in spoil {
      _ = try ends { connection in
        kept.append(connection)
        spoil(connection)
      }
    }
    let spoilt = kept.map(\.inherited)
    #expect(Set(spoilt).count == 3)
    #expect(try !spoilt.contains(ends { _ in }))
  }

  @Test func makeFlagsKeepWhatTheUserWants() throws {
    let server = JobServer(jobs: 3)
    let connection = try #require(server.connect())
    defer { connection.close() }
    func flags(_ text: String?) -> String {
      let environment = ["A=1"] + (text.map { ["MAKEFLAGS=\($0)"] } ?? [])
      var announced = environment.map { Array($0.utf8) }
      connection.announce(in: &announced)
      #expect(announced.first == Array("A=1".utf8))
      #expect(announced.count == 2)
      return String(decoding: announced[1], as: UTF8.self)
    }
    let own = "-j3 --jobserver-auth=\(connection.inherited[0]),\(connection.inherited[1])"
    #expect(flags(nil) == "MAKEFLAGS=\(own)")
    #expect(flags(" -j8 --jobserver-auth=3,4") == "MAKEFLAGS=\(own)")
    #expect(flags("ks -- CC=gcc") == "MAKEFLAGS=ks \(own) -- CC=gcc")
  }

  @Test func makeInAStageSharesTheJobs() throws {
    let bench = try Workbench()
    try bench.makeFifo("fifo")
    // Each of the two ends of a pipe waits for the other, so both must run at once.
    try bench.write("all: a b\na:\n\techo 1 > fifo\nb:\n\tread x < fifo\n", to: "Makefile")
    #expect(try bench.repro([stage("m", ["make -s all"])], jobs: 2) == ["m: ran"])
    #expect(!bench.output.contains("warning"))
  }
}
