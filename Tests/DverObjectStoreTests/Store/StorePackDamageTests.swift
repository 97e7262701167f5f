import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import TestSupport
import Testing

/// Packs that are damaged give a right answer or an error, and lose nothing else.
@Suite struct StorePackDamageTests {
  @Test func aDamagedObjectGoesToQuarantineAlone() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    try fixture.damage(contents[7])
    try fixture.damage(contents[200])
    let store = try fixture.reopened()
    #expect(throws: StoreError.self) { try store.read(digests[7]) }
    let found = try store.verify(digests) { _ in }
    #expect(found.damaged == [digests[7], digests[200]].sorted())
    #expect(found.missing.isEmpty)
    #expect(Set(try fixture.names("quarantine")) == [digests[7].hex, digests[200].hex])
    var damaged = contents[7]
    damaged[0] ^= 1
    #expect(try fixture.bytes(fixture.path("quarantine/\(digests[7].hex)")) == damaged)
    #expect(try fixture.packs.count == 1)
    let later = try fixture.reopened()
    #expect(try later.allObjects().count == 298)
    #expect(try later.verify(later.allObjects()) { _ in }.damaged.isEmpty)
    #expect(try !later.contains(digests[7]))
    #expect(try later.read(digests[8]) == contents[8])
  }

  @Test func addMendsADamagedObject() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    try fixture.damage(contents[3])
    let transaction = StoreTransaction(try fixture.reopened())
    for content in contents[..<10] { try transaction.store(content) }
    try transaction.barrier()
    #expect(transaction.newObjectCount.current == 1)
    let later = try fixture.reopened()
    #expect(try digests.allSatisfy { try later.isIntact($0) })
    #expect(try fixture.names("quarantine") == [digests[3].hex])
  }

  @Test func anotherCopyHelps() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    try fixture.add([contents[5]], packing: false)
    try fixture.damage(contents[5])
    let store = try fixture.reopened()
    #expect(try store.read(digests[5]) == contents[5])
    #expect(try store.verify(digests) { _ in }.damaged.isEmpty)
    #expect(try fixture.reopened().read(digests[5]) == contents[5])
    // And the other way round.
    try fixture.replace(store.path(of: digests[5]), with: [1])
    try fixture.add([contents[5]])
    #expect(try fixture.reopened().read(digests[5]) == contents[5])
  }

  @Test func aLostTableIsRebuilt() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    let pack = try #require(try fixture.packs.first)
    let bytes = try fixture.bytes(pack)
    try fixture.replace(pack, with: Array(bytes.dropLast(100)))
    let store = try fixture.reopened()
    #expect(try zip(digests, contents).allSatisfy { try store.read($0) == $1 })
    #expect(try store.packSummaries().map(\.isDamaged) == [true])
    let found = try store.verify(digests) { _ in }
    #expect(found.damaged.isEmpty && found.missing.isEmpty)
    #expect(try fixture.bytes(pack) == bytes)
    #expect(try fixture.names("quarantine").count == 1)
    #expect(try fixture.reopened().packSummaries().map(\.isDamaged) == [false])
  }

  @Test func everyDamageIsAnErrorOrARightAnswer() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(256)
    let digests = try fixture.add(contents)
    let small = try StoreFixture()
    let (pack, kept) = try smallPack(of: Array(contents[..<2]))
    let path = small.path("packs").appending("\(kept.hex).pack")
    try FileSystem.makeDirectories(small.path("packs"))
    try small.replace(path, with: pack)
    // All of the fan-out is alike.
    let fanOut = pack.count - 64 - 1024..<pack.count - 64
    for position in 0..<pack.count where !fanOut.contains(position) || position % 16 == 0 {
      var flipped = pack
      flipped[position] ^= position % 2 == 0 ? 1 : 0x80
      for damaged in position % 2 == 0 ? [flipped, Array(pack[..<position])] : [flipped] {
        try FileSystem.removeTree(small.path("packs"))
        try FileSystem.removeTree(small.path("quarantine"))
        try FileSystem.makeDirectories(small.path("packs"))
        try small.replace(path, with: damaged)
        try check(small, digests, contents, "byte \(position) of \(damaged.count)")
      }
    }
  }

  private func smallPack(of contents: [[UInt8]]) throws -> (bytes: [UInt8], name: Digest) {
    let written = try pack { writer in
      for content in contents { try writer.append(content.span) }
    }
    return (written.bytes, written.summary.name)
  }

  private func check(
    _ fixture: StoreFixture, _ digests: [Digest], _ contents: [[UInt8]], _ comment: String
  ) throws {
    let store = try fixture.reopened()
    var readable: Set<Digest> = []
    for (digest, content) in zip(digests[..<2], contents) {
      let read = try? store.readIfPresent(digest)
      guard read == nil || read == content else { throw SupportError("a lie: \(comment)") }
      if read != nil { readable.insert(digest) }
    }
    _ = try store.verify(store.allObjects()) { _ in }
    let later = try fixture.reopened()
    let sound = Set(try later.allObjects())
    guard sound == readable else { throw SupportError("lost by verify: \(comment)") }
    guard try later.verify(Array(sound).sorted(), progress: { _ in }).damaged.isEmpty else {
      throw SupportError("still damaged: \(comment)")
    }
  }

  @Test func aPackOfAnEarlierBootIsHashedBeforeItIsBelieved() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    try fixture.damage(contents[9])
    try fixture.leaveEntryOfAnotherBoot()
    let store = try fixture.reopened()
    #expect(try !store.contains(digests[9]))
    #expect(
      try store.defects(among: digests, sizes: digests.map { _ in -1 }).map(\.index) == [9])
    try store.settle()
    #expect(try fixture.names("pending").isEmpty)
    #expect(try fixture.names("quarantine").count == 1)
    #expect(try fixture.reopened().allObjects().count == 300)
  }

  @Test func wholePacksAndPartsOfThemArrive() throws {
    let (source, target) = (try StoreFixture(), try StoreFixture())
    let contents = StoreFixture.contents(300)
    let digests = try source.add(contents)
    try source.damage(contents[11])
    for wanted in [Array(digests[..<290]), digests] {
      let transaction = StoreTransaction(target.store)
      let plan = try PackTransferPlan(wanted, from: source.reopened(), into: transaction)
      var hasher = FileHasher()
      for portion in plan.portions {
        let elsewhere = try transaction.receive(
          portion, using: &hasher, onBytes: { _ in }, onObject: {})
        #expect(elsewhere == [11])
      }
      try transaction.barrier()
    }
    let store = try target.reopened()
    #expect(try store.allObjects() == (digests[..<11] + digests[12...]).sorted())
    #expect(try store.verify(store.allObjects()) { _ in }.damaged.isEmpty)
  }

  @Test func aWholePackKeepsItsName() throws {
    let (source, target) = (try StoreFixture(), try StoreFixture())
    let digests = try source.add(StoreFixture.contents(300))
    let transaction = StoreTransaction(target.store)
    let plan = try PackTransferPlan(
      Array(digests.reversed()), from: source.store, into: transaction)
    #expect(plan.others.isEmpty && plan.portions.count == 1)
    var hasher = FileHasher()
    let portion = try #require(plan.portions.first)
    #expect(
      try transaction.receive(portion, using: &hasher, onBytes: { _ in }, onObject: {}).isEmpty)
    try transaction.barrier()
    #expect(transaction.newObjectCount.current == 300)
    #expect(try target.names("packs") == source.names("packs"))
    #expect(try target.bytes(target.packs[0]) == source.bytes(source.packs[0]))
  }
}

extension StoreFixture {
  /// As a power cut would: an open transaction of before it.
  func leaveEntryOfAnotherBoot() throws {
    let transaction = StoreTransaction(store)
    try transaction.store(Array("an object".utf8))
    try transaction.finish()
    let name = try #require(try names("pending").first)
    var lines = String(decoding: try bytes(path("pending/\(name)")), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    for index in lines.indices {
      if lines[index].hasPrefix("boot: ") { lines[index] = "boot: another" }
      if lines[index].hasPrefix("time: ") { lines[index] = "time: 1" }
    }
    try replace(
      path("pending/\(name)"), with: Array((lines.joined(separator: "\n") + "\n").utf8))
  }
}
