import DverCore
import DverHashing
import DverObjectStore
import DverRemote
import TestSupport
import Testing

/// What every remote does.
@Suite struct RemoteTests {
  private static let contents: [[UInt8]] = [
    [], Array("one\n".utf8), Array("two\n".utf8), Array(repeating: 7, count: 9 << 20),
  ]

  @Test(arguments: RemoteKind.allCases)
  func whatIsSentIsThereAndComesBack(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let batch = try fixture.store(Self.contents)
    let remote = try fixture.remote()
    #expect(try remote.defects(among: batch).map(\.index) == [0, 1, 2, 3])
    let sent = try remote.send(batch, from: fixture.cache, settings: TransferSettings(threads: 3))
    #expect(sent.objectCount == 4)
    #expect(sent.byteCount == 8 + 9 << 20)
    try remote.barrier()
    #expect(try fixture.staged() == 0)
    let later = try fixture.remote()
    #expect(later.storeID == remote.storeID)
    #expect(try later.defects(among: batch).isEmpty)
    #expect(try later.objects() == batch.digests.sorted())
    #expect(try later.read(batch.digests[1]) == Self.contents[1])

    let other = try ObjectStore.openOrCreate(at: fixture.path("other"))
    let transaction = StoreTransaction(other)
    let fetched = try later.fetch(batch, into: transaction, settings: TransferSettings())
    try transaction.barrier()
    #expect(fetched.objectCount == 4 && fetched.missing.isEmpty && fetched.damaged.isEmpty)
    #expect(try batch.digests.allSatisfy { try other.isIntact($0) })
  }

  @Test(arguments: RemoteKind.allCases)
  func sendingAgainSendsNothing(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let batch = try fixture.store(Self.contents)
    let settings = TransferSettings()
    _ = try fixture.remote().send(batch, from: fixture.cache, settings: settings)
    let again = try fixture.remote().send(batch, from: fixture.cache, settings: settings)
    #expect(again.objectCount == 0 && again.byteCount == 0)
  }

  @Test(arguments: RemoteKind.allCases)
  func whatTheRemoteLostIsNoticedAndSentAgain(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let batch = try fixture.store(Self.contents)
    _ = try fixture.remote().send(batch, from: fixture.cache, settings: TransferSettings())
    try fixture.remove(batch.digests[1], inRemote: true)
    try fixture.damage(batch.digests[3], inRemote: true, bytes: [1, 2, 3])
    let remote = try fixture.remote()
    let lacking = try remote.defects(among: batch).map(\.index)
    #expect(lacking == [1, 3])
    let sent = try remote.send(
      batch.selecting(lacking), from: fixture.cache, settings: TransferSettings())
    #expect(sent.objectCount == 2)
    #expect(try remote.verify(batch.digests, settings: TransferSettings()).damaged.isEmpty)
  }

  @Test(arguments: RemoteKind.allCases)
  func damageIsNotSent(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let batch = try fixture.store(Self.contents)
    try fixture.damage(batch.digests[2], inRemote: false, bytes: Array("TWO\n".utf8))
    try fixture.remove(batch.digests[1], inRemote: false)
    let remote = try fixture.remote()
    let sent = try remote.send(batch, from: fixture.cache, settings: TransferSettings())
    #expect(sent.objectCount == 2)
    #expect(sent.missing == [1])
    #expect(sent.damaged == [2])
    #expect(try remote.defects(among: batch).map(\.index) == [1, 2])
    #expect(try !fixture.cache.contains(batch.digests[2]))
  }

  @Test(arguments: RemoteKind.allCases)
  func damageDoesNotArrive(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let batch = try fixture.store(Self.contents)
    let remote = try fixture.remote()
    _ = try remote.send(batch, from: fixture.cache, settings: TransferSettings())
    try fixture.damage(batch.digests[1], inRemote: true, bytes: Array("ONE\n".utf8))
    try fixture.damage(batch.digests[3], inRemote: true, bytes: [])
    try fixture.remove(batch.digests[2], inRemote: true)
    let other = try ObjectStore.openOrCreate(at: fixture.path("other"))
    let transaction = StoreTransaction(other)
    let fetched = try fixture.remote().fetch(
      batch, into: transaction, settings: TransferSettings())
    try transaction.finish()
    #expect(fetched.damaged == [1, 3])
    #expect(fetched.missing == [2])
    #expect(try other.looseObjects() == [batch.digests[0]])
    #expect(try remote.defects(among: batch).map(\.index) == [1, 2, 3])
  }

  @Test(arguments: RemoteKind.allCases)
  func smallFilesAreNeverReplaced(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let remote = try fixture.remote()
    #expect(try remote.files(below: "runs") == [])
    #expect(try remote.write(Array("a".utf8), to: "runs/ab/abc/x"))
    #expect(try !remote.write(Array("b".utf8), to: "runs/ab/abc/x"))
    #expect(try remote.write(Array("c".utf8), to: "names/p/1"))
    try remote.barrier()
    #expect(try remote.files(below: "runs") == ["runs/ab/abc/x"])
    #expect(try remote.contents(of: "runs/ab/abc/x") == Array("a".utf8))
    #expect(try remote.contents(of: "runs/no") == nil)
  }

  @Test(arguments: RemoteKind.allCases)
  func anErrorStopsATransferAndLeavesNothingBehind(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let batch = try fixture.store(Self.contents)
    struct Stop: Error {}
    do {
      let remote = try fixture.remote()
      #expect(throws: Stop.self) {
        try remote.send(
          batch, from: fixture.cache,
          settings: TransferSettings(threads: 1, onBytes: { if $0 > 100 { throw Stop() } }))
      }
    }
    #expect(try fixture.staged() == 0)
    let remote = try fixture.remote()
    try remote.cleanUp()
    #expect(try remote.defects(among: batch).map(\.index).contains(3))
    #expect(try remote.verify(remote.objects(), settings: TransferSettings()).damaged.isEmpty)
  }

  @Test(arguments: RemoteKind.allCases)
  func manyAtOnceAgree(_ kind: RemoteKind) throws {
    let fixture = try RemoteFixture(kind)
    let batch = try fixture.store((0..<200).map { Array("object \($0)\n".utf8) })
    let remotes = try (0..<4).map { _ in try fixture.remote() }
    let settings = TransferSettings(threads: 2)
    for remote in remotes {
      try remote.cleanUp()
      _ = try remote.send(batch, from: fixture.cache, settings: settings)
    }
    for remote in remotes { try remote.barrier() }
    #expect(try fixture.remote().defects(among: batch).isEmpty)
    #expect(try fixture.staged() == 0)
  }
}
